package io.dkron.ejb.rpc;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.cluster.Member;
import io.grpc.Channel;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;

/** Connections to the nodes that gossip shows alive. Safe for many threads. */
public final class PeerChannels {
    private final Peers peers;
    private final RpcClients clients;

    public PeerChannels(Peers peers, RpcClients clients) {
        this.peers = Objects.requireNonNull(peers, "peers");
        this.clients = Objects.requireNonNull(clients, "clients");
    }

    /** To the server that leads; empty where none is known, or where it is this one. */
    public Optional<Channel> leader() {
        return peers.leader().map(Peer::member).filter(this::isOther).flatMap(this::channel);
    }

    /** To the node of that name; empty where it is not alive, or where it is this one. */
    public Optional<Channel> node(String name) {
        return peers.named(name)
                .map(Peer::member)
                .filter(m -> m.alive() && isOther(m))
                .flatMap(this::channel);
    }

    private boolean isOther(Member member) {
        return !member.id().equals(peers.self().member().id());
    }

    private Optional<Channel> channel(Member member) {
        try {
            return Optional.of(clients.channel(new InetSocketAddress(member.address(), member.rpcPort())));
        } catch (IllegalStateException e) {
            return Optional.empty(); // the node stops
        }
    }
}
