package io.dkron.ejb.wiring;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Time limits of requests: thousands a second are set, and nearly all are cancelled before they are over. The container's
 * scheduled executor looks through all that it has at each of them, which took 7 % of a follower's time under load. What
 * is due runs on the workers; a task that is cancelled is forgotten at once. Safe for many threads.
 */
final class Timers extends ScheduledThreadPoolExecutor {
    private final Executor workers;

    /**
     * @param threads makes the one thread that waits
     * @param workers run what is due
     */
    Timers(ThreadFactory threads, Executor workers) {
        super(1, threads);
        this.workers = Objects.requireNonNull(workers, "workers");
        setRemoveOnCancelPolicy(true);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return super.schedule(() -> hand(command), delay, unit);
    }

    private void hand(Runnable command) {
        try {
            workers.execute(command);
        } catch (RejectedExecutionException e) {
            command.run(); // the node stops: who waits is still told
        }
    }
}
