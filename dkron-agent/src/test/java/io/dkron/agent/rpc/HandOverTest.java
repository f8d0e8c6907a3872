package io.dkron.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.run.Agent;
import io.dkron.agent.run.KeptJobs;
import io.dkron.agent.run.Listing;
import io.dkron.agent.run.OutputSlice;
import io.dkron.agent.run.RunAnswer;
import io.dkron.agent.run.TestNode;
import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call without an answer tells whether it may have arrived, and never wrongly that it cannot have (protocol P11). */
class HandOverTest {
    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final RpcClients clients = new RpcClients(workers);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        clients.close();
        for (AutoCloseable each : open) {
            each.close();
        }
        workers.shutdownNow();
    }

    private static CompletionStage<RemoteMember.Reply<List<RunAnswer>>> run(RpcClients clients, int port) {
        return new RemoteMember(clients.channel(new InetSocketAddress(LOOPBACK, port)), DEADLINE)
                .run(TestNode.FENCE, List.of(TestNode.shell("true")));
    }

    private RemoteMember.Failure failure(int port) {
        return run(clients, port).toCompletableFuture().join().failure().orElseThrow();
    }

    private RpcServer server(Agent agent, int port, RpcSecurity security) {
        RpcServer server = RpcServer.start(
                new InetSocketAddress(LOOPBACK, port),
                List.of(new MemberService(agent, reason -> Optional.empty())),
                workers,
                security);
        open.add(server);
        return server;
    }

    @Test
    void p11NobodyListens() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            free = socket.getLocalPort();
        }
        assertThat(failure(free).handedOver()).isFalse();
    }

    @Test
    void p11AMemberThatWasNotThereIsReachedAsSoonAsItIs() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            free = socket.getLocalPort();
        }
        for (int i = 0; i < 5; i++) { // gRPC itself would wait longer with each failure
            assertThat(failure(free).handedOver()).isFalse();
        }
        server(new Accepting(), free, RpcSecurity.NONE);
        assertThat(run(clients, free).toCompletableFuture().join().answer()).isPresent();
    }

    @Test
    void p11AnAddressThatSwallowsEverything() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            List<Socket> fill = new ArrayList<>();
            try {
                for (int i = 0; i < 8; i++) { // the queue of connections nobody accepts is full then
                    Socket each = new Socket();
                    fill.add(each);
                    try {
                        each.connect(new InetSocketAddress(LOOPBACK, socket.getLocalPort()), 50);
                    } catch (IOException e) {
                        break;
                    }
                }
                assertThat(failure(socket.getLocalPort()).handedOver()).isFalse();
            } finally {
                for (Socket each : fill) {
                    each.close();
                }
            }
        }
    }

    @Test
    void p11AConnectionThatNobodyAnswersOn() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 50, LOOPBACK)) { // connects, and reads nothing
            assertThat(failure(socket.getLocalPort()).handedOver()).isFalse();
        }
    }

    @Test
    void p11AMemberThatDiesInTheMiddleOfACall() throws Exception {
        Hanging agent = new Hanging();
        RpcServer server = server(agent, 0, RpcSecurity.NONE);
        CompletionStage<RemoteMember.Reply<List<RunAnswer>>> call = run(clients, server.port());
        agent.called.await();
        server.kill();
        assertThat(call.toCompletableFuture().join().failure().orElseThrow().handedOver())
                .isTrue();
        agent.go.countDown();
    }

    @Test
    void p11AMemberThatAnswersTooLate() throws Exception {
        Hanging agent = new Hanging();
        RpcServer server = server(agent, 0, RpcSecurity.NONE);
        assertThat(failure(server.port()).handedOver()).isTrue();
        agent.go.countDown();
    }

    @Test
    void p11AMemberThatRefusesTheTokenHasSeenNothing() {
        Accepting agent = new Accepting();
        RpcServer server = server(agent, 0, RpcSecurity.of(Optional.empty(), "MDEyMzQ1Njc4OWFiY2RlZg=="));
        assertThat(failure(server.port()).handedOver()).isFalse();
        assertThat(agent.calls).isEmpty();
    }

    /** What sits in the socket of a stopped process may be read when it goes on. */
    @Test
    void p11AStoppedMemberMayRunItLater() throws Exception {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HandOverTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int port = Integer.parseInt(lines.readLine());
            await("the first call")
                    .until(() -> run(clients, port)
                            .toCompletableFuture()
                            .join()
                            .answer()
                            .isPresent());
            assertThat(lines.readLine()).isEqualTo("run");
            signal("STOP", process);
            assertThat(failure(port).handedOver())
                    .as("on the connection that stands")
                    .isTrue();
            try (RpcClients fresh = new RpcClients(workers)) {
                assertThat(run(fresh, port)
                                .toCompletableFuture()
                                .join()
                                .failure()
                                .orElseThrow()
                                .handedOver())
                        .as("on a new connection")
                        .isFalse();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    /** The process to be stopped: says its port, then a line for each call. */
    public static void main(String[] arguments) throws InterruptedException {
        RpcServer server = RpcServer.start(
                new InetSocketAddress(LOOPBACK, 0),
                List.of(new MemberService(
                        new Accepting() {
                            @Override
                            public List<RunAnswer> run(Fence fence, List<RunOrder> orders) {
                                System.out.println("run");
                                return super.run(fence, orders);
                            }
                        },
                        reason -> Optional.empty())),
                Executors.newCachedThreadPool());
        System.out.println(server.port());
        Thread.sleep(600_000);
    }

    /** An agent that accepts everything. */
    private static class Accepting implements Agent {
        final List<RunOrder> calls = new java.util.concurrent.CopyOnWriteArrayList<>();

        @Override
        public List<RunAnswer> run(Fence fence, List<RunOrder> orders) {
            calls.addAll(orders);
            return orders.stream()
                    .map(o -> new RunAnswer(o.key(), RunAnswer.Kind.ACCEPTED, ""))
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
        public void acknowledge(Collection<RunKey> keys) {}

        @Override
        public KeptJobs keptLogs(Fence fence, Collection<String> drop) {
            return new KeptJobs("", Set.of());
        }

        @Override
        public Optional<OutputSlice> output(RunKey key, long from, int limit) {
            return Optional.empty();
        }
    }

    /** One that says nothing until it may. */
    private static final class Hanging extends Accepting {
        final CountDownLatch called = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);

        @Override
        public List<RunAnswer> run(Fence fence, List<RunOrder> orders) {
            called.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return super.run(fence, orders);
        }
    }
}
