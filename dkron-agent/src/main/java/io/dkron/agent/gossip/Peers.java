package io.dkron.agent.gossip;

import io.dkron.core.cluster.MemberStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The cluster as this node sees it. Answers come from memory. Safe for many threads. */
public interface Peers {
    /** This node. */
    Peer self();

    /** All known nodes, this one included, by name; those that left or failed until they are forgotten. */
    List<Peer> all();

    /** The node of that name. */
    default Optional<Peer> named(String name) {
        return all().stream().filter(p -> p.member().name().equals(name)).findFirst();
    }

    /** Who leads: the claim of the highest term whose maker is alive; empty while there is none. */
    Optional<Lead> lead();

    /** The leader's node, where it is alive; also while it leaves, until another leads. */
    default Optional<Peer> leader() {
        return lead().flatMap(lead -> all().stream()
                .filter(p -> p.member().id().equals(lead.node())
                        && (p.member().alive() || p.member().status() == MemberStatus.LEAVING))
                .findFirst());
    }

    /** Changes what this node tells of itself (tags, attributes, cluster), and tells the others. */
    void update(UnaryOperator<Peer> change);

    /** Tells the others that this node leads, or (empty) that it does no longer. */
    void claim(Optional<Lead> lead);

    /**
     * Calls back after each change of members or of the lead, on one thread at a time, the newest state only; and once
     * at the beginning.
     *
     * @return ends it
     */
    AutoCloseable onChange(Runnable callback);
}
