package io.dkron.ejb.raft;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a server remembers of its group over restarts.
 *
 * @param raftId node name, {@code #} and a random suffix born with the data directory: an emptied directory is another
 *     server (protocol P10)
 * @param cluster id of the cluster; empty while it belongs to none
 * @param predecessor id of the cluster from which this one was recovered (protocol P20)
 * @param index of the log entry from which the members are; 0 for those of the beginning
 * @param members Raft ids to the {@code host:port} of Raft where each was last seen, empty text where it never was
 * @param removed Raft ids that are members no more and never will be
 * @param promised cluster id of the one proposal to found a cluster that was made or accepted
 * @param proposes whether this server made it: only its maker may begin a cluster with it
 */
record GroupState(
        String raftId,
        Phase phase,
        Optional<String> cluster,
        Optional<String> predecessor,
        long index,
        SortedMap<String, String> members,
        SortedSet<String> removed,
        Optional<String> promised,
        boolean proposes) {
    /** How far a server is in its life in the group. */
    enum Phase {
        /** It belongs to no cluster yet. */
        FRESH,
        /** It belongs to none, and what its store holds is of no worth: it waits to be admitted. */
        VOID,
        /** Its store and its log count. */
        MEMBER,
        /** It was removed, or left. */
        GONE
    }

    GroupState {
        Objects.requireNonNull(raftId, "raftId");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(predecessor, "predecessor");
        Objects.requireNonNull(promised, "promised");
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        removed = Collections.unmodifiableSortedSet(new TreeSet<>(removed));
    }

    static GroupState fresh(String raftId) {
        return new GroupState(
                raftId,
                Phase.FRESH,
                Optional.empty(),
                Optional.empty(),
                0,
                Collections.emptySortedMap(),
                Collections.emptySortedSet(),
                Optional.empty(),
                false);
    }

    GroupState in(Phase newPhase) {
        return new GroupState(raftId, newPhase, cluster, predecessor, index, members, removed, promised, proposes);
    }

    /** A member of this cluster, or about to become one. */
    GroupState in(Phase newPhase, String clusterId, long newIndex, Map<String, String> newMembers) {
        return new GroupState(
                raftId,
                newPhase,
                Optional.of(clusterId),
                predecessor,
                newIndex,
                new TreeMap<>(newMembers),
                removed,
                promised,
                proposes);
    }

    /** Other members, from that entry on. Those that are no more never will be. */
    GroupState with(long newIndex, SortedMap<String, String> newMembers) {
        SortedSet<String> gone = new TreeSet<>(removed);
        gone.addAll(members.keySet());
        gone.removeAll(newMembers.keySet());
        return new GroupState(raftId, phase, cluster, predecessor, newIndex, newMembers, gone, promised, proposes);
    }

    /** The same members, seen elsewhere. */
    GroupState at(Map<String, String> addresses) {
        TreeMap<String, String> moved = new TreeMap<>(members);
        moved.replaceAll((id, address) -> addresses.getOrDefault(id, address));
        return new GroupState(raftId, phase, cluster, predecessor, index, moved, removed, promised, proposes);
    }

    /** Another server on the same disk: it waits to be admitted, and keeps nothing. */
    GroupState reborn(String newId) {
        GroupState fresh = fresh(newId);
        return fresh.in(Phase.VOID);
    }

    /** It accepted another's proposal. */
    GroupState promising(String clusterId) {
        return new GroupState(
                raftId, phase, cluster, predecessor, index, members, removed, Optional.of(clusterId), false);
    }

    /** It made a proposal of its own. */
    GroupState proposing(String clusterId) {
        return new GroupState(
                raftId, phase, cluster, predecessor, index, members, removed, Optional.of(clusterId), true);
    }

    /** A new cluster that goes on from the old one. */
    GroupState recovered(String clusterId, long newIndex, SortedMap<String, String> newMembers) {
        return new GroupState(
                raftId,
                Phase.MEMBER,
                Optional.of(clusterId),
                cluster,
                newIndex,
                newMembers,
                Collections.emptySortedSet(),
                Optional.empty(),
                false);
    }
}
