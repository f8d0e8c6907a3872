package io.dkron.core.execution;

import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A recorded run of a job on one member. Immutable; only the engine makes new ones.
 *
 * @param group number shared by all nodes and attempts of one firing or run, nanoseconds since 1970
 * @param scheduledAt the due instant of the firing; empty for other triggers
 * @param notBefore when a waiting retry may start; empty otherwise
 * @param startedAt the instant of recording, until the agent reports the real start
 * @param finishedAt present exactly when the state has ended
 * @param output the stored part of what it printed, with the error line first where there was one
 */
public record Execution(
        ExecutionId id,
        JobName job,
        RunKey key,
        long group,
        Trigger trigger,
        Optional<Instant> scheduledAt,
        Optional<Instant> notBefore,
        ExecutionState state,
        Instant startedAt,
        Optional<Instant> finishedAt,
        OutputTail output) {
    public Execution {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(trigger, "trigger");
        Objects.requireNonNull(scheduledAt, "scheduledAt");
        Objects.requireNonNull(notBefore, "notBefore");
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(output, "output");
        if (state.ended() != finishedAt.isPresent()) {
            throw new IllegalArgumentException("execution " + id + ": " + state + " with end " + finishedAt);
        }
    }

    public String node() {
        return key.node();
    }

    public int attempt() {
        return key.attempt();
    }

    public boolean success() {
        return state == ExecutionState.SUCCESS;
    }

    /** This execution, ended. */
    public Execution ended(ExecutionState end, Instant start, Instant finish, OutputTail printed) {
        return new Execution(
                id, job, key, group, trigger, scheduledAt, Optional.empty(), end, start, Optional.of(finish), printed);
    }

    /** This execution, running since that instant. */
    public Execution running(Instant start) {
        return new Execution(
                id,
                job,
                key,
                group,
                trigger,
                scheduledAt,
                Optional.empty(),
                ExecutionState.RUNNING,
                start,
                Optional.empty(),
                output);
    }
}
