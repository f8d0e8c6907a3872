package io.dkron.core.execution;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The leader's order to a member: start this execution. Self-contained, so that the agent needs to ask nobody; a save
 * that comes later does not touch it.
 *
 * @param timeout longest run, from the job's {@code timeout}; an executor's own may be shorter
 * @param deadline an agent that gets the order later than this refuses it (protocol P19)
 * @param journal id of the agent's journal that the order is for, empty for any: an agent that has lost it does not know
 *     whether it had the order before, and refuses (protocol P11)
 * @param keep the whole output stays on the node after its result was stored, within these limits; empty if it does not
 */
public record RunOrder(
        ExecutionId id,
        RunKey key,
        JobName job,
        long group,
        String executor,
        SortedMap<String, String> config,
        Optional<Duration> timeout,
        Instant deadline,
        String journal,
        Optional<LogLimits> keep) {
    /** For whatever journal the agent has. */
    public RunOrder(
            ExecutionId id,
            RunKey key,
            JobName job,
            long group,
            String executor,
            SortedMap<String, String> config,
            Optional<Duration> timeout,
            Instant deadline) {
        this(id, key, job, group, executor, config, timeout, deadline, "");
    }

    /** Keeps no output. */
    public RunOrder(
            ExecutionId id,
            RunKey key,
            JobName job,
            long group,
            String executor,
            SortedMap<String, String> config,
            Optional<Duration> timeout,
            Instant deadline,
            String journal) {
        this(id, key, job, group, executor, config, timeout, deadline, journal, Optional.empty());
    }

    /** The same order, to be begun until then. */
    public RunOrder until(Instant limit) {
        return new RunOrder(id, key, job, group, executor, config, timeout, limit, journal, keep);
    }

    /** The same order, for that journal. */
    public RunOrder forJournal(String id) {
        return new RunOrder(this.id, key, job, group, executor, config, timeout, deadline, id, keep);
    }

    /** The same order, whose output is kept. */
    public RunOrder keeping(LogLimits limits) {
        return new RunOrder(id, key, job, group, executor, config, timeout, deadline, journal, Optional.of(limits));
    }

    public RunOrder {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(journal, "journal");
        Objects.requireNonNull(keep, "keep");
        config = Collections.unmodifiableSortedMap(new TreeMap<>(config));
    }
}
