package io.dkron.ejb.leader;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.store.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * How servers agree who of them may lead, and the store that they share. One that is elected still has to raise the term
 * in the store, which fences whoever led before (protocol P1, P20). Safe for many threads.
 */
public interface Election {
    /** Told in order, one call at a time; to return at once. */
    interface Candidate {
        /** This server may lead: what was committed before is in its store. */
        void elected(String reason);

        /** This server may not lead any more, also where it never had raised the term. */
        void deposed(String reason);
    }

    /** The shared store: reads are of this node's copy, commits of one that may not lead fail. */
    Store store();

    /** Begins to take part; returns at once. Called once. */
    void start(Candidate candidate);

    /**
     * Makes sure that this server may still lead at this moment: answers true only when a majority, or the store, has
     * confirmed it after the call. Blocks for at most some seconds.
     */
    boolean confirm();

    /**
     * How long the lead has shown no life, by the monotonic clock: where this server leads, since a majority is known to have
     * heard it; elsewhere since the leader was heard of; very long where nobody is known to lead. Zero where silence cannot be
     * told from a leader that works long.
     */
    default Duration silence() {
        return Duration.ZERO;
    }

    /** Why nobody is known to lead, or this node takes no part; empty while all is well. */
    Optional<String> trouble();

    /**
     * Lets another lead, where one can; otherwise nothing happens. {@link Candidate#deposed} comes before it returns true.
     *
     * @return whether another may lead now
     */
    boolean handOver(Duration atMost);

    /** Takes part no longer. Membership, where there is any, stays. */
    void stop();

    /** How long after an acknowledged commit its leader may act on it without asking again. */
    default Duration lease() {
        return Duration.ofSeconds(2);
    }

    /** Whether a confirmation is worth as much as an acknowledged commit. */
    default boolean confirmRenews() {
        return true;
    }

    /** How old a leader's last commit may become before it commits for the sake of it; empty for any age. */
    default Optional<Duration> beat() {
        return Optional.empty();
    }

    /** The mark of a new lead of this node, never the same twice. */
    default String nonce() {
        return UUID.randomUUID().toString();
    }

    /** Whether this server may lead after the lead that the store names; empty for none. */
    default boolean follows(Optional<LeaderRecord> lead) {
        return true;
    }
}
