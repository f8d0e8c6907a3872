package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Gossip in memory: what one node tells all others of the same map see at once. */
final class TestPeers implements Peers {
    private final Map<String, Peer> all;
    private final String name;
    private final List<Runnable> callbacks = new CopyOnWriteArrayList<>();

    /** @param all by name, shared by the nodes that see each other */
    TestPeers(Map<String, Peer> all, Peer self) {
        this.all = all;
        this.name = self.member().name();
        all.put(name, self);
    }

    static Map<String, Peer> nobody() {
        return new ConcurrentHashMap<>();
    }

    @Override
    public Peer self() {
        return all.get(name);
    }

    @Override
    public List<Peer> all() {
        return new ArrayList<>(all.values());
    }

    @Override
    public Optional<Lead> lead() {
        return Optional.empty();
    }

    @Override
    public void update(UnaryOperator<Peer> change) {
        all.compute(name, (n, peer) -> change.apply(peer));
        callbacks.forEach(Runnable::run);
    }

    @Override
    public void claim(Optional<Lead> lead) {
        throw new UnsupportedOperationException("the group claims nothing");
    }

    @Override
    public AutoCloseable onChange(Runnable callback) {
        callbacks.add(callback);
        callback.run();
        return () -> callbacks.remove(callback);
    }
}
