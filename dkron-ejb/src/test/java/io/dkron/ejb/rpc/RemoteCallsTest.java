package io.dkron.ejb.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.MemberService;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.agent.run.Agent;
import io.dkron.agent.run.KeptJobs;
import io.dkron.agent.run.Listing;
import io.dkron.agent.run.OutputSlice;
import io.dkron.agent.run.RunAnswer;
import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.engine.Event.Handover.Result;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader asks members by their names. */
class RemoteCallsTest {
    private static final Fence FENCE = new Fence("c", 3);

    private final ScheduledThreadPoolExecutor workers = new ScheduledThreadPoolExecutor(4);
    private final RpcClients clients = new RpcClients(workers);
    private final Told own = new Told();
    private final Told other = new Told();
    private final Fixed peers = new Fixed();
    private RpcServer server;
    private RemoteCalls calls;

    @BeforeEach
    void start() {
        server = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(new MemberService(other, reason -> Optional.empty())),
                workers);
        peers.put("s1", 1, MemberStatus.ALIVE);
        peers.put("a1", server.port(), MemberStatus.ALIVE);
        peers.put("gone", server.port(), MemberStatus.FAILED);
        calls = new RemoteCalls("s1", new LocalCalls("s1", () -> own), peers, clients, workers);
    }

    @AfterEach
    void stop() throws Exception {
        calls.close();
        server.close();
        clients.close();
        workers.shutdownNow();
    }

    private static RunOrder order(int number, String node, String command) {
        return new RunOrder(
                new ExecutionId(number, node),
                new RunKey("uid", "due:" + number, node, 1),
                new JobName("job1"),
                number,
                "shell",
                new TreeMap<>(Map.of("command", command)),
                Optional.empty(),
                Instant.parse("2100-01-01T00:00:00Z"));
    }

    private List<Result> run(String node, RunOrder... orders) {
        return calls.run(FENCE, node, List.of(orders)).toCompletableFuture().join().stream()
                .map(h -> h.result())
                .toList();
    }

    @Test
    void eachMemberGetsItsOrders() {
        assertThat(run("s1", order(1, "s1", "true"))).containsExactly(Result.ACCEPTED);
        assertThat(run("a1", order(2, "a1", "true"), order(3, "a1", "refuse")))
                .containsExactly(Result.ACCEPTED, Result.REFUSED);
        assertThat(own.orders).extracting(RunOrder::group).containsExactly(1L);
        assertThat(other.orders).extracting(RunOrder::group).containsExactly(2L, 3L);
        assertThat(calls.list(FENCE, "a1").toCompletableFuture().join().journals())
                .containsExactly("journal");
        assertThat(calls.cancel(FENCE, "a1", List.of()).toCompletableFuture().join())
                .isEmpty();
    }

    @Test
    void ordersBeyondOneMessageGoInSeveral() {
        String large = "x".repeat(900_000);
        RunOrder[] orders =
                IntStream.range(0, 24).mapToObj(i -> order(i, "a1", large)).toArray(RunOrder[]::new);
        assertThat(run("a1", orders)).hasSize(24).containsOnly(Result.ACCEPTED);
        assertThat(other.orders).hasSize(24);
    }

    @Test
    void p11AnUnknownFailedOrDeadMemberGotNothing() {
        assertThat(run("nobody", order(1, "nobody", "true"))).containsExactly(Result.NOT_SENT);
        assertThat(run("gone", order(2, "gone", "true"))).containsExactly(Result.NOT_SENT);
        server.close();
        assertThat(run("a1", order(3, "a1", "true"))).containsExactly(Result.NOT_SENT);
        assertThat(calls.list(FENCE, "gone")
                        .toCompletableFuture()
                        .join()
                        .failure()
                        .orElseThrow())
                .contains("gone")
                .contains("failed");
        assertThat(other.orders).isEmpty();
    }

    @Test
    void membersAreAskedWhichJobsTheyKeepOutputsOf() {
        for (String node : List.of("s1", "a1")) {
            assertThat(calls.keptLogs(FENCE, node, Set.of("uid2"))
                            .toCompletableFuture()
                            .join())
                    .contains(Set.of("uid1"));
        }
        assertThat(own.dropped).containsExactly("uid2");
        assertThat(other.dropped).containsExactly("uid2");
        assertThat(calls.keptLogs(FENCE, "gone", Set.of()).toCompletableFuture().join())
                .isEmpty();
        assertThat(calls.keptLogs(new Fence("c", 0), "a1", Set.of())
                        .toCompletableFuture()
                        .join())
                .isEmpty();
    }

    @Test
    void acknowledgementsAreGathered() {
        for (int i = 0; i < 200; i++) {
            calls.acknowledge("a1", List.of(order(i, "a1", "true").key()));
        }
        calls.acknowledge("nobody", List.of(order(1, "nobody", "true").key()));
        await("all keys")
                .until(() -> other.acknowledged.stream().mapToInt(List::size).sum() == 200);
        assertThat(other.acknowledged).hasSizeLessThan(100);
    }

    /** An agent that remembers what it was told; it refuses the command "refuse". */
    private static final class Told implements Agent {
        final List<RunOrder> orders = new CopyOnWriteArrayList<>();
        final List<String> dropped = new CopyOnWriteArrayList<>();
        final List<List<RunKey>> acknowledged = new CopyOnWriteArrayList<>();

        @Override
        public List<RunAnswer> run(Fence fence, List<RunOrder> given) {
            orders.addAll(given);
            return given.stream()
                    .map(o -> new RunAnswer(
                            o.key(),
                            "refuse".equals(o.config().get("command"))
                                    ? RunAnswer.Kind.REFUSED
                                    : RunAnswer.Kind.ACCEPTED,
                            ""))
                    .toList();
        }

        @Override
        public Optional<String> cancel(Fence fence, Collection<RunKey> keys) {
            return Optional.empty();
        }

        @Override
        public Listing list(Fence fence) {
            return new Listing("", Optional.empty(), List.of("journal"), List.of());
        }

        @Override
        public KeptJobs keptLogs(Fence fence, Collection<String> drop) {
            dropped.addAll(drop);
            return new KeptJobs(fence.term() < 1 ? "stale" : "", Set.of("uid1"));
        }

        @Override
        public void acknowledge(Collection<RunKey> keys) {
            acknowledged.add(List.copyOf(keys));
        }

        @Override
        public Optional<OutputSlice> output(RunKey key, long from, int limit) {
            return Optional.empty();
        }
    }

    /** Members that do not change. */
    private static final class Fixed implements Peers {
        private final Map<String, Peer> members = new TreeMap<>();

        void put(String name, int port, MemberStatus status) {
            Member member = new Member(name, name, "127.0.0.1", 1, port, true, new TreeMap<>(), status, "journal");
            members.put(name, new Peer(member, 1, Optional.of("c"), new TreeMap<>()));
        }

        @Override
        public Peer self() {
            return members.get("s1");
        }

        @Override
        public List<Peer> all() {
            return List.copyOf(members.values());
        }

        @Override
        public Optional<Lead> lead() {
            return Optional.empty();
        }

        @Override
        public void update(UnaryOperator<Peer> change) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void claim(Optional<Lead> lead) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AutoCloseable onChange(Runnable callback) {
            callback.run();
            return () -> {};
        }
    }
}
