package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.Store;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.leader.SoleElection;
import io.dkron.ejb.service.ClusterService.ForgetAnswer;
import io.dkron.ejb.service.RaftOperations;
import io.dkron.ejb.store.ListenedStore;
import io.grpc.BindableService;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A server that has no others, over a store that nobody else writes. */
final class SoleCluster implements ClusterPart, BatchListener {
    private final SolePeers peers = new SolePeers();
    private final SoleElection election;
    private volatile Optional<BatchListener> listener = Optional.empty();

    SoleCluster(Store store) {
        election = new SoleElection(new ListenedStore(store, this));
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
        return List.of();
    }

    @Override
    public Optional<RpcClients> clients() {
        return Optional.empty();
    }

    @Override
    public void listener(BatchListener told) {
        listener = Optional.of(told);
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
    public void start(Peer self) {
        peers.start(self);
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public void leaving() {
        // nobody is there to be told
    }

    @Override
    public ForgetAnswer forget(String name) {
        return peers.self().member().name().equals(name) ? ForgetAnswer.ALIVE : ForgetAnswer.UNKNOWN;
    }

    @Override
    public void onForgotten(Consumer<String> told) {
        // there is nobody to forget
    }

    @Override
    public Optional<String> leave() {
        return Optional.empty();
    }

    @Override
    public void stop() {
        // nothing is held
    }
}
