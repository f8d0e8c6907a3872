/** Who is in the cluster: joining, finding failures, and telling the others about this node. */
package io.dkron.agent.gossip;
