package io.dkron.agent.gossip;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A cluster as a test says it is. */
public final class FakePeers implements Peers {
    private final Map<String, Peer> members = new ConcurrentHashMap<>();
    private final List<Runnable> callbacks = new CopyOnWriteArrayList<>();
    private final String self;
    private volatile Optional<Lead> lead = Optional.empty();

    /** A cluster of this node alone; its id is its name. */
    public FakePeers(String self, boolean server) {
        this.self = self;
        put(self, server, 1);
    }

    /** There is a member of that name, whose RPC listens there on loopback. */
    public void put(String name, boolean server, int rpcPort) {
        members.put(
                name,
                new Peer(
                        new Member(
                                name,
                                name,
                                "127.0.0.1",
                                1,
                                rpcPort,
                                server,
                                new TreeMap<>(),
                                MemberStatus.ALIVE,
                                "j-" + name),
                        1,
                        Optional.of("c"),
                        new TreeMap<>()));
        changed();
    }

    public void status(String name, MemberStatus status) {
        Member m = members.get(name).member();
        members.put(
                name,
                members.get(name)
                        .with(new Member(
                                m.id(),
                                m.name(),
                                m.address(),
                                m.port(),
                                m.rpcPort(),
                                m.server(),
                                m.tags(),
                                status,
                                m.journalId())));
        changed();
    }

    public void lead(String name, long term) {
        lead = Optional.of(new Lead(new Fence("c", term), name));
        changed();
    }

    private void changed() {
        callbacks.forEach(Runnable::run);
    }

    @Override
    public Peer self() {
        return members.get(self);
    }

    @Override
    public List<Peer> all() {
        return new ArrayList<>(new TreeMap<>(members).values());
    }

    @Override
    public Optional<Lead> lead() {
        return lead;
    }

    @Override
    public void update(UnaryOperator<Peer> change) {
        members.compute(self, (name, peer) -> change.apply(peer));
        changed();
    }

    @Override
    public void claim(Optional<Lead> claimed) {
        lead = claimed;
        changed();
    }

    @Override
    public AutoCloseable onChange(Runnable callback) {
        callbacks.add(callback);
        callback.run();
        return () -> callbacks.remove(callback);
    }
}
