package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Encryption;
import io.dkron.agent.gossip.Gossip;
import io.dkron.agent.gossip.GossipConfig;
import io.dkron.agent.gossip.GossipHost;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.Store;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.raft.RaftGroup;
import io.dkron.ejb.raft.RaftSettings;
import io.dkron.ejb.service.ClusterService.ForgetAnswer;
import io.dkron.ejb.service.RaftOperations;
import io.grpc.BindableService;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Servers that keep the embedded store alike among themselves: gossip, and Raft over the store on each one's disk. */
final class EmbeddedCluster implements ClusterPart, BatchListener {
    /**
     * What it is made of.
     *
     * @param raft how this server takes part
     * @param gossip how it finds the others
     * @param store opens the store on this node's disk
     * @param knownCluster reads the cluster id that a store of an earlier version carries
     * @param clients connections to other nodes' RPC ports
     * @param workers threads for short work and for long loops
     * @param fatal ends the process, with the reason
     */
    record Parts(
            RaftSettings raft,
            GossipConfig gossip,
            Supplier<LocalStore> store,
            Function<Store, Optional<String>> knownCluster,
            RpcClients clients,
            Executor workers,
            ScheduledExecutorService later,
            Consumer<String> fatal) {
        Parts {
            Objects.requireNonNull(raft, "raft");
            Objects.requireNonNull(gossip, "gossip");
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(knownCluster, "knownCluster");
            Objects.requireNonNull(clients, "clients");
            Objects.requireNonNull(workers, "workers");
            Objects.requireNonNull(later, "later");
            Objects.requireNonNull(fatal, "fatal");
        }
    }

    private final Parts parts;
    private final LatePeers peers = new LatePeers();
    private final RaftGroup group;
    private final RaftElection election;
    private volatile Optional<Gossip> gossip = Optional.empty();
    private volatile Optional<BatchListener> listener = Optional.empty();
    private volatile Optional<Consumer<String>> forgotten = Optional.empty();

    EmbeddedCluster(Parts parts) {
        this.parts = parts;
        election = new RaftElection(this::group);
        Encryption encryption = parts.gossip().encryption();
        group = new RaftGroup(new RaftGroup.Parts(
                parts.raft(),
                peers,
                parts.clients(),
                parts.store(),
                parts.knownCluster(),
                () -> encryption.enabled() ? List.of(encryption.protocol("raft")) : List.of(),
                List.of(this),
                election,
                parts.workers(),
                parts.later()));
    }

    private RaftGroup group() {
        return group;
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
        return Optional.of(group.operations());
    }

    @Override
    public List<BindableService> services() {
        return group.services();
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
        Gossip started = Gossip.start(parts.gossip(), group.introduced(self), new GossipHost() {
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

    @Override
    public Optional<String> leave() {
        RaftOperations.Answer answer = group.leave();
        return answer.change() == RaftOperations.Change.DONE ? Optional.empty() : Optional.of(answer.detail());
    }

    @Override
    public void stop() {
        gossip.ifPresent(Gossip::close);
    }
}
