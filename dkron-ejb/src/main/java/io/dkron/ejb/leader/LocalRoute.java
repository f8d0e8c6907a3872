package io.dkron.ejb.leader;

import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.ejb.service.LeaderRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The route to the engine of this node, for as long as there is no other that may lead. */
public final class LocalRoute implements LeaderRoute {
    static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final EngineLoop loop;
    private final ScheduledExecutorService later;
    private final LongSupplier nanoTime;
    private final Supplier<Optional<String>> storeTrouble;

    /**
     * @param later runs repetitions
     * @param storeTrouble why the store is away, empty while it answers: then that is the reason that nobody leads
     */
    public LocalRoute(
            EngineLoop loop,
            ScheduledExecutorService later,
            LongSupplier nanoTime,
            Supplier<Optional<String>> storeTrouble) {
        this.loop = Objects.requireNonNull(loop, "loop");
        this.later = Objects.requireNonNull(later, "later");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.storeTrouble = Objects.requireNonNull(storeTrouble, "storeTrouble");
    }

    @Override
    public CompletionStage<Outcome> ask(Request request, Function<Instant, ? extends Event.Asked> event) {
        return attempt(request, event, nanoTime.getAsLong() + PATIENCE.toNanos());
    }

    private CompletionStage<Outcome> attempt(
            Request request, Function<Instant, ? extends Event.Asked> event, long deadline) {
        return loop.ask(request, event).thenCompose(outcome -> {
            boolean again = outcome instanceof Outcome.NoLeader && nanoTime.getAsLong() - deadline < 0;
            return again
                    ? later(request, event, deadline, outcome)
                    : CompletableFuture.completedStage(explained(request, outcome));
        });
    }

    private Outcome explained(Request request, Outcome outcome) {
        Optional<String> why = outcome instanceof Outcome.NoLeader ? storeTrouble.get() : Optional.empty();
        return why.<Outcome>map(reason -> new Outcome.Unavailable(request.id(), reason))
                .orElse(outcome);
    }

    private CompletionStage<Outcome> later(
            Request request, Function<Instant, ? extends Event.Asked> event, long deadline, Outcome outcome) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        try {
            later.schedule(
                    () -> attempt(request, event, deadline).thenAccept(answer::complete),
                    PAUSE.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            answer.complete(outcome); // the node stops
        }
        return answer;
    }
}
