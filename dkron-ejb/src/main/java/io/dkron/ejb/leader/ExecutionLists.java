package io.dkron.ejb.leader;

import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.core.store.StoreException;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Reads which executions of a job are stored, off the engine's thread. */
public final class ExecutionLists {
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

    private Function<Instant, Event> read(Effect.ListExecutions effect) {
        try {
            var ids = executions.ids(effect.job());
            return now -> new Event.ExecutionsListed(now, effect.ticket(), effect.job(), ids);
        } catch (StoreException e) {
            return now -> new Event.ListFailed(now, effect.ticket(), effect.job(), e.getMessage());
        }
    }
}
