package io.dkron.agent.executor;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.executor.Executor;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import io.dkron.core.executor.RunResult;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Starts no process: each run succeeds at once, with no output. For tests and benchmarks of everything but processes;
 * present only where the system property {@link #SWITCH} is {@code true}.
 */
public final class NoopExecutor implements Executor {
    /** The property that brings it in. */
    public static final String SWITCH = "dkron.noop-executor";

    @Override
    public String name() {
        return "noop";
    }

    @Override
    public List<ConfigKey> keys() {
        return List.of();
    }

    @Override
    public Run start(RunContext context) {
        Instant now = context.clock().instant();
        CompletionStage<RunResult> result =
                CompletableFuture.completedStage(new RunResult(ExecutionState.SUCCESS, now, now, ""));
        return new Run() {
            @Override
            public CompletionStage<RunResult> result() {
                return result;
            }

            @Override
            public void stop(StopReason reason) {}
        };
    }
}
