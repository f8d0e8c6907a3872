package io.dkron.core.executor;

import io.dkron.core.execution.ExecutionState;
import java.time.Instant;
import java.util.Objects;

/**
 * How a run ended; what it printed is in its output.
 *
 * @param state success, failed or cancelled
 * @param error one line that says what went wrong, empty on success
 */
public record RunResult(ExecutionState state, Instant startedAt, Instant finishedAt, String error) {
    public RunResult {
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(finishedAt, "finishedAt");
        Objects.requireNonNull(error, "error");
        if (!state.ended()) {
            throw new IllegalArgumentException("result " + state);
        }
    }
}
