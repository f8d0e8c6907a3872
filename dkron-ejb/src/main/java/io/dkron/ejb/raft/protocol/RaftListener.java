package io.dkron.ejb.raft.protocol;

import java.util.List;
import java.util.Optional;

/**
 * What a Raft member tells. Called in order, on one thread that holds no lock of Raft; a listener may take its time, but
 * later news wait for it.
 */
public interface RaftListener {
    /** This member leads, and has applied all that was committed before and its own first entry. */
    default void leading(long term) {}

    /** This member no longer leads; also told when {@link #leading} was not reached yet. */
    default void deposed(long term) {}

    /** Who leads, by Raft id; empty while nobody is known to. */
    default void leaderChanged(Optional<String> leader, long term) {}

    /** Who the members are, by Raft id, after a change was applied here. */
    default void membersChanged(List<String> members) {}

    /**
     * The leader no longer has the entries that this member needs, or the state here is older than the log's beginning: the
     * state must be fetched from that member and handed to {@link SafeRaft#install}. Told again every second until then.
     */
    default void stateNeeded(String leader) {}

    /** The log holds more than its limit: the state should be forced and the log compacted. Told once for each compaction. */
    default void logFull(long bytes) {}

    /** This member has stopped, takes no part any more, and must be closed. A restart by the operator is needed. */
    default void stopped(String reason, Optional<Throwable> cause) {}
}
