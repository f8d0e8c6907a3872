package io.dkron.ejb.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.GossipConfig;
import io.dkron.agent.node.NodeData;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.engine.ScheduleTimetables;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.Page;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreException;
import io.dkron.ejb.lease.Nonces;
import io.dkron.ejb.service.JobService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that share a store which others operate, with gossip and RPC on loopback. */
class SharedClusterTest {
    private static final Layout LAYOUT = Layout.json("dkron");

    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(Node::stop);
    }

    @Test
    void P3oneOfManyLeadsAndAllShowTheSame() {
        Node a = node("a");
        Node b = node("b");
        Node c = node("c");
        Node leader = awaitLeader(nodes);
        long term = leader.server.cluster().term();
        b.save("by-b");
        a.save("by-a");
        c.save("by-c");
        for (Node node : nodes) {
            await(node.name)
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> node.names().equals(List.of("by-a", "by-b", "by-c")));
            assertThat(node.server.cluster().term()).isEqualTo(term);
        }
        leader.save("more");
        leader.delete("by-a");
        for (Node node : nodes) {
            await(node.name)
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> node.names().equals(List.of("by-b", "by-c", "more")));
        }
    }

    @Test
    void P3aLeaderThatStopsIsFollowedAtOnceAndNothingIsLost() {
        node("a");
        node("b");
        Node first = awaitLeader(nodes);
        first.save("kept");
        long term = first.server.cluster().term();
        List<Node> others = nodes.stream().filter(n -> n != first).toList();
        others.forEach(n -> await(n.name).atMost(20, TimeUnit.SECONDS).until(() -> n.knows(2)));
        first.stop();
        Node second = awaitLeader(others);
        assertThat(second.server.cluster().term()).isEqualTo(term + 1);
        assertThat(second.names()).containsExactly("kept");
        second.save("more");
    }

    @Test
    void P3aLeaderThatLosesTheStoreIsReplacedAndComesBackAsAFollower() {
        node("a");
        node("b");
        Node first = awaitLeader(nodes);
        Node other = nodes.stream().filter(n -> n != first).findFirst().orElseThrow();
        await().atMost(20, TimeUnit.SECONDS).until(() -> other.knows(2));
        first.away = true;
        await("the other to lead after the silence")
                .atMost(40, TimeUnit.SECONDS)
                .until(() -> other.server.cluster().leads());
        other.save("meanwhile");
        first.away = false;
        await("the first to follow")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> !first.server.cluster().leads() && first.names().equals(List.of("meanwhile")));
        assertThat(other.server.cluster().leads()).isTrue();
    }

    @Test
    void aServerThatWasAloneLeadsAgainAtOnceAfterARestart() {
        Node first = node("a");
        awaitLeader(nodes);
        first.save("kept");
        first.stop();
        nodes.clear();
        Node again = node("a");
        awaitLeader(nodes);
        assertThat(again.names()).containsExactly("kept");
        assertThat(again.server.cluster().term()).isEqualTo(2);
    }

    @Test
    void P3aLeaderThatHasNothingToCommitBeats() {
        Node only = node("a");
        awaitLeader(nodes);
        long version = store.get(LAYOUT.keys().leader()).orElseThrow().version();
        await("a beat")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> store.get(LAYOUT.keys().leader()).orElseThrow().version() > version);
        assertThat(only.server.cluster().term()).isEqualTo(1);
    }

    private static Request request() {
        return new Request(UUID.randomUUID().toString(), false);
    }

    private Node node(String name) {
        Node node = new Node(name);
        nodes.add(node);
        node.start();
        return node;
    }

    private static Node awaitLeader(List<Node> some) {
        await("a leader")
                .atMost(40, TimeUnit.SECONDS)
                .until(() ->
                        some.stream().filter(n -> n.server.cluster().leads()).count() == 1);
        return some.stream().filter(n -> n.server.cluster().leads()).findFirst().orElseThrow();
    }

    /** One server. */
    private final class Node {
        private final String name;
        private final int gossip = ServerProcess.freePort();
        private final ExecutorService workers = Executors.newCachedThreadPool();
        private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
        private final RpcClients clients = new RpcClients(workers);
        private volatile boolean away;
        private boolean stopped;
        private Server server;

        private Node(String name) {
            this.name = name;
        }

        private void start() {
            Map<String, String> given = new HashMap<>();
            given.put("dkron.node-name", name);
            given.put("dkron.server", "true");
            given.put("dkron.backend", "etcd");
            given.put("dkron.bind-addr", "127.0.0.1:" + gossip);
            given.put("dkron.profile", "local");
            nodes.stream()
                    .filter(n -> n != this)
                    .findFirst()
                    .ifPresent(n -> given.put("dkron.retry-join", "127.0.0.1:" + n.gossip));
            Settings settings =
                    Settings.from(key -> Optional.ofNullable(given.get(key))).orThrow();
            try {
                Path data = Files.createDirectories(folder.resolve(name));
                server = new Server(new Server.Parts(
                        settings,
                        new NodeData.Identity(name + "-id", System.nanoTime()),
                        "1.0.0",
                        new SharedCluster(new SharedCluster.Parts(
                                new Cut(),
                                LAYOUT.keys().leader(),
                                Nonces.open(
                                        data.resolve("leads"),
                                        () -> UUID.randomUUID().toString()),
                                new GossipedCluster.Contact(GossipConfig.from(settings), clients, reason -> {}),
                                task -> new Thread(task).start())),
                        new FakeAgent().serving(ServerProcess.freePort(), workers),
                        (wanted, node, layout) ->
                                Engines.leader(wanted, node, layout, new ScheduleTimetables(ZoneOffset.UTC)),
                        workers,
                        task -> new Thread(task).start(),
                        Thread::new,
                        later,
                        later,
                        code -> {}));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server.start();
        }

        private boolean knows(int members) {
            return server.cluster().members().size() == members
                    && server.cluster().leader().isPresent();
        }

        private List<String> names() {
            return Stream.of("by-a", "by-b", "by-c", "kept", "meanwhile", "more")
                    .filter(job -> server.jobs().find(new JobName(job)).isPresent())
                    .toList();
        }

        private void save(String job) {
            await("save of " + job + " at " + name)
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> server.jobs()
                                    .save(
                                            request(),
                                            JobDefinition.named(job)
                                                    .schedule("@manually")
                                                    .executor("shell")
                                                    .build(),
                                            List.of(),
                                            Condition.NONE,
                                            JobService.SaveMode.STORE)
                                    .toCompletableFuture()
                                    .get(20, TimeUnit.SECONDS)
                            instanceof Outcome.Saved);
        }

        private void delete(String job) {
            Outcome outcome = server.jobs()
                    .delete(request(), new JobName(job), Condition.NONE, false)
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            assertThat(outcome).isInstanceOf(Outcome.Deleted.class);
        }

        private void stop() {
            if (!stopped) {
                stopped = true;
                server.stop();
                clients.close();
                workers.shutdownNow();
                later.shutdownNow();
            }
        }

        /** The way to the store, which can be cut for this node alone. */
        private final class Cut extends ForwardingStore {
            private Cut() {
                super(store);
            }

            @Override
            public Optional<Entry> get(String key) {
                reach();
                return super.get(key);
            }

            @Override
            public Page list(String prefix, String after, int limit) {
                reach();
                return super.list(prefix, after, limit);
            }

            @Override
            public CommitResult commit(Batch batch) {
                return away ? new CommitResult.Failed("cut off") : super.commit(batch);
            }

            @Override
            public Health health() {
                return away ? Health.down("cut off") : super.health();
            }

            private void reach() {
                if (away) {
                    throw new StoreException("cut off");
                }
            }
        }
    }
}
