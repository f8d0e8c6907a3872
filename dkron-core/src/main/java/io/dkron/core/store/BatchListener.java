package io.dkron.core.store;

/**
 * Told of what the copy of the store on this node goes through, in order, on one thread, before the batch's committer
 * learns of it: who reads after his own commit finds here what he wrote.
 */
public interface BatchListener {
    /**
     * A batch was applied here.
     *
     * @param index of the batch in this store; it grows, with gaps
     * @param version of what it put
     */
    void applied(long index, Batch batch, long version);

    /** The whole copy was replaced, or read at the start: what was known of it is void. It is now at that index. */
    void replaced(long index);
}
