package io.dkron.core.cluster;

import java.util.Objects;

/**
 * Under whose lead something is asked. Agents persist the highest they saw and refuse anything lower (protocol P1).
 *
 * @param clusterId random, born with the cluster's data
 * @param term ever-growing number of the lead, from 1
 */
public record Fence(String clusterId, long term) {
    public Fence {
        Objects.requireNonNull(clusterId, "clusterId");
    }

    /**
     * Whether what this fence asks must be refused by one who saw {@code seen}: a lower term, or another cluster that was
     * not recovered from the one seen (protocol P20).
     */
    public boolean isStaleAfter(Fence seen) {
        return term < seen.term || !clusterId.equals(seen.clusterId) && !ClusterIds.succeeds(clusterId, seen.clusterId);
    }
}
