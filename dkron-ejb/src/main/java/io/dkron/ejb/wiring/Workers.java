package io.dkron.ejb.wiring;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The container's threads for short work, and when it takes nothing more, a few others. A container that stops ends its
 * executor while requests still wait for their answers; a connection of gRPC whose executor refuses work panics, and what waits on it
 * is never told anything. Nothing is refused here. Safe for many threads.
 */
final class Workers extends AbstractExecutorService {
    private static final int MOST = 4;

    private final Executor container;
    private final ThreadPoolExecutor last;
    private volatile boolean refused;

    /**
     * @param container until it refuses something
     * @param threads makes those that end the rest, which need nothing of the container
     */
    Workers(Executor container, ThreadFactory threads) {
        this.container = Objects.requireNonNull(container, "container");
        last = new ThreadPoolExecutor(MOST, MOST, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        last.allowCoreThreadTimeOut(true);
    }

    /** On threads that do not keep the process alive. */
    static Workers of(Executor container) {
        return new Workers(container, work -> {
            Thread thread = new Thread(work, "dkron-last-work");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void execute(Runnable work) {
        if (!refused) {
            try {
                container.execute(work);
                return;
            } catch (RejectedExecutionException e) {
                refused = true; // for ever: its application stops
            }
        }
        last.execute(work);
    }

    /** Its end is the container's, and then the process's. */
    @Override
    public void shutdown() {
        throw new UnsupportedOperationException("the container ends its threads");
    }

    @Override
    public List<Runnable> shutdownNow() {
        throw new UnsupportedOperationException("the container ends its threads");
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}
