package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Gossip;
import io.dkron.agent.gossip.GossipConfig;
import io.dkron.agent.gossip.GossipHost;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.Store;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.lease.LeaseElection;
import io.dkron.ejb.lease.Nonces;
import io.dkron.ejb.lease.SharedCopy;
import io.dkron.ejb.rpc.FeedFollower;
import io.dkron.ejb.rpc.FeedService;
import io.dkron.ejb.rpc.PeerChannels;
import io.dkron.ejb.service.ClusterService.ForgetAnswer;
import io.dkron.ejb.service.RaftOperations;
import io.grpc.BindableService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Servers over a store that others operate: gossip, the lease in the store, and the leader's feed. */
final class SharedCluster implements ClusterPart, BatchListener {
    /**
     * What it is made of.
     *
     * @param node its name
     * @param store raw
     * @param leaderKey of the fence
     * @param nonces marks of this node's leads
     * @param gossip how it finds the others
     * @param clients connections to other nodes' RPC ports
     * @param loops runs each of two long loops on a thread of its own
     * @param fatal ends the process, with the reason
     */
    record Parts(
            String node,
            Store store,
            String leaderKey,
            Nonces nonces,
            GossipConfig gossip,
            RpcClients clients,
            Executor loops,
            Consumer<String> fatal) {
        Parts {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(leaderKey, "leaderKey");
            Objects.requireNonNull(nonces, "nonces");
            Objects.requireNonNull(gossip, "gossip");
            Objects.requireNonNull(clients, "clients");
            Objects.requireNonNull(loops, "loops");
            Objects.requireNonNull(fatal, "fatal");
        }
    }

    private final Parts parts;
    private final LatePeers peers = new LatePeers();
    private final SharedCopy copy;
    private final LeaseElection election;
    private final FeedFollower follower;
    private final List<AutoCloseable> watching = new ArrayList<>();
    private volatile Optional<Gossip> gossip = Optional.empty();
    private volatile Optional<BatchListener> listener = Optional.empty();
    private volatile Optional<Consumer<String>> forgotten = Optional.empty();

    SharedCluster(Parts parts) {
        this.parts = parts;
        copy = new SharedCopy(parts.store(), this, parts.leaderKey());
        election = new LeaseElection(new LeaseElection.Parts(
                parts.node(),
                parts.store(),
                copy,
                parts.leaderKey(),
                peers,
                parts.nonces(),
                () -> trouble().isEmpty(),
                parts.loops(),
                System::nanoTime));
        follower = new FeedFollower(copy, new PeerChannels(peers, parts.clients())::leader);
    }

    @Override
    public Peers peers() {
        return peers;
    }

    @Override
    public Election election() {
        return election;
    }

    @Override
    public Optional<RaftOperations> raft() {
        return Optional.empty();
    }

    @Override
    public List<BindableService> services() {
        return List.of(new FeedService(copy));
    }

    @Override
    public Optional<RpcClients> clients() {
        return Optional.of(parts.clients());
    }

    @Override
    public void listener(BatchListener told) {
        listener = Optional.of(told);
    }

    @Override
    public void onForgotten(Consumer<String> told) {
        forgotten = Optional.of(told);
    }

    @Override
    public void applied(long index, Batch batch, long version) {
        listener.ifPresent(l -> l.applied(index, batch, version));
    }

    @Override
    public void replaced(long index) {
        listener.ifPresent(l -> l.replaced(index));
    }

    @Override
    public void start(Peer self) throws IOException {
        Gossip started = Gossip.start(parts.gossip(), self, new GossipHost() {
            @Override
            public void fatal(String reason) {
                parts.fatal().accept(reason);
            }

            @Override
            public void reaped(Peer peer) {
                forgotten.ifPresent(told -> told.accept(peer.member().name()));
            }
        });
        gossip = Optional.of(started);
        peers.are(started);
        watching.add(peers.onChange(election::look));
        watching.add(peers.onChange(follower::changed));
        parts.loops().execute(follower);
    }

    @Override
    public Optional<String> trouble() {
        return gossip.filter(g -> !g.joined()).map(g -> "none of the nodes to join has answered yet");
    }

    @Override
    public void leaving() {
        gossip.ifPresent(Gossip::leaving);
    }

    @Override
    public ForgetAnswer forget(String name) {
        return gossip.map(g -> Membership.forget(g, name)).orElse(ForgetAnswer.UNKNOWN);
    }

    /** {@inheritDoc} There is no list of servers but gossip's, which is told by {@link #leaving}. */
    @Override
    public Optional<String> leave() {
        return Optional.empty();
    }

    @Override
    public void stop() {
        follower.stop();
        for (AutoCloseable watch : watching) {
            try {
                watch.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        gossip.ifPresent(Gossip::close);
    }
}
