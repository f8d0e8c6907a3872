package io.dkron.core.job;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a user says of a job. Immutable; holds what passed validation ({@link JobJson}), or what was stored.
 *
 * @param displayName shown in place of the name, may be empty
 * @param timezone IANA name as sent; empty for the server's zone
 * @param schedule as sent; empty only with a parent
 * @param tags {@code key} to {@code value} or {@code value:count}; empty for all members
 * @param parent the job whose success starts this one
 * @param processors name to configuration, in the order of the JSON object
 * @param executor name of the executor, may be empty (then each run fails, saying so)
 * @param ephemeral deleted after its first success
 * @param startsAt no firing before
 * @param expiresAt no firing after
 * @param timeout longest run of an attempt as a Go duration; empty for none
 * @param lostAfter how long an execution whose node is out of reach holds back a job that forbids concurrent runs, as a
 *     Go duration from when it was lost; empty for as long as the node may come back (protocol P12)
 */
public record JobDefinition(
        JobName name,
        String displayName,
        String timezone,
        String schedule,
        String owner,
        String ownerEmail,
        boolean disabled,
        SortedMap<String, String> tags,
        SortedMap<String, String> metadata,
        RetryPolicy retry,
        Optional<JobName> parent,
        Map<String, SortedMap<String, String>> processors,
        Concurrency concurrency,
        String executor,
        SortedMap<String, String> executorConfig,
        boolean ephemeral,
        Optional<Instant> startsAt,
        Optional<Instant> expiresAt,
        String timeout,
        MisfirePolicy misfire,
        NotifyOn notifyOn,
        Optional<KeepLogs> keepLogs,
        String lostAfter) {
    public JobDefinition {
        displayName = Shared.text(displayName);
        timezone = Shared.text(timezone);
        schedule = Shared.text(schedule);
        owner = Shared.text(owner);
        ownerEmail = Shared.text(ownerEmail);
        tags = Shared.texts(tags);
        metadata = Shared.texts(metadata);
        retry = Shared.value(retry);
        processors = processors.isEmpty() ? Map.of() : ordered(processors);
        executor = Shared.text(executor);
        executorConfig = Shared.texts(executorConfig);
        timeout = Shared.text(timeout);
        misfire = Shared.value(misfire);
        lostAfter = Shared.text(lostAfter);
    }

    private static Map<String, SortedMap<String, String>> ordered(Map<String, SortedMap<String, String>> processors) {
        Map<String, SortedMap<String, String>> ordered = new LinkedHashMap<>();
        processors.forEach((name, config) -> ordered.put(Shared.text(name), Shared.texts(config)));
        return Collections.unmodifiableMap(ordered);
    }

    /** A job with this name and schedule and every other field at its default. */
    public static Builder named(String name) {
        return new Builder(new JobName(name));
    }

    /** A builder that starts from this definition. */
    public Builder with() {
        return new Builder(this);
    }

    /** Builds definitions field by field; not thread-safe. Checks nothing: {@link JobJson} and its rules do. */
    public static final class Builder {
        private JobName name;
        private String displayName = "";
        private String timezone = "";
        private String schedule = "";
        private String owner = "";
        private String ownerEmail = "";
        private boolean disabled;
        private SortedMap<String, String> tags = new TreeMap<>();
        private SortedMap<String, String> metadata = new TreeMap<>();
        private RetryPolicy retry = RetryPolicy.NONE;
        private Optional<JobName> parent = Optional.empty();
        private Map<String, SortedMap<String, String>> processors = new LinkedHashMap<>();
        private Concurrency concurrency = Concurrency.ALLOW;
        private String executor = "";
        private SortedMap<String, String> executorConfig = new TreeMap<>();
        private boolean ephemeral;
        private Optional<Instant> startsAt = Optional.empty();
        private Optional<Instant> expiresAt = Optional.empty();
        private String timeout = "";
        private MisfirePolicy misfire = MisfirePolicy.DEFAULT;
        private NotifyOn notifyOn = NotifyOn.ALWAYS;
        private Optional<KeepLogs> keepLogs = Optional.empty();
        private String lostAfter = "";

        private Builder(JobName name) {
            this.name = name;
        }

        private Builder(JobDefinition d) {
            name = d.name;
            displayName = d.displayName;
            timezone = d.timezone;
            schedule = d.schedule;
            owner = d.owner;
            ownerEmail = d.ownerEmail;
            disabled = d.disabled;
            tags = d.tags;
            metadata = d.metadata;
            retry = d.retry;
            parent = d.parent;
            processors = d.processors;
            concurrency = d.concurrency;
            executor = d.executor;
            executorConfig = d.executorConfig;
            ephemeral = d.ephemeral;
            startsAt = d.startsAt;
            expiresAt = d.expiresAt;
            timeout = d.timeout;
            misfire = d.misfire;
            notifyOn = d.notifyOn;
            keepLogs = d.keepLogs;
            lostAfter = d.lostAfter;
        }

        public Builder name(JobName value) {
            name = value;
            return this;
        }

        public Builder displayName(String value) {
            displayName = value;
            return this;
        }

        public Builder timezone(String value) {
            timezone = value;
            return this;
        }

        public Builder schedule(String value) {
            schedule = value;
            return this;
        }

        public Builder owner(String value) {
            owner = value;
            return this;
        }

        public Builder ownerEmail(String value) {
            ownerEmail = value;
            return this;
        }

        public Builder disabled(boolean value) {
            disabled = value;
            return this;
        }

        public Builder tags(Map<String, String> value) {
            tags = new TreeMap<>(value);
            return this;
        }

        public Builder metadata(Map<String, String> value) {
            metadata = new TreeMap<>(value);
            return this;
        }

        public Builder retry(RetryPolicy value) {
            retry = value;
            return this;
        }

        public Builder parent(JobName value) {
            parent = Optional.of(value);
            return this;
        }

        public Builder noParent() {
            parent = Optional.empty();
            return this;
        }

        public Builder processors(Map<String, SortedMap<String, String>> value) {
            processors = new LinkedHashMap<>(value);
            return this;
        }

        public Builder concurrency(Concurrency value) {
            concurrency = value;
            return this;
        }

        public Builder executor(String value) {
            executor = value;
            return this;
        }

        public Builder executorConfig(Map<String, String> value) {
            executorConfig = new TreeMap<>(value);
            return this;
        }

        public Builder ephemeral(boolean value) {
            ephemeral = value;
            return this;
        }

        public Builder startsAt(Optional<Instant> value) {
            startsAt = value;
            return this;
        }

        public Builder expiresAt(Optional<Instant> value) {
            expiresAt = value;
            return this;
        }

        public Builder timeout(String value) {
            timeout = value;
            return this;
        }

        public Builder misfire(MisfirePolicy value) {
            misfire = value;
            return this;
        }

        public Builder notifyOn(NotifyOn value) {
            notifyOn = value;
            return this;
        }

        public Builder keepLogs(Optional<KeepLogs> value) {
            keepLogs = value;
            return this;
        }

        public Builder lostAfter(String value) {
            lostAfter = value;
            return this;
        }

        public JobDefinition build() {
            return new JobDefinition(
                    name,
                    displayName,
                    timezone,
                    schedule,
                    owner,
                    ownerEmail,
                    disabled,
                    tags,
                    metadata,
                    retry,
                    parent,
                    processors,
                    concurrency,
                    executor,
                    executorConfig,
                    ephemeral,
                    startsAt,
                    expiresAt,
                    timeout,
                    misfire,
                    notifyOn,
                    keepLogs,
                    lostAfter);
        }
    }
}
