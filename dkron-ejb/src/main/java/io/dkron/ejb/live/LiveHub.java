package io.dkron.ejb.live;

import io.dkron.ejb.live.LiveEvent.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The stream of events of this node: the last {@link #KEPT} are kept for those who come back, also from another server,
 * where the events of commits have the same ids. Members and the cluster are seen by each server with its own eyes: their
 * events stand under the id of the newest commit's, come again after an interruption, and the last one of the cluster
 * comes to everyone who goes on, so that nobody stays with an old picture. Publishing never waits for a watcher. Safe for
 * many threads.
 */
public final class LiveHub {
    /** How many events are kept. */
    public static final int KEPT = 10_000;

    /** Most watchers at a time; each holds a bounded buffer. */
    public static final int MOST_WATCHERS = 1_000;

    private final Executor executor;
    private final Deque<LiveEvent> ring = new ArrayDeque<>();
    private final List<EventSubscription> watchers = new ArrayList<>();
    private EventId newest = new EventId(0, 0);
    private long floor; // everything after it is kept
    private Optional<LiveEvent> cluster = Optional.empty();

    /** @param executor where watchers are woken; must not run tasks on the caller's thread */
    public LiveHub(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * Appends the events of a commit; oldest ones go. With a new term, and where they are more than are kept, watchers are
     * told to read anew in place of that.
     *
     * @param sequence number of the commit in its term
     */
    public synchronized void publish(long term, long sequence, List<LiveEvent.Draft> drafts) {
        if (term != newest.term() || drafts.size() > KEPT) {
            restart(EventId.of(term, sequence, drafts.size() > KEPT ? EventId.PER_COMMIT - 1 : 0));
        }
        if (drafts.size() > KEPT) {
            return;
        }
        long place = 0;
        for (LiveEvent.Draft draft : drafts) {
            newest = EventId.of(term, sequence, ++place);
            append(new LiveEvent(newest, draft.type(), Optional.of(draft.job()), draft.data()));
        }
        if (drafts.isEmpty()) {
            newest = EventId.of(term, sequence, 0);
        }
    }

    /** What came before is void, the node's data is as after that commit: every watcher is told to read anew. */
    public synchronized void replaced(long term, long sequence) {
        restart(EventId.of(term, sequence, EventId.PER_COMMIT - 1));
    }

    /** Tells of a member, or ({@link Type#CLUSTER}) of the cluster, as this node sees it. */
    public synchronized void tell(Type type, String data) {
        LiveEvent event = new LiveEvent(newest, type, Optional.empty(), data);
        if (type == Type.CLUSTER) {
            cluster = Optional.of(event);
        }
        append(event);
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
        EventId seen = after.orElse(newest);
        self[0] = new EventSubscription(filter, seen, executor, ready, () -> remove(self[0]));
        watchers.add(self[0]);
        after.ifPresent(id -> replay(id, self[0]));
        return Optional.of(self[0]);
    }

    /** The id of the newest event of a commit. */
    public synchronized EventId newest() {
        return newest;
    }

    /** How many watch. */
    public synchronized int watchers() {
        return watchers.size();
    }

    static LiveEvent reset(EventId id) {
        return new LiveEvent(id, Type.RESET, Optional.empty(), "{}");
    }

    private void restart(EventId at) {
        newest = at;
        floor = at.n();
        ring.clear();
        cluster = cluster.map(c -> new LiveEvent(at, c.type(), c.job(), c.data()));
        LiveEvent reset = reset(at);
        List.copyOf(watchers).forEach(w -> w.offer(reset));
    }

    private void append(LiveEvent event) {
        if (ring.size() == KEPT) {
            floor = ring.removeFirst().id().n();
        }
        ring.addLast(event);
        for (EventSubscription watcher : watchers) {
            watcher.offer(event);
        }
    }

    private void replay(EventId after, EventSubscription watcher) {
        if (after.term() != newest.term() || after.n() < floor) {
            watcher.offer(reset(newest));
        } else {
            // The watcher leaves out what it has seen, and is reset where the rest is too much for its buffer.
            ring.stream()
                    .filter(e -> e.type().ofCommit() || e.id().n() >= after.n())
                    .forEach(watcher::offer);
            cluster.map(c -> new LiveEvent(newest.n() < after.n() ? after : newest, c.type(), c.job(), c.data()))
                    .ifPresent(watcher::offer);
        }
    }

    private synchronized void remove(EventSubscription watcher) {
        watchers.remove(watcher);
    }
}
