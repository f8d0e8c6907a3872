package io.dkron.agent.executor.http;

import io.dkron.core.execution.RunOrder;
import io.dkron.core.executor.RunContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;

/** What a run needs of a node, without one: its output goes where the test says. */
record LoneRun(RunOrder order, Path directory, ScheduledExecutorService workers, Sink sink) implements RunContext {
    /** Takes what a run prints. */
    interface Sink {
        void write(byte[] bytes, int offset, int length);
    }

    @Override
    public OutputSink output() {
        return new OutputSink() {
            @Override
            public void write(byte[] bytes, int offset, int length) {
                sink.write(bytes, offset, length);
            }

            @Override
            public Path file() {
                return directory.resolve("output");
            }
        };
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public Duration killGrace() {
        return Duration.ofSeconds(1);
    }
}
