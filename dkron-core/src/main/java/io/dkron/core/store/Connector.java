package io.dkron.core.store;

import java.util.Set;

/**
 * A backend: opens stores of one kind. Found by {@link java.util.ServiceLoader}; one class a backend, without state, with
 * a public constructor without arguments. Nothing of its client library is touched before {@link #open}.
 * Whoever loads a connector by a loader of its own calls it, and what it opened, with that loader as the thread's context class
 * loader, since libraries look up services by it.
 */
public interface Connector {
    /** The names that select this backend, in lower case. */
    Set<String> names();

    /**
     * Opens the store that the request describes. A store that is away may show here or at the first call.
     *
     * @throws StoreException when it cannot be reached or opened: which store, what failed and what to do
     */
    StoreClient open(StoreRequest request);
}
