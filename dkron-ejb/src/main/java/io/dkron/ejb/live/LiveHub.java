package io.dkron.ejb.live;

import io.dkron.core.job.JobName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The stream of events of this node: the last {@link #KEPT} are kept for those who come back. Ids count within the
 * leader's term, so an id of another term, or one too old, is answered with {@code reset}. Publishing never waits for a
 * watcher. Safe for many threads.
 */
public final class LiveHub {
    /** How many events are kept. */
    public static final int KEPT = 10_000;

    /** Most watchers at a time; each holds a bounded buffer. */
    public static final int MOST_WATCHERS = 1_000;

    private final Executor executor;
    private final Deque<LiveEvent> ring = new ArrayDeque<>();
    private final List<EventSubscription> watchers = new ArrayList<>();
    private long term;
    private long last;

    /** @param executor where watchers are woken; must not run tasks on the caller's thread */
    public LiveHub(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /** A new lead began: ids start again, and every watcher is told to read anew. */
    public synchronized void term(long newTerm) {
        term = newTerm;
        last = 0;
        ring.clear();
        LiveEvent reset = reset(new EventId(term, last));
        List.copyOf(watchers).forEach(w -> w.offer(reset));
    }

    /** Appends an event; oldest ones go. */
    public synchronized void publish(LiveEvent.Type type, Optional<JobName> job, String data) {
        LiveEvent event = new LiveEvent(new EventId(term, ++last), type, job, data);
        if (ring.size() == KEPT) {
            ring.removeFirst();
        }
        ring.addLast(event);
        for (EventSubscription watcher : watchers) {
            watcher.offer(event);
        }
    }

    /**
     * Watches from now on, or from after an event seen before.
     *
     * @param after the last event seen; one that cannot be continued yields a {@code reset} first
     * @param ready run on the hub's executor whenever there is something to {@link EventSubscription#drain}
     * @return empty when there are {@link #MOST_WATCHERS} already
     */
    public synchronized Optional<EventSubscription> subscribe(
            EventFilter filter, Optional<EventId> after, Runnable ready) {
        if (watchers.size() >= MOST_WATCHERS) {
            return Optional.empty();
        }
        EventSubscription[] self = new EventSubscription[1];
        self[0] = new EventSubscription(filter, executor, ready, () -> remove(self[0]));
        watchers.add(self[0]);
        after.ifPresent(id -> replay(id, self[0]));
        return Optional.of(self[0]);
    }

    /** The id of the newest event. */
    public synchronized EventId newest() {
        return new EventId(term, last);
    }

    /** How many watch. */
    public synchronized int watchers() {
        return watchers.size();
    }

    static LiveEvent reset(EventId id) {
        return new LiveEvent(id, LiveEvent.Type.RESET, Optional.empty(), "{}");
    }

    private void replay(EventId after, EventSubscription watcher) {
        long oldest = last - ring.size() + 1;
        boolean continues = after.term() == term && after.n() <= last && after.n() >= oldest - 1;
        if (!continues || last - after.n() > EventSubscription.CAPACITY) {
            watcher.offer(reset(new EventId(term, last)));
            return;
        }
        ring.stream().filter(e -> e.id().n() > after.n()).forEach(watcher::offer);
    }

    private synchronized void remove(EventSubscription watcher) {
        watchers.remove(watcher);
    }
}
