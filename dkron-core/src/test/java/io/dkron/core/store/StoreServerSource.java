package io.dkron.core.store;

import java.util.List;

/** Makes real servers of one backend, for tests that know no backend by name; found by {@link java.util.ServiceLoader}. */
public interface StoreServerSource {
    /** What {@code backend} is to say. */
    String backend();

    /** A server that is not started yet. Skips the test where this machine cannot have one. */
    StoreServer create();

    /**
     * A server that runs and asks for a password. Skips the test where this machine cannot have one.
     *
     * @throws Exception whatever the way to the server throws
     */
    GuardedServer guarded() throws Exception;

    /** Flags beside backend and machine that a node needs to use it. */
    default List<String> flags() {
        return List.of();
    }
}
