package io.dkron.tests.bench.noop;

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

/** {@code noop}: succeeds at once, so that a benchmark measures Dkron and not the machine's processes. */
public final class NoopExecutor implements Executor {
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
        CompletionStage<RunResult> done =
                CompletableFuture.completedFuture(new RunResult(ExecutionState.SUCCESS, now, now, ""));
        return new Run() {
            @Override
            public CompletionStage<RunResult> result() {
                return done;
            }

            @Override
            public void stop(StopReason reason) {
                // it has ended already
            }
        };
    }
}
