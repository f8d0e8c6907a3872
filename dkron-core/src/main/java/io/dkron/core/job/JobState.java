package io.dkron.core.job;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the leader keeps of a job beside its definition. Immutable; only the engine makes new ones.
 *
 * @param uid new and random at every creation of the name, so that a late result cannot meet a namesake (protocol P2)
 * @param revision raised by every change of the definition, from 1; runs do not raise it
 * @param anchor the second of the save that introduced the schedule: the phase of {@code @every}
 * @param next the next firing; empty when none is to come
 * @param lastDue the newest due instant that has its verdict; empty when none had
 * @param lastGroup the number of the newest group, 0 when there was none; the next is greater
 * @param lastNumber the highest number that any execution or group of this name got; numbers are given above it only
 * @param live the executions of all groups that have not ended, so that a new leader reads these and no others
 * @param recent the last 20 groups at most, newest last
 * @param missedCount firings that were missed
 * @param skippedCount firings skipped by {@code forbid}
 * @param unknown fields of the stored record that mean nothing here, as JSON by name: they are written back, for whoever put
 *     them there
 */
public record JobState(
        String uid,
        long revision,
        Instant anchor,
        Optional<Instant> next,
        Optional<Instant> lastDue,
        long lastGroup,
        long lastNumber,
        List<ExecutionId> live,
        JobStatus status,
        long successCount,
        long errorCount,
        Optional<Instant> lastSuccess,
        Optional<Instant> lastError,
        long missedCount,
        long skippedCount,
        List<RecentGroup> recent,
        List<MissedFirings> missed,
        SortedMap<String, String> unknown) {
    public JobState {
        Objects.requireNonNull(uid, "uid");
        Objects.requireNonNull(anchor, "anchor");
        Objects.requireNonNull(next, "next");
        Objects.requireNonNull(lastDue, "lastDue");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(lastSuccess, "lastSuccess");
        Objects.requireNonNull(lastError, "lastError");
        live = List.copyOf(live);
        recent = List.copyOf(recent);
        missed = List.copyOf(missed);
        unknown = unknown.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(unknown));
        anchor = Shared.value(anchor);
        next = Shared.value(next); // many jobs are due together
    }

    /** The state of a job just created. */
    public static JobState created(String uid, Instant anchor) {
        return new JobState(
                uid,
                1,
                anchor,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                List.of(),
                JobStatus.NONE,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                List.of(),
                List.of(),
                Collections.emptySortedMap());
    }

    /** A builder that starts from this state. */
    public Builder with() {
        return new Builder(this);
    }

    /** Changes a state field by field; not thread-safe. */
    public static final class Builder {
        private String uid;
        private long revision;
        private Instant anchor;
        private Optional<Instant> next;
        private Optional<Instant> lastDue;
        private long lastGroup;
        private long lastNumber;
        private List<ExecutionId> live;
        private JobStatus status;
        private long successCount;
        private long errorCount;
        private Optional<Instant> lastSuccess;
        private Optional<Instant> lastError;
        private long missedCount;
        private long skippedCount;
        private List<RecentGroup> recent;
        private List<MissedFirings> missed;
        private final SortedMap<String, String> unknown;

        private Builder(JobState from) {
            uid = from.uid;
            revision = from.revision;
            anchor = from.anchor;
            next = from.next;
            lastDue = from.lastDue;
            lastGroup = from.lastGroup;
            lastNumber = from.lastNumber;
            live = from.live;
            status = from.status;
            successCount = from.successCount;
            errorCount = from.errorCount;
            lastSuccess = from.lastSuccess;
            lastError = from.lastError;
            missedCount = from.missedCount;
            skippedCount = from.skippedCount;
            recent = from.recent;
            missed = from.missed;
            unknown = from.unknown;
        }

        public Builder uid(String value) {
            uid = value;
            return this;
        }

        public Builder revision(long value) {
            revision = value;
            return this;
        }

        public Builder anchor(Instant value) {
            anchor = value;
            return this;
        }

        public Builder next(Optional<Instant> value) {
            next = value;
            return this;
        }

        public Builder lastDue(Optional<Instant> value) {
            lastDue = value;
            return this;
        }

        public Builder lastGroup(long value) {
            lastGroup = value;
            return this;
        }

        public Builder lastNumber(long value) {
            lastNumber = value;
            return this;
        }

        public Builder live(List<ExecutionId> value) {
            live = value;
            return this;
        }

        public Builder status(JobStatus value) {
            status = value;
            return this;
        }

        public Builder successCount(long value) {
            successCount = value;
            return this;
        }

        public Builder errorCount(long value) {
            errorCount = value;
            return this;
        }

        public Builder lastSuccess(Optional<Instant> value) {
            lastSuccess = value;
            return this;
        }

        public Builder lastError(Optional<Instant> value) {
            lastError = value;
            return this;
        }

        public Builder missedCount(long value) {
            missedCount = value;
            return this;
        }

        public Builder skippedCount(long value) {
            skippedCount = value;
            return this;
        }

        public Builder recent(List<RecentGroup> value) {
            recent = value;
            return this;
        }

        public Builder missed(List<MissedFirings> value) {
            missed = value;
            return this;
        }

        public JobState build() {
            return new JobState(
                    uid,
                    revision,
                    anchor,
                    next,
                    lastDue,
                    lastGroup,
                    lastNumber,
                    live,
                    status,
                    successCount,
                    errorCount,
                    lastSuccess,
                    lastError,
                    missedCount,
                    skippedCount,
                    recent,
                    missed,
                    unknown);
        }
    }
}
