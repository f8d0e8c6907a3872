package io.dkron.core.store;

import java.util.Optional;

/** A handle on the shared client of a backend; closing gives it back. Not to be kept over calls, not thread-safe. */
public interface StoreConnection extends Store, AutoCloseable {
    /**
     * The shared client itself, where it can do more than a {@link Store}: replication asks for {@link LocalStore}. What
     * is answered outlives this handle and lives until the adapter stops; it must not be closed.
     *
     * @return empty where the backend's client is not of that type
     */
    default <T> Optional<T> unwrap(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }

    @Override
    void close();
}
