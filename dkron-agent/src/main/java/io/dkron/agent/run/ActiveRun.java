package io.dkron.agent.run;

import io.dkron.agent.journal.Accepted;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** An open run and what its executor is given. Safe for many threads. */
final class ActiveRun implements RunContext {
    private final Accepted accepted;
    private final Path directory;
    private final OutputFile output;
    private final RunnerSettings settings;
    private final ScheduledExecutorService workers;
    private final InstantSource clock;
    private final boolean outlivesNode;
    private Optional<Run> run = Optional.empty();
    private Optional<Run.StopReason> stopWanted = Optional.empty();

    ActiveRun(
            Accepted accepted,
            RunnerSettings settings,
            ScheduledExecutorService workers,
            InstantSource clock,
            boolean outlivesNode) {
        this.accepted = accepted;
        this.directory = directory(settings, accepted);
        this.output = new OutputFile(directory, settings.outputMax());
        this.settings = settings;
        this.workers = workers;
        this.clock = clock;
        this.outlivesNode = outlivesNode;
    }

    static Path directory(RunnerSettings settings, Accepted accepted) {
        return settings.directory().resolve(Long.toString(accepted.number()));
    }

    Accepted accepted() {
        return accepted;
    }

    boolean outlivesNode() {
        return outlivesNode;
    }

    OutputFile file() {
        return output;
    }

    synchronized void begun(Run begun) {
        run = Optional.of(begun);
        stopWanted.ifPresent(begun::stop);
    }

    /** Asks it to end, now or as soon as it has begun. */
    synchronized void stop(Run.StopReason reason) {
        stopWanted = stopWanted.or(() -> Optional.of(reason));
        run.ifPresent(r -> r.stop(reason));
    }

    @Override
    public RunOrder order() {
        return accepted.order();
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public OutputSink output() {
        return output;
    }

    @Override
    public ScheduledExecutorService workers() {
        return workers;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public Duration killGrace() {
        return settings.killGrace();
    }
}
