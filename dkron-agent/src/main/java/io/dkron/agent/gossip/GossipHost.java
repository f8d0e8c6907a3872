package io.dkron.agent.gossip;

/** What gossip tells the node that it belongs to. Called on gossip's own threads; must not block for long. */
public interface GossipHost {
    /**
     * This node cannot be a member: its name is another's, a later start of it replaced it, or all tries to join were used
     * up. The node has to end with exit status 1. Gossip goes on until it is closed.
     *
     * @param reason for the log
     */
    void fatal(String reason);

    /**
     * A member was forgotten: it was failed for the reconnect timeout, left for a day, or somebody called
     * {@link Gossip#forget}. Every member gets this call.
     */
    void reaped(Peer peer);
}
