package io.dkron.core.store;

/**
 * A store on this machine as replication needs it: batches carry the log index they come from, which is kept in the same
 * transaction, so that a replay never applies twice (protocol P8, P9).
 */
public interface LocalStore extends Store {
    /** The index of the newest applied batch, 0 for none. */
    long applied();

    /**
     * Applies the batch of that index.
     *
     * @param index {@code applied() + 1}; one already applied is skipped and answers {@link CommitResult.Committed}
     * @throws IllegalArgumentException when indexes between are missing
     */
    CommitResult apply(long index, Batch batch);
}
