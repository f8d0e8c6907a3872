package io.dkron.ejb.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * One watcher's bounded buffer. Events are taken by {@link #drain}; whenever the buffer turns from empty to not empty,
 * {@code ready} runs once on the hub's executor. A watcher that falls more than {@link #CAPACITY} events behind loses
 * them all and gets one {@code reset}. Safe for many threads.
 */
public final class EventSubscription implements AutoCloseable {
    static final int CAPACITY = 1_024;

    private final EventFilter filter;
    private final Executor executor;
    private final Runnable ready;
    private final Runnable closed;
    private final Deque<LiveEvent> buffer = new ArrayDeque<>();
    private boolean open = true;
    private EventId seen;

    /** @param seen events of commits that are not after it are not wanted */
    EventSubscription(EventFilter filter, EventId seen, Executor executor, Runnable ready, Runnable closed) {
        this.seen = Objects.requireNonNull(seen, "seen");
        this.filter = Objects.requireNonNull(filter, "filter");
        this.executor = Objects.requireNonNull(executor, "executor");
        this.ready = Objects.requireNonNull(ready, "ready");
        this.closed = Objects.requireNonNull(closed, "closed");
    }

    /** Takes what is there, oldest first; empty when there is nothing. Never waits. */
    public synchronized List<LiveEvent> drain() {
        List<LiveEvent> taken = new ArrayList<>(buffer);
        buffer.clear();
        return taken;
    }

    /** No more events. A second call does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
            buffer.clear();
        }
        closed.run();
    }

    void offer(LiveEvent event) {
        boolean reset = event.type() == LiveEvent.Type.RESET;
        if (!reset && !filter.wants(event)) {
            return;
        }
        synchronized (this) {
            if (!open || !reset && isSeen(event)) {
                return;
            }
            seen = reset ? event.id() : seen;
            boolean wasEmpty = buffer.isEmpty();
            if (buffer.size() >= CAPACITY) {
                buffer.clear();
                buffer.add(LiveHub.reset(event.id()));
            } else {
                buffer.add(event);
            }
            if (!wasEmpty) {
                return;
            }
        }
        executor.execute(ready);
    }

    /** A server that is behind the one where the watcher was before comes to events that it saw there. */
    private boolean isSeen(LiveEvent event) {
        return event.type().ofCommit()
                && event.id().term() == seen.term()
                && event.id().n() <= seen.n();
    }
}
