package io.dkron.connectors.adapter;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreException;
import java.util.Optional;

/** A connection as its user sees it. */
public class StoreHandle implements StoreConnection {
    private final StoreManagedConnection owner;

    StoreHandle(StoreManagedConnection owner) {
        this.owner = owner;
    }

    @Override
    public Optional<Entry> get(String key) {
        throw new StoreException("no connector is installed");
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        throw new StoreException("no connector is installed");
    }

    @Override
    public CommitResult commit(Batch batch) {
        throw new StoreException("no connector is installed");
    }

    @Override
    public Health health() {
        return Health.down("no connector is installed");
    }

    @Override
    public void close() {
        owner.closed(this);
    }
}
