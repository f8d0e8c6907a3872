package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.connectors.embedded.EmbeddedStore;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.ServerProcess;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jgroups.stack.Protocol;

/** A server's group with a store on a temporary folder, and all that it needs, on loopback. */
final class TestServer implements AutoCloseable {
    final String name;
    final Path data;
    final Map<String, Peer> gossip;
    final List<String> told = Collections.synchronizedList(new ArrayList<>());
    final List<Long> applied = Collections.synchronizedList(new ArrayList<>());
    int raftPort = ServerProcess.freePort();
    int rpcPort = ServerProcess.freePort();
    boolean joins;
    int expect;
    boolean fsync = true;
    UnaryOperator<LocalStore> disk = store -> store;
    Supplier<List<Protocol>> wire = List::of;
    Optional<EmbeddedStore> local = Optional.empty();
    Optional<RaftGroup> group = Optional.empty();
    private Optional<RpcServer> rpc = Optional.empty();
    private Optional<RpcClients> clients = Optional.empty();
    private final ExecutorService workers = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "test-raft");
        thread.setDaemon(true);
        return thread;
    });
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(1);

    TestServer(String name, Path folder, Map<String, Peer> gossip) {
        this.name = name;
        this.data = folder.resolve(name);
        this.gossip = gossip;
    }

    TestServer joining() {
        joins = true;
        return this;
    }

    TestServer expecting(int servers) {
        expect = servers;
        return this;
    }

    TestServer start() {
        clients = Optional.of(new RpcClients(workers));
        Member self = new Member(
                "id-" + name, name, "127.0.0.1", 1, rpcPort, true, new TreeMap<>(), MemberStatus.ALIVE, "journal");
        TestPeers peers = new TestPeers(gossip, new Peer(self, 1, Optional.empty(), new TreeMap<>()));
        BatchListener listener = new BatchListener() {
            @Override
            public void applied(long index, Batch batch, long version) {
                applied.add(index);
            }

            @Override
            public void replaced(long index) {
                applied.clear();
            }
        };
        RaftGroup made = new RaftGroup(new RaftGroup.Parts(
                new RaftSettings(
                        name,
                        "id-" + name,
                        data.resolve("raft"),
                        "127.0.0.1",
                        raftPort,
                        "127.0.0.1",
                        joins,
                        expect,
                        1,
                        fsync,
                        Duration.ofSeconds(5)),
                peers,
                clients.get(),
                this::open,
                store -> Optional.empty(),
                () -> wire.get(),
                List.of(listener),
                new Recording(),
                workers,
                later));
        group = Optional.of(made);
        rpc = Optional.of(RpcServer.start(new InetSocketAddress("127.0.0.1", rpcPort), made.services(), workers));
        made.start();
        return this;
    }

    RaftGroup group() {
        return group.orElseThrow();
    }

    ReplicatedStore store() {
        return group().store();
    }

    RaftMember member() {
        return group().conductor().member().orElseThrow();
    }

    boolean leads() {
        return group.isPresent() && !told.isEmpty() && told.get(told.size() - 1).equals("lead");
    }

    CommitResult put(String key, String value) {
        return store().commit(new Batch().put(key, value.getBytes(StandardCharsets.UTF_8)));
    }

    Optional<String> get(String key) {
        return local.orElseThrow().get(key).map(entry -> new String(entry.value(), StandardCharsets.UTF_8));
    }

    /** Ends at once, without a word to the others. */
    void kill() {
        group.ifPresent(RaftGroup::kill);
        end();
        gossip.computeIfPresent(name, (n, peer) -> peer.with(failed(peer.member())));
    }

    /** Ends in order. */
    void stop() {
        group.ifPresent(RaftGroup::close);
        end();
    }

    @Override
    public void close() {
        stop();
        workers.shutdownNow();
        later.shutdownNow();
    }

    private void end() {
        rpc.ifPresent(RpcServer::close);
        rpc = Optional.empty();
        clients.ifPresent(RpcClients::close);
        clients = Optional.empty();
        local.ifPresent(EmbeddedStore::close);
        local = Optional.empty();
        group = Optional.empty();
        told.clear();
    }

    private LocalStore open() {
        EmbeddedStore opened = EmbeddedStore.open(data.resolve("store"), fsync, Duration.ofSeconds(5));
        local = Optional.of(opened);
        return disk.apply(opened);
    }

    private static Member failed(Member m) {
        return new Member(
                m.id(),
                m.name(),
                m.address(),
                m.port(),
                m.rpcPort(),
                m.server(),
                m.tags(),
                MemberStatus.FAILED,
                m.journalId());
    }

    private final class Recording implements Leadership {
        @Override
        public void lead() {
            told.add("lead");
        }

        @Override
        public void follow(Optional<String> leader) {
            told.add("follow " + leader.orElse("nobody"));
        }

        @Override
        public void stopped(String reason) {
            told.add("stopped " + reason);
        }
    }
}
