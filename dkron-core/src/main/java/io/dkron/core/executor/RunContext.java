package io.dkron.core.executor;

import io.dkron.core.execution.RunOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledExecutorService;

/** What a node gives an executor for one run. */
public interface RunContext {
    RunOrder order();

    /** A directory of this run alone, kept until its result is acknowledged. */
    Path directory();

    /** Appends to the run's output; safe from any thread; bytes beyond the cap are counted and dropped. */
    OutputSink output();

    /** Threads for work that blocks; also runs things later. */
    ScheduledExecutorService workers();

    InstantSource clock();

    /** From TERM to KILL. */
    Duration killGrace();

    /** Where a run's output goes. A process may instead write to {@link #file} by itself. */
    interface OutputSink {
        void write(byte[] bytes, int offset, int length);

        Path file();
    }
}
