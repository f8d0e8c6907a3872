package io.dkron.agent.web;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.time.Offset;
import java.util.List;
import java.util.Map;

/** What can be asked of an agent. Answers come from memory. Safe for many threads. */
public interface AgentView {
    Peer self();

    /** All known members, this one included. */
    List<Peer> members();

    /** Why the node is not ready; empty when it is. */
    List<String> notReady();

    /** How many runs are open. */
    int running();

    /** How many results are not acknowledged. */
    int unreported();

    /** By node name. */
    Map<String, Offset> clocks();
}
