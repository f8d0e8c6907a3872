package io.dkron.ejb.leader;

import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.Execution;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.UnreadableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Reads which executions of a job are stored, and single ones, off the engine's thread. */
public final class ExecutionLists {
    private static final Logger LOG = System.getLogger(ExecutionLists.class.getName());

    private final ExecutionRepository executions;
    private final Executor workers;
    private final Consumer<Function<Instant, Event>> engine;

    /** @param engine takes every event */
    public ExecutionLists(ExecutionRepository executions, Executor workers, Consumer<Function<Instant, Event>> engine) {
        this.executions = Objects.requireNonNull(executions, "executions");
        this.workers = Objects.requireNonNull(workers, "workers");
        this.engine = Objects.requireNonNull(engine, "engine");
    }

    /** Begins; the engine hears of the result. */
    public void list(Effect.ListExecutions effect) {
        try {
            workers.execute(() -> engine.accept(read(effect)));
        } catch (RejectedExecutionException e) {
            engine.accept(now -> new Event.ListFailed(now, effect.ticket(), effect.job(), "the node stops"));
        }
    }

    /** Begins; the engine hears of the result. */
    public void read(Effect.ReadExecution effect) {
        try {
            workers.execute(() -> engine.accept(one(effect)));
        } catch (RejectedExecutionException e) {
            engine.accept(now ->
                    new Event.ExecutionRead(now, effect.ticket(), Optional.empty(), Optional.of("the node stops")));
        }
    }

    private Function<Instant, Event> one(Effect.ReadExecution effect) {
        try {
            Optional<Execution> found = executions.find(effect.job(), effect.id());
            return now -> new Event.ExecutionRead(now, effect.ticket(), found, Optional.empty());
        } catch (UnreadableException e) {
            LOG.log(Level.WARNING, "execution left as it is, its record is broken: {0}", e.getMessage());
            return now -> new Event.ExecutionRead(now, effect.ticket(), Optional.empty(), Optional.empty());
        } catch (StoreException e) {
            Optional<String> failure = Optional.of(String.valueOf(e.getMessage()));
            return now -> new Event.ExecutionRead(now, effect.ticket(), Optional.empty(), failure);
        }
    }

    private Function<Instant, Event> read(Effect.ListExecutions effect) {
        try {
            var ids = executions.ids(effect.job());
            return now -> new Event.ExecutionsListed(now, effect.ticket(), effect.job(), ids);
        } catch (StoreException e) {
            return now -> new Event.ListFailed(now, effect.ticket(), effect.job(), e.getMessage());
        }
    }
}
