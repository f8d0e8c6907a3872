package io.dkron.core.store;

import java.util.Optional;

/**
 * A map of keys to values with batches that are all or nothing. Keys are non-empty text without NUL, ordered by their
 * UTF-8 bytes. After a successful {@link #commit} by this node, its {@link #get} and {@link #list} see at least all that
 * was committed before (protocol P15). Safe for use by many threads.
 */
public interface Store {
    /** @throws StoreException when it cannot be read */
    Optional<Entry> get(String key);

    /**
     * Entries whose key starts with the prefix and comes after {@code after}, in key order. All are of commits that were
     * applied; a commit that is applied meanwhile may show in part, and shows whole to each call after that.
     *
     * @param after an exclusive lower bound; empty for none
     * @param limit most entries to answer, from 1
     * @throws StoreException when it cannot be read
     */
    Page list(String prefix, String after, int limit);

    /** Applies a batch durably, all or nothing. Does not throw for what a store can meet. */
    CommitResult commit(Batch batch);

    Health health();

    /** What a batch may hold; the same at every call. */
    default Limits limits() {
        return Limits.NONE;
    }
}
