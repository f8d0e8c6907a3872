package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A cluster of one. */
final class SolePeers implements Peers {
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private volatile Optional<Peer> self = Optional.empty();
    private volatile Optional<Lead> lead = Optional.empty();

    synchronized void start(Peer peer) {
        self = Optional.of(peer);
        watchers.forEach(Runnable::run);
    }

    @Override
    public Peer self() {
        return self.orElseThrow(() -> new IllegalStateException("the node has not started"));
    }

    @Override
    public List<Peer> all() {
        return self.map(List::of).orElse(List.of());
    }

    @Override
    public Optional<Lead> lead() {
        return lead;
    }

    @Override
    public synchronized void update(UnaryOperator<Peer> change) {
        self = Optional.of(change.apply(self()));
        watchers.forEach(Runnable::run);
    }

    @Override
    public synchronized void claim(Optional<Lead> claimed) {
        lead = claimed;
        watchers.forEach(Runnable::run);
    }

    @Override
    public synchronized AutoCloseable onChange(Runnable callback) {
        watchers.add(callback);
        callback.run();
        return () -> watchers.remove(callback);
    }
}
