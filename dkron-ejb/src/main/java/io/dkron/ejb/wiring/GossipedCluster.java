package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Gossip;
import io.dkron.agent.gossip.GossipConfig;
import io.dkron.agent.gossip.GossipHost;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.ejb.service.ClusterService.ForgetAnswer;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** What servers that find each other by gossip have in common, whatever store they share. */
abstract class GossipedCluster implements ClusterPart, BatchListener {
    /**
     * What it is made of.
     *
     * @param gossip how this server finds the others
     * @param clients connections to other nodes' RPC ports
     * @param fatal ends the process, with the reason
     */
    record Contact(GossipConfig gossip, RpcClients clients, Consumer<String> fatal) {
        Contact {
            Objects.requireNonNull(gossip, "gossip");
            Objects.requireNonNull(clients, "clients");
            Objects.requireNonNull(fatal, "fatal");
        }
    }

    private final Contact contact;
    private final LatePeers peers = new LatePeers();
    private volatile Optional<Gossip> gossip = Optional.empty();
    private volatile Optional<BatchListener> listener = Optional.empty();
    private volatile Optional<Consumer<String>> forgotten = Optional.empty();

    GossipedCluster(Contact contact) {
        this.contact = contact;
    }

    @Override
    public final Peers peers() {
        return peers;
    }

    @Override
    public final Optional<RpcClients> clients() {
        return Optional.of(contact.clients());
    }

    @Override
    public final void listener(BatchListener told) {
        listener = Optional.of(told);
    }

    @Override
    public final void onForgotten(Consumer<String> told) {
        forgotten = Optional.of(told);
    }

    @Override
    public final void applied(long index, Batch batch, long version) {
        listener.ifPresent(l -> l.applied(index, batch, version));
    }

    @Override
    public final void replaced(long index) {
        listener.ifPresent(l -> l.replaced(index));
    }

    @Override
    public void start(Peer self) throws IOException {
        Gossip started = Gossip.start(contact.gossip(), self, new GossipHost() {
            @Override
            public void fatal(String reason) {
                contact.fatal().accept(reason);
            }

            @Override
            public void reaped(Peer peer) {
                forgotten.ifPresent(told -> told.accept(peer.member().name()));
            }
        });
        gossip = Optional.of(started);
        peers.are(started);
    }

    @Override
    public final Optional<String> trouble() {
        return gossip.filter(g -> !g.joined()).map(g -> "none of the nodes to join has answered yet");
    }

    @Override
    public final void leaving() {
        gossip.ifPresent(Gossip::leaving);
    }

    @Override
    public final ForgetAnswer forget(String name) {
        return gossip.map(g -> switch (g.forget(name)) {
                    case DONE -> ForgetAnswer.DONE;
                    case UNKNOWN -> ForgetAnswer.UNKNOWN;
                    case ALIVE -> ForgetAnswer.ALIVE;
                })
                .orElse(ForgetAnswer.UNKNOWN);
    }

    @Override
    public void stop() {
        gossip.ifPresent(Gossip::close);
    }
}
