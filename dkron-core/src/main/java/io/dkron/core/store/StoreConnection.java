package io.dkron.core.store;

/** A handle on the shared client of a backend; closing gives it back. Not to be kept over calls, not thread-safe. */
public interface StoreConnection extends Store, AutoCloseable {
    @Override
    void close();
}
