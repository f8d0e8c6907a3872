package io.dkron.ejb.raft.protocol;

/**
 * What committed entries change. Called on one thread at a time, in order, each index once, from {@code applied() + 1} on.
 */
public interface EntryApplier {
    /** The index of the newest applied entry, kept with the state itself; 0 for none. */
    long applied();

    /**
     * Applies a committed entry and notes its index in the same transaction.
     *
     * @param index exactly {@code applied() + 1}
     * @param term the Raft term in which the entry was written
     * @param data the command; empty for an entry of Raft's own
     * @param internal true for an entry of Raft's own (a no-op, a change of members): only the index is to be noted
     * @return the answer for the caller that waits; must be the same bytes on every member, and depend on nothing but the
     *     state and the entry (no clock, no random, no setting): members compare them
     * @throws Exception when it cannot be applied; the member stops before the next entry. A refusal is an answer, no
     *     exception
     */
    byte[] apply(long index, long term, byte[] data, boolean internal) throws Exception;
}
