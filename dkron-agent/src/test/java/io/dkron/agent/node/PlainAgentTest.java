package io.dkron.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Gossip;
import io.dkron.agent.gossip.GossipConfig;
import io.dkron.agent.gossip.GossipHost;
import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.rpc.RemoteMember;
import io.dkron.agent.rpc.ReportService;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcSecurity;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.agent.rpc.proto.LeaveRequest;
import io.dkron.agent.rpc.proto.MemberGrpc;
import io.dkron.agent.run.TestNode;
import io.dkron.agent.time.ClockService;
import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.config.Settings;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent in a cluster whose one server is the test. */
class PlainAgentTest {
    private static final Fence FENCE = new Fence("c", 4);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZg==";

    @TempDir
    Path directory;

    private final List<RunReport> taken = new CopyOnWriteArrayList<>();
    private final ScheduledThreadPoolExecutor workers = new ScheduledThreadPoolExecutor(8);
    private final RpcSecurity security = RpcSecurity.of(Optional.empty(), KEY);
    private final RpcClients clients = new RpcClients(workers, security);
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private RpcServer rpc;
    private Gossip server;
    private PlainAgent agent;

    @BeforeEach
    void start() throws Exception {
        rpc = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(
                        new ClockService(InstantSource.system(), InstantSource.system()),
                        new ReportService((node, reports) -> {
                            taken.addAll(reports);
                            return Optional.empty();
                        })),
                workers,
                security);
        Member member =
                new Member("s1-id", "s1", "127.0.0.1", 0, rpc.port(), true, new TreeMap<>(), MemberStatus.ALIVE, "j");
        server = Gossip.start(
                GossipConfig.from(settings(Map.of("profile", "local"))),
                new Peer(member, 1, Optional.of("c"), new TreeMap<>()),
                new Quiet());
        server.claim(Optional.of(new Lead(FENCE, "s1-id")));
        agent = agent(Map.of("tag", "role=web"));
        await("the agent to be ready")
                .atMost(PATIENCE)
                .until(() -> agent.notReady().isEmpty());
    }

    @AfterEach
    void stop() {
        agent.close();
        server.close();
        rpc.close();
        clients.close();
        workers.shutdownNow();
    }

    private static Settings settings(Map<String, String> given) {
        Map<String, String> all = new HashMap<>(
                Map.of("bind-addr", "127.0.0.1:0", "rpc-port", "0", "encrypt", KEY, "retry-interval", "200ms"));
        all.putAll(given);
        return Settings.from(name -> Optional.ofNullable(all.get(name.substring("dkron.".length()))))
                .orThrow();
    }

    private PlainAgent agent(Map<String, String> more) {
        Map<String, String> given = new HashMap<>(Map.of(
                "node-name",
                "a1",
                "data-dir",
                directory.toString(),
                "plugins-dir",
                directory.resolve("plugins").toString(),
                "profile",
                "local",
                "http-addr",
                "127.0.0.1:0",
                "join",
                "127.0.0.1:" + server.self().member().port()));
        given.putAll(more);
        PlainAgent made = new PlainAgent(settings(given), new NodeData.Identity("a1-id", 1), "1.2.3", exit::complete);
        made.start();
        return made;
    }

    private RemoteMember member() {
        return new RemoteMember(clients.channel(RpcClients.address(known())), Duration.ofSeconds(10));
    }

    private Member known() {
        return server.named("a1").orElseThrow().member();
    }

    private void order(RunOrder order) {
        assertThat(member().run(FENCE, List.of(order))
                        .toCompletableFuture()
                        .join()
                        .answer()
                        .orElseThrow())
                .allMatch(answer -> answer.accepted());
    }

    @Test
    void itRunsWhatTheLeaderOrdersAndReportsToIt() {
        RunOrder order = TestNode.shell("echo hello");
        order(order);
        await("the report").atMost(PATIENCE).until(() -> !taken.isEmpty());
        assertThat(TestNode.text(taken.get(0))).isEqualTo("hello\n");
        assertThat(agent.unreported()).isEqualTo(1);
        member().acknowledge(List.of(order.key()));
        await("nothing is left to report").atMost(PATIENCE).until(() -> agent.unreported() == 0);
        await("the leader's clock").atMost(PATIENCE).until(() -> agent.clocks().containsKey("s1"));
    }

    @Test
    void othersSeeItsTagsAndAReloadChangesThem() {
        assertThat(known().tags()).containsEntry("role", "web").containsEntry("dkron_server", "false");
        assertThat(server.named("a1").orElseThrow().attribute(Peer.EXECUTORS).orElseThrow())
                .contains("shell")
                .doesNotContain("noop");
        agent.reload(settings(Map.of("node-name", "a1", "tag", "role=db,rack=7")));
        await("the new tags")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(known().tags())
                        .containsEntry("role", "db")
                        .containsEntry("rack", "7")
                        .containsEntry("version", "1.2.3"));
    }

    @Test
    void whatNeedsARestartIsKnown() {
        Settings before = settings(Map.of("tag", "a=b", "log-level", "info"));
        Settings after = settings(Map.of("tag", "a=c", "log-level", "debug", "kill-grace", "7s"));
        assertThat(Reload.needRestart(before, after))
                .extracting(setting -> setting.key())
                .containsExactly("kill-grace");
    }

    @Test
    void httpAnswersIndexHealthAndMetricsAndNoPageOfAnotherSite() throws IOException {
        assertThat(http("GET / HTTP/1.1\r\nHost: localhost")).contains(" 200 ").contains("\"name\":\"a1\"");
        assertThat(http("GET /v1 HTTP/1.1\r\nHost: a1")).contains(" 200 ").contains("\"role\":\"web\"");
        assertThat(http("GET /health HTTP/1.1\r\nHost: localhost")).contains("{\"status\":\"healthy\"}");
        assertThat(http("GET /health/ready HTTP/1.1\r\nHost: localhost"))
                .contains(" 200 ")
                .contains("UP");
        assertThat(http("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1"))
                .contains("dkron_executions_running 0")
                .contains("dkron_members{status=\"alive\"} 2");
        assertThat(http("GET /v1/jobs HTTP/1.1\r\nHost: localhost"))
                .contains(" 404 ")
                .contains("agent");
        assertThat(http("POST /v1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0"))
                .contains(" 405 ");
        assertThat(http("GET /metrics HTTP/1.1\r\nHost: evil.example")).contains(" 403 ");
        assertThat(http("GET /v1 HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example"))
                .contains(" 403 ");
    }

    private String http(String request) throws IOException {
        try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), agent.httpPort().orElseThrow());
                Writer out = new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.US_ASCII);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            out.write(request + "\r\nConnection: close\r\n\r\n");
            out.flush();
            return in.lines().collect(Collectors.joining("\n"));
        }
    }

    @Test
    void leavingWaitsForRunsAndForTheirAcknowledgement() {
        RunOrder order = TestNode.shell("sleep 1; echo done");
        order(order);
        String refusal = MemberGrpc.newBlockingStub(clients.channel(RpcClients.address(known())))
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .leave(LeaveRequest.newBuilder().setReason("test").build())
                .getRefusal();
        assertThat(refusal).isEmpty();
        await("the report").atMost(PATIENCE).until(() -> !taken.isEmpty());
        assertThat(known().status()).isEqualTo(MemberStatus.LEAVING);
        assertThat(exit).isNotDone();
        member().acknowledge(List.of(order.key()));
        assertThat(exit.join()).isZero();
        await("the others know").atMost(PATIENCE).until(() -> known().status() == MemberStatus.LEFT);
    }

    @Test
    void whoCannotJoinEndsWithAnError() {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        PlainAgent alone = new PlainAgent(
                settings(Map.of(
                        "node-name", "a2",
                        "data-dir", directory.resolve("a2").toString(),
                        "plugins-dir", directory.resolve("plugins").toString(),
                        "retry-join", "127.0.0.1:1",
                        "retry-max", "1")),
                new NodeData.Identity("a2-id", 1),
                "1.2.3",
                code::complete);
        alone.start();
        try {
            assertThat(code.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(1);
            assertThat(alone.notReady()).contains("not joined yet", "no leader is known");
        } finally {
            alone.close();
        }
    }

    /** The server's host. */
    private static final class Quiet implements GossipHost {
        @Override
        public void fatal(String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void reaped(Peer peer) {}
    }
}
