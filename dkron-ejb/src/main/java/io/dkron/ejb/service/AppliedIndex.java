package io.dkron.ejb.service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** How far this node's copy of the store is, and those who wait for it to be further. Safe for many threads. */
public final class AppliedIndex {
    private record Wait(long index, CompletableFuture<Boolean> reached) {}

    private final Executor executor;
    private final ScheduledExecutorService later;
    private final PriorityQueue<Wait> waits =
            new PriorityQueue<>((a, b) -> Long.compare(a.index(), b.index())); // guarded by this
    private volatile long index;

    /**
     * @param executor where waits are completed
     * @param later ends waits that take too long
     */
    public AppliedIndex(Executor executor, ScheduledExecutorService later) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.later = Objects.requireNonNull(later, "later");
    }

    /** The index of the newest batch that the read model shows; 0 for none. */
    public long get() {
        return index;
    }

    /** The read model shows everything up to this index; it may be lower than before when the copy was replaced. */
    public void advanced(long to) {
        List<Wait> over = new ArrayList<>();
        synchronized (this) {
            index = to;
            while (!waits.isEmpty() && waits.peek().index() <= to) {
                over.add(waits.poll());
            }
        }
        over.forEach(wait -> complete(wait.reached(), true));
    }

    /** Waits until the read model shows everything up to this index; completes with whether it does. */
    public CompletionStage<Boolean> reach(long wanted, Duration atMost) {
        Wait wait = new Wait(wanted, new CompletableFuture<>());
        synchronized (this) {
            if (wanted <= index) {
                return CompletableFuture.completedStage(true);
            }
            waits.add(wait);
        }
        try {
            Future<?> limit = later.schedule(() -> giveUp(wait), atMost.toNanos(), TimeUnit.NANOSECONDS);
            wait.reached().whenComplete((reached, error) -> limit.cancel(false));
        } catch (RejectedExecutionException e) {
            giveUp(wait); // the node stops
        }
        return wait.reached();
    }

    private void giveUp(Wait wait) {
        synchronized (this) {
            waits.remove(wait);
        }
        complete(wait.reached(), false);
    }

    private void complete(CompletableFuture<Boolean> reached, boolean value) {
        if (reached.isDone()) {
            return;
        }
        try {
            executor.execute(() -> reached.complete(value));
        } catch (RejectedExecutionException e) {
            reached.complete(value); // the node stops
        }
    }
}
