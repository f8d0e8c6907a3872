package io.dkron.ejb.service;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Runs something one at a time for all who ask: who comes while it runs gets the next run's result, since the present one
 * may have looked before he came. Safe for many threads.
 */
public final class Coalesced<T> implements Supplier<CompletionStage<T>> {
    private final Supplier<CompletionStage<T>> work;
    private Optional<CompletableFuture<T>> next = Optional.empty();
    private boolean running;

    /** @param work completes, never exceptionally */
    public Coalesced(Supplier<CompletionStage<T>> work) {
        this.work = Objects.requireNonNull(work, "work");
    }

    /** The result of a run that begins after this call. */
    @Override
    public CompletionStage<T> get() {
        CompletableFuture<T> mine;
        synchronized (this) {
            mine = next.orElseGet(CompletableFuture::new);
            next = Optional.of(mine);
            if (running) {
                return mine;
            }
            running = true;
        }
        run();
        return mine;
    }

    private void run() {
        CompletableFuture<T> served;
        synchronized (this) {
            if (next.isEmpty()) {
                running = false;
                return;
            }
            served = next.get();
            next = Optional.empty();
        }
        work.get().whenComplete((value, error) -> {
            if (error == null) {
                served.complete(value);
            } else {
                served.completeExceptionally(error);
            }
            run();
        });
    }
}
