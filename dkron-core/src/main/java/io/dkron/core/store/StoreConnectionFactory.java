package io.dkron.core.store;

/**
 * What the resource adapter offers under {@code jca/dkron-store}: a connection a call. Lives here so that servers know
 * the adapter by this type alone.
 */
public interface StoreConnectionFactory extends java.io.Serializable {
    /** @throws StoreException when the backend cannot be reached or opened, saying why and what to do */
    StoreConnection connect(StoreRequest request);
}
