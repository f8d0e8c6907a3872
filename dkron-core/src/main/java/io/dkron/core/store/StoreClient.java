package io.dkron.core.store;

/**
 * A store with what it holds open: files, connections, threads. Shared by all who ask with an equal {@link StoreRequest};
 * only who opened it closes it.
 */
public interface StoreClient extends Store, AutoCloseable {
    /** Gives back what is held. Calls that run end with a failure; closing twice is harmless. */
    @Override
    void close();
}
