package io.dkron.ejb.rpc;

import io.dkron.ejb.service.AppliedIndex;
import io.dkron.ejb.service.Coalesced;
import io.dkron.ejb.service.Consistency;
import io.grpc.Channel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Reads as new as the leader is (protocol P7): a leader makes sure that it still leads, then all it ever committed is in
 * its copy; any other server asks it how far that is, and waits for its own copy. Those who come at one time share one
 * question. Safe for many threads.
 */
public final class LeaderBarrier implements Consistency {
    private static final Duration ASKING = Duration.ofSeconds(2);
    private static final Duration COPYING = Duration.ofSeconds(1);

    private final Parts parts;
    private final ForwardClient client;
    private final Coalesced<OptionalLong> confirmed = new Coalesced<>(this::confirm);
    private final Coalesced<Optional<String>> reached = new Coalesced<>(this::reach);

    /**
     * What it asks.
     *
     * @param leads whether this node leads
     * @param confirm makes sure of that; blocks for some seconds at most
     * @param leader to another server that leads
     * @param workers threads that may block
     */
    public record Parts(
            BooleanSupplier leads,
            BooleanSupplier confirm,
            Supplier<Optional<Channel>> leader,
            AppliedIndex applied,
            Executor workers,
            ScheduledExecutorService later) {
        public Parts {
            Objects.requireNonNull(leads, "leads");
            Objects.requireNonNull(confirm, "confirm");
            Objects.requireNonNull(leader, "leader");
            Objects.requireNonNull(applied, "applied");
            Objects.requireNonNull(workers, "workers");
            Objects.requireNonNull(later, "later");
        }
    }

    public LeaderBarrier(Parts parts) {
        this.parts = parts;
        client = new ForwardClient(parts.later());
    }

    /** How far the copy of this node is, after it made sure that it leads; empty where it does not. */
    public CompletionStage<OptionalLong> confirmedIndex() {
        return confirmed.get();
    }

    @Override
    public CompletionStage<Optional<String>> barrier() {
        return reached.get();
    }

    private CompletionStage<OptionalLong> confirm() {
        if (!parts.leads().getAsBoolean()) {
            return CompletableFuture.completedStage(OptionalLong.empty());
        }
        CompletableFuture<OptionalLong> index = new CompletableFuture<>();
        try {
            parts.workers().execute(() -> index.complete(confirmedNow()));
        } catch (RejectedExecutionException e) {
            index.complete(OptionalLong.empty()); // the node stops
        }
        return index;
    }

    private OptionalLong confirmedNow() {
        try {
            // Still the leader of the store's term after that: nobody else has committed anything.
            return parts.confirm().getAsBoolean() && parts.leads().getAsBoolean()
                    ? OptionalLong.of(parts.applied().get())
                    : OptionalLong.empty();
        } catch (RuntimeException e) {
            System.getLogger(LeaderBarrier.class.getName()).log(System.Logger.Level.WARNING, "lead not confirmed", e);
            return OptionalLong.empty();
        }
    }

    private CompletionStage<Optional<String>> reach() {
        if (parts.leads().getAsBoolean()) {
            return confirmedIndex()
                    .thenApply(index -> index.isPresent()
                            ? Optional.empty()
                            : Optional.of("This server could not make sure that it still leads."));
        }
        Optional<Channel> leader = parts.leader().get();
        if (leader.isEmpty()) {
            return CompletableFuture.completedStage(Optional.of("Nobody leads at present."));
        }
        return client.index(leader.get(), ASKING)
                .thenCompose(index -> index.isEmpty()
                        ? CompletableFuture.completedStage(
                                Optional.of("The leader could not be asked, or leads no longer."))
                        : parts.applied()
                                .reach(index.getAsLong(), COPYING)
                                .thenApply(done -> done
                                        ? Optional.empty()
                                        : Optional.of("This server's copy is behind the leader's.")));
    }
}
