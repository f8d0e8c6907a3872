package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where the servers of the group may be: where each was last seen, and where gossip shows them now, so that all may come back
 * with new addresses. Names are resolved anew each time.
 */
final class Addresses {
    private final GroupFile file;
    private final Peers peers;

    Addresses(GroupFile file, Peers peers) {
        this.file = Objects.requireNonNull(file, "file");
        this.peers = Objects.requireNonNull(peers, "peers");
    }

    /** All that can be resolved. */
    Collection<InetSocketAddress> all() {
        GroupState state = file.state();
        Set<String> texts = new LinkedHashSet<>(state.members().values());
        peers.all().stream()
                .filter(peer -> !peer.member().id().equals(peers.self().member().id()))
                .filter(peer -> peer.member().alive() && peer.clusterId().equals(state.cluster()))
                .flatMap(peer -> peer.attribute(Peer.RAFT_ADDRESS).stream())
                .forEach(texts::add);
        return texts.stream()
                .flatMap(text -> resolved(text).stream())
                .distinct()
                .toList();
    }

    /** An address of a text {@code host:port}; empty when it is none or the name is unknown now. */
    static Optional<InetSocketAddress> resolved(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            return Optional.empty();
        }
        String host = text.substring(0, colon).replaceAll("^\\[|\\]$", "");
        try {
            InetSocketAddress address = new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
            return address.isUnresolved() ? Optional.empty() : Optional.of(address);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
