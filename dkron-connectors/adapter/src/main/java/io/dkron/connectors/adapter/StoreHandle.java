package io.dkron.connectors.adapter;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreException;
import java.util.Optional;

/** A connection as its user holds it, for one call or a few. Closing twice is harmless; use after that is not. */
public class StoreHandle implements StoreConnection {
    private StoreManagedConnection owner;
    private boolean closed;

    StoreHandle(StoreManagedConnection owner) {
        this.owner = owner;
    }

    @Override
    public Optional<Entry> get(String key) {
        return client().get(key);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return client().list(prefix, after, limit);
    }

    @Override
    public CommitResult commit(Batch batch) {
        return client().commit(batch);
    }

    @Override
    public Health health() {
        return client().health();
    }

    @Override
    public Limits limits() {
        return client().limits();
    }

    @Override
    public <T> Optional<T> unwrap(Class<T> type) {
        StoreClient client = client();
        return type.isInstance(client) ? Optional.of(type.cast(client)) : Optional.empty();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            owner.closed(this);
        }
    }

    /** @throws StoreException when the store cannot be opened, or this handle was given back */
    StoreClient client() {
        if (closed) {
            throw new StoreException("store connection used after it was closed");
        }
        return owner.client();
    }

    void invalidate() {
        closed = true;
    }

    void moveTo(StoreManagedConnection other) {
        owner.moved(this);
        owner = other;
    }
}
