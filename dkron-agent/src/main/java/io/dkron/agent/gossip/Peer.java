package io.dkron.agent.gossip;

import io.dkron.core.cluster.Member;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A member with what nodes tell each other beside.
 *
 * @param starts how often the node was started; of two processes of one node the higher is the living one (protocol P23)
 * @param clusterId of the cluster that the node belongs to; empty while it belongs to none
 * @param attributes what is not a tag: see the constants; unknown ones are passed on
 */
public record Peer(Member member, long starts, Optional<String> clusterId, SortedMap<String, String> attributes) {
    /** Attribute of a server with the embedded store: its Raft id (protocol P10). */
    public static final String RAFT_ID = "raft-id";
    /** Attribute of a server with the embedded store: {@code host:port} of Raft. */
    public static final String RAFT_ADDRESS = "raft-address";
    /** Attribute of a server that waits for others: how many it expects. */
    public static final String EXPECT = "expect";
    /** Attribute: {@code host:port} of the API, where the node has one. */
    public static final String HTTP_ADDRESS = "http-address";
    /** Attribute: names of the executors that the node has, joined by commas. */
    public static final String EXECUTORS = "executors";

    /** Attribute of a server that gave up the lead of this term, so that another need not wait to take it. */
    public static final String YIELDS = "yields";
    /** Attribute of a server of a recovered cluster: the cluster that its own came from (protocol P20). */
    public static final String PREDECESSOR = "predecessor";

    public Peer {
        Objects.requireNonNull(member, "member");
        Objects.requireNonNull(clusterId, "clusterId");
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }

    public Optional<String> attribute(String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    public Peer with(Map<String, String> newAttributes) {
        return new Peer(member, starts, clusterId, new TreeMap<>(newAttributes));
    }

    public Peer with(Member newMember) {
        return new Peer(newMember, starts, clusterId, attributes);
    }

    public Peer inCluster(String id) {
        return new Peer(member, starts, Optional.of(id), attributes);
    }
}
