package io.dkron.ejb.raft.protocol;

/**
 * How far a member's log is known to be the leader's.
 *
 * @param id its Raft id
 * @param match the highest entry that both have, checked and on its disk; 0 while nothing is known
 * @param behind how many entries it lacks
 * @param silentMillis since when nothing was heard of it
 */
public record Progress(String id, long match, long behind, long silentMillis) {}
