package io.dkron.ejb.lease;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A store that others operate, as one server follows it. While this server leads, its own commits are what is told, in
 * order, to the listener and to the servers that follow; while another does, what that one tells. Positions are those of
 * {@link LeaderRecord#position}. Commits are made one at a time; all else is safe for many threads.
 */
public final class SharedCopy implements Store {
    /** A server that follows this one. Told in order, one call at a time; to return at once. */
    public interface Follower {
        /** All up to that position is in the store; what comes later is told. Comes first, once. */
        void begin(long position);

        void applied(long position, Batch batch, long version);

        /** Nothing more is told. */
        void end(String reason);
    }

    private final Store store;
    private final BatchListener listener;
    private final String leaderKey;
    private final List<Follower> followers = new ArrayList<>(); // guarded by this
    private boolean leads; // guarded by this: the listener knows all that this server committed
    private boolean loaded; // guarded by this
    private long position; // guarded by this

    public SharedCopy(Store store, BatchListener listener, String leaderKey) {
        this.store = Objects.requireNonNull(store, "store");
        this.listener = Objects.requireNonNull(listener, "listener");
        this.leaderKey = Objects.requireNonNull(leaderKey, "leaderKey");
    }

    @Override
    public Optional<Entry> get(String key) {
        return store.get(key);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return store.list(prefix, after, limit);
    }

    @Override
    public Health health() {
        return store.health();
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    /**
     * {@inheritDoc} The first commit of a lead reads everything. Where the listener cannot read what it must, the outcome
     * counts as unknown: whoever settles that commits again, and it is read then.
     */
    @Override
    public CommitResult commit(Batch batch) {
        CommitResult result = store.commit(batch);
        synchronized (this) {
            if (result instanceof CommitResult.Committed committed) {
                return applied(batch, committed);
            }
            if (!(result instanceof CommitResult.Failed)) {
                follow();
            }
            return result;
        }
    }

    private CommitResult applied(Batch batch, CommitResult.Committed committed) {
        long at = Optional.ofNullable(batch.writes().get(leaderKey))
                .flatMap(value -> value)
                .map(value -> LeaderRecords.JSON.read(value).position())
                .orElseThrow(() -> new IllegalArgumentException("a commit without the fence"));
        try {
            if (leads) {
                listener.applied(at, batch, committed.version());
                List.copyOf(followers).forEach(f -> f.applied(at, batch, committed.version()));
            } else {
                listener.replaced(at);
                leads = true;
            }
            position = at;
            loaded = true;
            return committed;
        } catch (RuntimeException e) {
            follow();
            return new CommitResult.Unknown("committed, but not read back: " + e.getMessage());
        }
    }

    /** This server leads no longer, or is not sure: who follows it begins anew. */
    public synchronized void follow() {
        leads = false;
        List<Follower> left = List.copyOf(followers);
        followers.clear();
        left.forEach(f -> f.end("this server does not lead"));
    }

    /** Whether this server's own commits are what is told. */
    public synchronized boolean leads() {
        return leads;
    }

    /** Tells this one from now on. @return whether it does: this server leads */
    public synchronized boolean follow(Follower follower) {
        if (!leads) {
            return false;
        }
        follower.begin(position);
        followers.add(follower);
        return true;
    }

    /** Tells this one no longer. */
    public synchronized void unfollow(Follower follower) {
        followers.remove(follower);
    }

    /**
     * The leader that this server follows is at that position.
     *
     * @throws StoreException when the store cannot be read: nothing is changed
     */
    public synchronized void begun(long at) {
        if (!leads) {
            listener.replaced(at);
            loaded = true;
        }
    }

    /** The leader that this server follows told that. */
    public synchronized void told(long at, Batch batch, long version) {
        if (!leads) {
            listener.applied(at, batch, version);
        }
    }

    /**
     * Reads the store while nobody is known who would tell, unless that was done.
     *
     * @throws StoreException when it cannot be read: nothing is changed
     */
    public synchronized void load() {
        if (!leads && !loaded) {
            begun(store.get(leaderKey)
                    .map(entry -> LeaderRecords.JSON.read(entry.value()).position())
                    .orElse(0L));
        }
    }
}
