package io.dkron.agent.gossip;

import io.dkron.core.cluster.Fence;
import java.util.Objects;

/**
 * A server's claim to lead, as it told the others after its term was raised in the store.
 *
 * @param fence cluster and term; of two claims the higher term counts
 * @param node id of the leader's node
 */
public record Lead(Fence fence, String node) {
    public Lead {
        Objects.requireNonNull(fence, "fence");
        Objects.requireNonNull(node, "node");
    }
}
