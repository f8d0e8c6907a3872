package io.dkron.core.execution;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.Objects;

/**
 * An agent's result of a run; reported until acknowledged, so it can arrive more than once (protocol P19).
 *
 * @param state ended, never {@link ExecutionState#LOST}
 * @param startedAt the real start; equal to {@code finishedAt} when it never started
 * @param error what went wrong as one line ({@code exit status 3}), empty on success
 * @param output what it printed, without the error line
 */
public record RunReport(
        ExecutionId id,
        RunKey key,
        JobName job,
        ExecutionState state,
        Instant startedAt,
        Instant finishedAt,
        String error,
        OutputTail output) {
    public RunReport {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(finishedAt, "finishedAt");
        Objects.requireNonNull(error, "error");
        Objects.requireNonNull(output, "output");
        if (!state.ended() || state == ExecutionState.LOST) {
            throw new IllegalArgumentException("an agent does not report " + state);
        }
    }
}
