package io.dkron.ejb.store;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreConnection;
import io.dkron.core.store.StoreConnectionFactory;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** The store behind the connection factory: each call takes a connection and gives it back. Safe for many threads. */
public final class PooledStore implements Store {
    private final StoreConnectionFactory connections;
    private final StoreRequest request;

    public PooledStore(StoreConnectionFactory connections, StoreRequest request) {
        this.connections = Objects.requireNonNull(connections, "connections");
        this.request = Objects.requireNonNull(request, "request");
    }

    @Override
    public Optional<Entry> get(String key) {
        return read(c -> c.get(key));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return read(c -> c.list(prefix, after, limit));
    }

    /**
     * {@inheritDoc} Without a connection nothing was sent, so that is {@link CommitResult.Failed}; an exception of the
     * connection itself leaves the outcome open.
     */
    @Override
    public CommitResult commit(Batch batch) {
        StoreConnection connection;
        try {
            connection = connections.connect(request);
        } catch (RuntimeException e) {
            return new CommitResult.Failed(reason(e));
        }
        try (connection) {
            return connection.commit(batch);
        } catch (RuntimeException e) {
            return new CommitResult.Unknown(reason(e));
        }
    }

    @Override
    public Health health() {
        try (StoreConnection connection = connections.connect(request)) {
            return connection.health();
        } catch (RuntimeException e) {
            return Health.down(reason(e));
        }
    }

    @Override
    public Limits limits() {
        return read(Store::limits);
    }

    private <T> T read(Function<StoreConnection, T> call) {
        try (StoreConnection connection = connections.connect(request)) {
            return call.apply(connection);
        } catch (StoreException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StoreException(request + ": " + reason(e), e);
        }
    }

    private static String reason(RuntimeException e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.toString() : message;
    }
}
