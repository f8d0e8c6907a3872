package io.dkron.core.cluster;

import java.time.Instant;
import java.util.Objects;

/**
 * The value that fences every commit (protocol P3, P4).
 *
 * @param clusterId random, born with the cluster's data
 * @param term number of the lead, from 1, raised at each takeover
 * @param node who leads
 * @param nonce random, of this takeover; {@link #NOBODY} where the lead is free
 * @param sequence number of the last commit of this term, from 0
 * @param beat engine time of the last write
 */
public record LeaderRecord(String clusterId, long term, String node, String nonce, long sequence, Instant beat) {
    /** The nonce of a lead that nobody holds: the value was written for the next one to take. */
    public static final String NOBODY = "";

    private static final int SEQUENCE_BITS = 40;

    public LeaderRecord {
        Objects.requireNonNull(clusterId, "clusterId");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(nonce, "nonce");
        Objects.requireNonNull(beat, "beat");
    }

    /** The same of another cluster: one that was recovered from what was left of its predecessor. */
    public LeaderRecord in(String cluster) {
        return new LeaderRecord(cluster, term, node, nonce, sequence, beat);
    }

    /**
     * Where the commit that wrote this value stands among all commits to the store: it grows with each of them, over all
     * terms. There is room for 2^40 commits of a term and for 2^23 terms.
     */
    public long position() {
        return term << SEQUENCE_BITS | sequence;
    }

    public Fence fence() {
        return new Fence(clusterId, term);
    }

    /** The value that the next commit of this lead writes. */
    public LeaderRecord next(Instant now) {
        return new LeaderRecord(clusterId, term, node, nonce, sequence + 1, now);
    }

    /** The value of a new lead over this one. */
    public LeaderRecord succeeded(String by, String newNonce, Instant now) {
        return new LeaderRecord(clusterId, term + 1, by, newNonce, 0, now);
    }
}
