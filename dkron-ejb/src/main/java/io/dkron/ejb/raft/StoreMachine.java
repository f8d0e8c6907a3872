package io.dkron.ejb.raft;

import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Applies what the group committed to the store of this server, in the order of the log and with the log's index, and tells
 * who listens. Remembers the hashes of the last entries, so that they can be compared with another server's (protocol P8).
 */
final class StoreMachine {
    private static final Logger LOG = System.getLogger(StoreMachine.class.getName());
    private static final int HASHES_KEPT = 8192;

    private final LocalStore store;
    private final List<BatchListener> listeners = new CopyOnWriteArrayList<>();
    private final NavigableMap<Long, Long> hashes = new TreeMap<>();
    private volatile LocalStore.Position position;

    StoreMachine(LocalStore store, List<BatchListener> listeners) {
        this.store = Objects.requireNonNull(store, "store");
        this.listeners.addAll(listeners);
        position = store.position();
    }

    LocalStore store() {
        return store;
    }

    LocalStore.Position position() {
        return position;
    }

    /** To be called once before anything is applied, and after the store was replaced. */
    void replaced() {
        position = store.position();
        synchronized (hashes) {
            hashes.clear();
            hashes.put(position.index(), position.hash());
        }
        listeners.forEach(listener -> listener.replaced(position.index()));
    }

    /**
     * Applies one entry.
     *
     * @param command a batch; empty for an entry of Raft's own
     * @return the result, as bytes
     * @throws StoreException when the disk failed
     */
    byte[] apply(long index, byte[] command) {
        Batch batch = command.length == 0 ? new Batch() : Commands.read(command, 0, command.length);
        LocalStore.Settled settled = store.apply(index, List.of(batch)).get(0);
        if (settled.result() instanceof CommitResult.Failed failed) {
            throw new StoreException(failed.reason());
        }
        if (settled.result() instanceof CommitResult.Unknown unknown) {
            throw new StoreException(unknown.reason());
        }
        remember(index, settled.hash());
        tell(index, batch, settled.result());
        position = new LocalStore.Position(index, settled.hash());
        return Commands.result(settled.result());
    }

    /** The hash at an index; empty when it is not reached yet or too long ago. */
    Optional<Long> hashAt(long index) {
        synchronized (hashes) {
            return Optional.ofNullable(hashes.get(index));
        }
    }

    private void remember(long index, long hash) {
        synchronized (hashes) {
            hashes.put(index, hash);
            while (hashes.size() > HASHES_KEPT) {
                hashes.pollFirstEntry();
            }
        }
    }

    private void tell(long index, Batch batch, CommitResult result) {
        if (!(result instanceof CommitResult.Committed committed)
                || batch.writes().isEmpty()) {
            return;
        }
        for (BatchListener listener : listeners) {
            try {
                listener.applied(index, batch, committed.version());
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "what was applied was not understood, all is read anew index=" + index, e);
                listener.replaced(index); // one that cannot even do that stops this server: it would show what is wrong
            }
        }
    }
}
