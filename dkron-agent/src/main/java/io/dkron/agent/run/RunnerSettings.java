package io.dkron.agent.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A runner's bounds.
 *
 * @param directory holds one directory a run
 * @param outputLimit bytes kept with a result
 * @param outputMax bytes of output kept on the node for each run
 * @param kept holds one directory for each output that is kept beyond its result
 * @param keptMax most bytes of all of those
 * @param mostRuns most runs that are under way at a time, waiting for their start included
 * @param killGrace from TERM to KILL
 * @param stopTimeout how long a stop waits for runs that end with the node
 * @param drainTimeout how long a stop that waits for all runs does so
 */
public record RunnerSettings(
        Path directory,
        int outputLimit,
        long outputMax,
        Path kept,
        long keptMax,
        int mostRuns,
        Duration killGrace,
        Duration stopTimeout,
        Duration drainTimeout) {
    public RunnerSettings {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(kept, "kept");
        Objects.requireNonNull(killGrace, "killGrace");
        Objects.requireNonNull(stopTimeout, "stopTimeout");
        Objects.requireNonNull(drainTimeout, "drainTimeout");
        if (outputLimit < 0 || outputMax < outputLimit) {
            throw new IllegalArgumentException("output limit " + outputLimit + ", max " + outputMax);
        }
    }

    /** All defaults. */
    public static RunnerSettings in(Path directory) {
        return new RunnerSettings(
                directory,
                256_000,
                64L << 20,
                directory.resolveSibling("logs"),
                1L << 30,
                10_000,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofHours(3));
    }
}
