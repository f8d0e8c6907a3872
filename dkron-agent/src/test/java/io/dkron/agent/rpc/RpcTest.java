package io.dkron.agent.rpc;

import static io.dkron.agent.run.TestNode.FENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.node.AgentNode;
import io.dkron.agent.node.AgentSettings;
import io.dkron.agent.run.Heap;
import io.dkron.agent.run.KeptJobs;
import io.dkron.agent.run.Listing;
import io.dkron.agent.run.OutputSlice;
import io.dkron.agent.run.RunAnswer;
import io.dkron.agent.run.Runner;
import io.dkron.agent.run.TestNode;
import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.LogLimits;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.store.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is called, and reports, over the network. */
class RpcTest {
    @TempDir
    Path directory;

    private final List<RunReport> taken = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final ScheduledThreadPoolExecutor workers = new ScheduledThreadPoolExecutor(12);
    private RpcClients clients;
    private RpcServer server;
    private AgentNode node;

    @BeforeEach
    void start() {
        clients = new RpcClients(workers);
        server = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(new ReportService((name, reports) -> {
                    if (refusals.getAndDecrement() > 0) {
                        return Optional.of("not the leader");
                    }
                    taken.addAll(reports);
                    return Optional.empty();
                })),
                workers);
        InetSocketAddress leader = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        node = new AgentNode(
                new AgentSettings(
                        directory.resolve("journal"),
                        TestNode.settings(directory),
                        directory.resolve("plugins"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Runner.StopMode.LEAVE),
                new AgentNode.Host(
                        new ReportClient("n1", () -> Optional.of(clients.channel(leader)), Duration.ofSeconds(5)),
                        List.of(),
                        reason -> Optional.of("cannot leave: " + reason),
                        workers,
                        InstantSource.system()));
        node.start();
    }

    @AfterEach
    void stop() {
        node.stop();
        server.close();
        clients.close();
        workers.shutdownNow();
    }

