package io.dkron.ejb.raft;

import java.util.Optional;

/**
 * Who is told of the lead. Calls come one at a time, in order, on a thread of the group that may be held for a while; a
 * newer state may replace one that was not told yet.
 */
public interface Leadership {
    /**
     * This server leads: an entry of its own term was committed, and all up to it is applied here. Told once for each lead,
     * after {@link #follow} where it led before.
     */
    void lead();

    /**
     * This server does not lead, or not any more.
     *
     * @param leader Raft id of who does; empty while nobody is known to
     */
    void follow(Optional<String> leader);

    /**
     * This server takes no part any more, until it is started again.
     *
     * @param reason for a person
     */
    void stopped(String reason);
}
