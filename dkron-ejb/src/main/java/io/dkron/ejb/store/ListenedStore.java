package io.dkron.ejb.store;

import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import java.util.Objects;
import java.util.Optional;

/**
 * A store that tells a listener what this node commits, in order, before the committer learns of it; for stores that do
 * not tell by themselves. What others commit it does not see: with the first commit, and after one whose outcome is not
 * known or was refused, the listener is told that everything may be different. Commits are made one at a time; reads are
 * safe for many threads.
 */
public final class ListenedStore implements Store {
    private final Store store;
    private final BatchListener listener;
    private boolean known; // guarded by this

    public ListenedStore(Store store, BatchListener listener) {
        this.store = Objects.requireNonNull(store, "store");
        this.listener = Objects.requireNonNull(listener, "listener");
    }

    @Override
    public Optional<Entry> get(String key) {
        return store.get(key);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return store.list(prefix, after, limit);
    }

    /**
     * {@inheritDoc} The index of a batch is its version. Where the listener cannot read what it must, the outcome counts as
     * unknown: whoever settles that commits again, and it is read then.
     */
    @Override
    public synchronized CommitResult commit(Batch batch) {
        CommitResult result = store.commit(batch);
        if (!(result instanceof CommitResult.Committed committed)) {
            known = known && result instanceof CommitResult.Failed;
            return result;
        }
        try {
            if (known) {
                listener.applied(committed.version(), batch, committed.version());
            } else {
                listener.replaced(committed.version());
                known = true;
            }
            return committed;
        } catch (RuntimeException e) {
            known = false;
            return new CommitResult.Unknown("committed, but not read back: " + e.getMessage());
        }
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    @Override
    public Health health() {
        return store.health();
    }
}
