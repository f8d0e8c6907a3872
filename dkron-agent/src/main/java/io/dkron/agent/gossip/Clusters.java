package io.dkron.agent.gossip;

import java.util.Optional;

/** Which nodes may meet. */
final class Clusters {
    private Clusters() {}

    /**
     * Whether two nodes may be members of one cluster: one of them belongs to none yet, both belong to the same, or one is
     * an agent of the cluster from which the other's was recovered (protocol P20).
     */
    static boolean meet(Peer a, Peer b) {
        return meet(a, a.clusterId(), b, b.clusterId());
    }

    /** The same with what a node goes by: its own cluster or, having none, that of the members it knows. */
    static boolean meet(Peer a, Optional<String> clusterOfA, Peer b, Optional<String> clusterOfB) {
        if (clusterOfA.isEmpty() || clusterOfB.isEmpty() || clusterOfA.equals(clusterOfB)) {
            return true;
        }
        return follows(a, clusterOfA.get(), b) || follows(b, clusterOfB.get(), a);
    }

    private static boolean follows(Peer agent, String cluster, Peer other) {
        return !agent.member().server() && other.attribute(Peer.PREDECESSOR).equals(Optional.of(cluster));
    }
}