    private RemoteMember member(int port) {
        return new RemoteMember(
                clients.channel(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)), Duration.ofSeconds(5));
    }

    private static <T> T answer(java.util.concurrent.CompletionStage<RemoteMember.Reply<T>> call) {
        RemoteMember.Reply<T> reply = call.toCompletableFuture().join();
        return reply.answer().orElseThrow(() -> new AssertionError(reply.failure()));
    }

    @Test
    @DisplayName(
            "keep_logs: the order says it over the network, the output is read after the acknowledgement, and dropped when told")
    void anOutputThatTheOrderSaysToKeepStaysUntilTheLeaderSaysOtherwise() {
        RunOrder plain = TestNode.shell("echo hello; exit 4");
        RunOrder order = new RunOrder(
                plain.id(),
                plain.key(),
                plain.job(),
                plain.group(),
                plain.executor(),
                plain.config(),
                plain.timeout(),
                plain.deadline(),
                "",
                Optional.of(new LogLimits(Optional.of(1L << 40), Optional.of(Duration.ofNanos(3_600_000_000_001L)))));
        assertThat(Messages.order(Messages.of(order))).isEqualTo(order);
        assertThat(Messages.order(Messages.of(plain))).isEqualTo(plain);
        RemoteMember member = member(node.rpcPort());
        answer(member.run(FENCE, List.of(order)));
        await("the report").atMost(Duration.ofSeconds(30)).until(() -> !taken.isEmpty());
        answer(member.acknowledge(List.of(order.key())));
        OutputSlice output = answer(member.output(order.key(), 0, 100)).orElseThrow();
        assertThat(new String(output.bytes(), StandardCharsets.UTF_8)).isEqualTo("hello\n");
        assertThat(output.error()).isEqualTo("exit status 4");
        String uid = order.key().jobUid();
        assertThat(answer(member.keptLogs(FENCE, Set.of()))).isEqualTo(new KeptJobs("", Set.of(uid)));
        assertThat(answer(member.keptLogs(FENCE, Set.of(uid)))).isEqualTo(new KeptJobs("", Set.of()));
        assertThat(answer(member.output(order.key(), 0, 100))).isEmpty();
    }

    @Test
    void anOrderIsRunAndItsResultReportedUntilItIsAcknowledged() {
        refusals.set(2);
        RunOrder order = TestNode.shell("echo hello; exit 4");
        RemoteMember member = member(node.rpcPort());
        assertThat(answer(member.run(FENCE, List.of(order))))
                .containsExactly(new RunAnswer(order.key(), RunAnswer.Kind.ACCEPTED, ""));
        RunOrder stray = TestNode.shell("true").forJournal("another");
        assertThat(answer(member.run(FENCE, List.of(stray))))
                .singleElement()
                .satisfies(a -> assertThat(a.kind()).isEqualTo(RunAnswer.Kind.OTHER_JOURNAL));
        await("the report").atMost(Duration.ofSeconds(30)).until(() -> !taken.isEmpty());
        RunReport report = taken.get(0);
        assertThat(report.key()).isEqualTo(order.key());
        assertThat(report.error()).isEqualTo("exit status 4");
        assertThat(TestNode.text(report)).isEqualTo("hello\n");
        assertThat(answer(member.list(FENCE)))
                .isEqualTo(new Listing(
                        "",
                        Optional.empty(),
                        List.of(node.journalId()),
                        List.of(new Listing.Known(order.key(), true))));
        OutputSlice output = answer(member.output(order.key(), -3, 100)).orElseThrow();
        assertThat(new String(output.bytes(), StandardCharsets.UTF_8)).isEqualTo("lo\n");
        assertThat(answer(member.acknowledge(List.of(order.key())))).isTrue();
        assertThat(answer(member.list(FENCE)).runs()).isEmpty();
        assertThat(answer(member.output(order.key(), 0, 100))).isEmpty();
    }

    @Test
    void p1CallsUnderALowerFenceAreRefusedWithTheReason() {
        RemoteMember member = member(node.rpcPort());
        assertThat(answer(member.list(FENCE)).refusal()).isEmpty();
        Fence stale = new Fence(FENCE.clusterId(), FENCE.term() - 1);
        assertThat(answer(member.list(stale)).refusal()).contains("stale fence");
        assertThat(answer(member.cancel(stale, List.of()))).contains("stale fence");
        assertThat(answer(member.run(stale, List.of(TestNode.shell("true"))))
                        .get(0)
                        .accepted())
                .isFalse();
    }

    @Test
    void p11ARefusedConnectionMeansThatNothingArrived() throws Exception {
        int free = ServerProcess.freePort();
        RemoteMember.Reply<List<RunAnswer>> reply = member(free)
                .run(FENCE, List.of(TestNode.shell("true")))
                .toCompletableFuture()
                .join();
        assertThat(reply.failure().orElseThrow().handedOver()).isFalse();
    }

    @Test
    @DisplayName("F74: 10,000 refused dials, a twentieth of them outside profile long, leave nothing behind")
    void refusedDialsLeaveNoDescriptorNoThreadAndNoMemory() throws Exception {
        int dials = Boolean.getBoolean("dkron.tests.long") ? 10_000 : 500;
        int free = ServerProcess.freePort();
        dial(free, 100);
        long descriptors = descriptors();
        int threads = Thread.activeCount();
        long heap = Heap.used();
        dial(free, dials);
        await("descriptors").atMost(Duration.ofSeconds(30)).until(() -> descriptors() <= descriptors + 5);
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 12); // the workers' own
        await("heap").atMost(Duration.ofSeconds(30)).until(() -> Heap.used() < heap + (2L << 20));
    }

    private void dial(int port, int times) {
        for (int i = 0; i < times; i++) {
            RemoteMember.Reply<Listing> reply =
                    member(port).list(FENCE).toCompletableFuture().join();
            assertThat(reply.failure()).isPresent();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
