package io.dkron.ejb.raft.channel;

/**
 * How a server is.
 *
 * @param term of Raft
 * @param leads whether it takes itself for the leader of that term
 * @param applied index of the newest entry in its store
 * @param hash of its store there
 * @param lastAppended index of the newest entry in its log
 * @param members index of the entry from which its list of members is
 */
public record Vitals(long term, boolean leads, long applied, long hash, long lastAppended, long members) {
    static final Vitals NONE = new Vitals(0, false, 0, 0, 0, 0);
}
