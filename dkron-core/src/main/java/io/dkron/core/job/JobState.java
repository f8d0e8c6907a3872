package io.dkron.core.job;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the leader keeps of a job beside its definition. Immutable; only the engine makes new ones.
 *
 * @param uid new and random at every creation of the name, so that a late result cannot meet a namesake (protocol P2)
 * @param revision raised by every change of the definition, from 1; runs do not raise it
 * @param anchor the second of the save that introduced the schedule: the phase of {@code @every}
 * @param next the next firing; empty when none is to come
 * @param lastDue the newest due instant that has its verdict; empty when none had
 * @param lastGroup the number of the newest group, 0 when there was none; the next is greater
 * @param recent the last 20 groups at most, newest last
 * @param missedCount firings that were missed
 * @param skippedCount firings skipped by {@code forbid}
 */
public record JobState(
        String uid,
        long revision,
        Instant anchor,
        Optional<Instant> next,
        Optional<Instant> lastDue,
        long lastGroup,
        JobStatus status,
        long successCount,
        long errorCount,
        Optional<Instant> lastSuccess,
        Optional<Instant> lastError,
        long missedCount,
        long skippedCount,
        List<RecentGroup> recent,
        List<MissedFirings> missed) {
    public JobState {
        Objects.requireNonNull(uid, "uid");
        Objects.requireNonNull(anchor, "anchor");
        Objects.requireNonNull(next, "next");
        Objects.requireNonNull(lastDue, "lastDue");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(lastSuccess, "lastSuccess");
        Objects.requireNonNull(lastError, "lastError");
        recent = List.copyOf(recent);
        missed = List.copyOf(missed);
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
                JobStatus.NONE,
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                List.of(),
                List.of());
    }
}
