package io.dkron.agent.executor.grpc;

import static io.dkron.agent.run.TestNode.order;
import static io.dkron.agent.run.TestNode.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.run.Runner;
import io.dkron.agent.run.TestNode;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.store.TestCa;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grpc executor under a runner, against gRPC servers of the test. */
class GrpcExecutorTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CHECK = "/grpc.health.v1.Health/Check";
    private static final String WATCH = "/grpc.health.v1.Health/Watch";

    @TempDir
    Path directory;

    private final List<Peer> peers = new ArrayList<>();
    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(directory, new GrpcExecutor());
    }

    @AfterEach
    void stop() throws InterruptedException {
        node.close();
        for (Peer peer : peers) {
            peer.close();
        }
    }

    private Peer peer(BindableService... services) throws IOException {
        return peer(InsecureServerCredentials.create(), services);
    }

    private Peer peer(ServerCredentials credentials, BindableService... services) throws IOException {
        Peer peer = new Peer(credentials, services);
        peers.add(peer);
        return peer;
    }

    private Peer ordinary() throws IOException {
        return peer(new Health(), ProtoReflectionServiceV1.newInstance());
    }

    private RunReport run(String url, String... more) {
        List<String> config = new ArrayList<>(List.of("url", url));
        config.addAll(List.of(more));
        return node.run(order("grpc", config.toArray(String[]::new)));
    }

    @Test
    void theAnswerIsTheOutputAsJson() throws IOException {
        Peer peer = ordinary();
        RunReport report = run(
                peer.at(CHECK), "body", "{\"service\":\"up\"}", "headers", "[\"X-Token: a:b\",\"trace-bin: AQI=\"]");
        assertThat(report.error()).isEmpty();
        assertThat(report.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(text(report)).isEqualTo("{\"status\":\"SERVING\"}\n");
        assertThat(peer.calls).contains("grpc.health.v1.Health/Check a:b 0102");
        assertThat(peer.calls).allMatch(call -> call.endsWith(" a:b 0102")); // reflection may ask for it as well
        assertThat(text(run(peer.at("/grpc.health.v1.Health.Check"), "body", "")))
                .isEqualTo("{}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1alpha", "both"})
    void eitherReflectionWillDo(String offered) throws IOException {
        List<BindableService> services = new ArrayList<>(List.of(new Health()));
        if (!offered.equals("v1alpha")) {
            services.add(ProtoReflectionServiceV1.newInstance());
        }
        if (!offered.equals("v1")) {
            services.add(alpha());
        }
        Peer peer = peer(services.toArray(BindableService[]::new));
        assertThat(text(run(peer.at(CHECK), "body", "{\"service\":\"up\"}"))).isEqualTo("{\"status\":\"SERVING\"}\n");
    }

    @SuppressWarnings("deprecation") // the old one is what is meant
    private static BindableService alpha() {
        return ProtoReflectionService.newInstance();
    }

    @Test
    void aDescriptionOfManyFilesIsPutTogether() throws IOException {
        List<BindableService> services = new ArrayList<>(List.of(ProtoReflectionServiceV1.newInstance()));
        services.add(io.grpc.protobuf.services.ChannelzService.newInstance(10)); // imports five files
        Peer peer = peer(services.toArray(BindableService[]::new));
        RunReport report = run(peer.at("/grpc.channelz.v1.Channelz/GetServers"), "body", "{\"startServerId\":\"0\"}");
        assertThat(report.error()).isEmpty();
        assertThat(text(report)).startsWith("{\"server\":[{\"ref\":{\"serverId\":\"");
    }

    @Test
    void aStreamIsALineForEachMessage() throws IOException {
        Peer peer = ordinary();
        assertThat(text(run(peer.at(WATCH), "body", "{\"service\":\"three\"}")))
                .isEqualTo(
                        "{\"status\":\"SERVING\"}\n{\"status\":\"NOT_SERVING\"}\n{\"status\":\"SERVICE_UNKNOWN\"}\n");
        RunReport both = run(
                peer.at("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"),
                "body",
                "[{\"listServices\":\"\"},{\"fileByFilename\":\"no.proto\"}]");
        assertThat(both.error()).isEmpty();
        assertThat(text(both).lines())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("\"name\":\"grpc.health.v1.Health\""))
                .anySatisfy(line -> assertThat(line).contains("\"errorCode\":5"));
    }

    @Test
    void theStatusIsComparedWithTheExpectedOne() throws IOException {
        Peer peer = ordinary();
        RunReport report = run(peer.at(CHECK), "body", "{\"service\":\"none\"}");
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(report.error()).isEqualTo("server returned 5 code, expected 0: NOT_FOUND: no such service");
        assertThat(run(peer.at(CHECK), "body", "{\"service\":\"none\"}", "expectCode", "5")
                        .state())
                .isEqualTo(ExecutionState.SUCCESS);
        assertThat(run(peer.at(CHECK), "body", "{\"service\":\"up\"}", "expectCode", "5")
                        .error())
                .startsWith("server returned 0 code, expected 5");
    }

    @DisplayName("F57: a wrong setting of a call fails its run, and the next run works")
    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "url|``|url is empty",
                "url|127.0.0.1/a.B/C|must be host:port/package.Service/Method",
                "url|127.0.0.1:1|must be host:port/package.Service/Method",
                "url|127.0.0.1:99999/a.B/C|must be host:port/package.Service/Method",
                "url|HERE/grpc.health.v1.Health/Nothing|service \"grpc.health.v1.Health\" has no method \"Nothing\"",
                "url|HERE/no.Such/Thing|Failed querying reflection server: ",
                "url|127.0.0.1:1/a.B/C|Failed querying reflection server: UNAVAILABLE",
                "timeout|5s|Invalid timeout: must be whole seconds",
                "headers|[\"none\"]|Parsing headers failed: element 1 has no colon",
                "headers|{}|Parsing headers failed: must be a JSON array",
                "headers|[\"a-bin: %%%\"]|Parsing headers failed: a-bin",
                "expectCode|OK|expectCode must be a gRPC status from 0 to 16",
                "body|{|body is no JSON: ",
                "body|{\"no\":1}|body is no grpc.health.v1.HealthCheckRequest: ",
                "body|[]|body is no grpc.health.v1.HealthCheckRequest: ",
                "body|{\"service\":{}}|body is no grpc.health.v1.HealthCheckRequest: ",
                "tlsRootCAsFile|/no/such.pem|tlsRootCAsFile /no/such.pem: is no file that the node can read"
            })
    void aWrongSettingFailsItsRunOnly(String key, String value, String error) throws IOException {
        Peer peer = ordinary();
        Map<String, String> config = new java.util.TreeMap<>(Map.of("url", peer.at(CHECK)));
        config.put(key, value.replace("HERE", "127.0.0.1:" + peer.port()));
        RunReport report = node.run(order(
                "grpc",
                config.entrySet().stream()
                        .flatMap(e -> Stream.of(e.getKey(), e.getValue()))
                        .toArray(String[]::new)));
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(report.error()).contains(error);
        assertThat(text(run(peer.at(CHECK), "body", "{\"service\":\"up\"}"))).isEqualTo("{\"status\":\"SERVING\"}\n");
    }

    @Test
    void aServerWithoutReflectionIsTold() throws IOException {
        assertThat(run(peer(new Health()).at(CHECK)).error())
                .isEqualTo(
                        "Failed querying reflection server: the server offers no reflection, neither v1 nor v1alpha");
    }

    @Test
    void theShorterOfBothTimeoutsEndsTheCallAtOnce() throws IOException {
        Peer peer = ordinary();
        RunReport report = run(peer.at(WATCH), "body", "{\"service\":\"ever\"}", "timeout", "1");
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(report.error())
                .isEqualTo("grpc: Job '127.0.0.1:" + peer.port()
                        + "/grpc.health.v1.Health/Watch' execution time exceeding defined timeout 1s. Job was killed");
        assertThat(text(report)).isEqualTo("{\"status\":\"SERVING\"}\n");
        RunOrder plain = order("grpc", "url", peer.at(WATCH), "body", "{\"service\":\"ever\"}", "timeout", "0");
        RunOrder limited = new RunOrder(
                plain.id(),
                plain.key(),
                plain.job(),
                plain.group(),
                plain.executor(),
                plain.config(),
                Optional.of(Duration.ofMillis(300)),
                plain.deadline());
        assertThat(node.run(limited).error()).contains("exceeding defined timeout 300ms. Job was killed");
        await("both connections to end").atMost(SOON).until(() -> peer.connections.get() == 0);
        assertThat(peer.health.cancelled.get()).isEqualTo(2);
    }

    @Test
    void cancelAndStopOfTheNodeEndTheCallAtOnce() throws IOException {
        Peer peer = ordinary();
        RunOrder order = order("grpc", "url", peer.at(WATCH), "body", "{\"service\":\"ever\"}", "timeout", "0");
        node.accept(order);
        await("the call").atMost(SOON).until(() -> peer.health.watching.get() == 1);
        node.runner.cancel(TestNode.FENCE, List.of(order.key()));
        assertThat(node.result(order).state()).isEqualTo(ExecutionState.CANCELLED);
        assertThat(node.result(order).error()).isEqualTo("cancelled");
        await("the connection to end").atMost(SOON).until(() -> peer.connections.get() == 0);

        RunOrder other = order("grpc", "url", peer.at(WATCH), "body", "{\"service\":\"ever\"}", "timeout", "0");
        node.accept(other);
        await("the call").atMost(SOON).until(() -> peer.health.watching.get() == 2);
        node.runner.stop(Runner.StopMode.LEAVE);
        assertThat(node.result(other).error()).isEqualTo("node stopped");
        await("the connection to end").atMost(SOON).until(() -> peer.connections.get() == 0);
    }

    @Test
    @DisplayName("F63: 100 calls, good and bad ones, leave no connection and no thread behind")
    void manyCallsLeaveNothingBehind() throws IOException {
        Peer peer = ordinary();
        run(peer.at(CHECK), "body", "{\"service\":\"up\"}");
        RunOrder[] orders = IntStream.range(0, 100)
                .mapToObj(i -> order(
                        "grpc",
                        "url",
                        peer.at(i % 4 == 3 ? "/no.Such/Thing" : CHECK),
                        "body",
                        i % 4 == 0 ? "{\"service\":\"up\"}" : i % 4 == 1 ? "{\"bad\":1}" : "{\"service\":\"none\"}"))
                .toArray(RunOrder[]::new);
        node.accept(orders);
        for (int i = 0; i < orders.length; i++) {
            assertThat(node.result(orders[i]).state())
                    .isEqualTo(i % 4 == 0 ? ExecutionState.SUCCESS : ExecutionState.FAILED);
        }
        await("every connection to end").atMost(SOON).until(() -> peer.connections.get() == 0);
        assertThat(peer.connected.get()).isEqualTo(101);
        assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(t -> t.getName().matches("dkron-grpc-(io-.*|\\d+)"))
                        .count())
                .isLessThanOrEqualTo(9);
    }

    @Test
    void callsAreSecuredAsTheTlsKeysSay() throws Exception {
        TestCa ours = new TestCa(directory, "ours");
        TestCa.Issued server = ours.issue("server");
        TestCa.Issued client = ours.issue("client");
        Peer peer = peer(
                TlsServerCredentials.newBuilder()
                        .keyManager(server.certificate().toFile(), server.key().toFile())
                        .trustManager(ours.certificate().toFile())
                        .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                        .build(),
                new Health(),
                ProtoReflectionServiceV1.newInstance());
        String url = peer.at(CHECK);
        String up = "{\"service\":\"up\"}";
        assertThat(run(url, "body", up).error()).startsWith("Failed querying reflection server: UNAVAILABLE");
        assertThat(run(url, "body", up, "tlsNoVerifyPeer", "false").error())
                .startsWith("Failed querying reflection server: UNAVAILABLE")
                .contains("unable to find valid certification path");
        assertThat(text(run(url, "body", up, "tlsNoVerifyPeer", "true"))).isEqualTo("{\"status\":\"SERVING\"}\n");
        assertThat(text(run(
                        url, "body", up, "tlsRootCAsFile", ours.certificate().toString())))
                .isEqualTo("{\"status\":\"SERVING\"}\n");

        Peer strict = peer(
                TlsServerCredentials.newBuilder()
                        .keyManager(server.certificate().toFile(), server.key().toFile())
                        .trustManager(ours.certificate().toFile())
                        .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                        .build(),
                new Health(),
                ProtoReflectionServiceV1.newInstance());
        String[] roots = {"body", up, "tlsRootCAsFile", ours.certificate().toString()};
        assertThat(run(strict.at(CHECK), roots).state()).isEqualTo(ExecutionState.FAILED);
        List<String> whole = new ArrayList<>(List.of(roots));
        whole.addAll(List.of(
                "tlsCertificateFile",
                client.certificate().toString(),
                "tlsCertificateKeyFile",
                client.key().toString()));
        assertThat(text(run(strict.at(CHECK), whole.toArray(String[]::new)))).isEqualTo("{\"status\":\"SERVING\"}\n");
    }

    @Test
    void everyKeyIsDescribed() {
        try (GrpcExecutor executor = new GrpcExecutor()) {
            assertThat(executor.keys())
                    .extracting(ConfigKey::name)
                    .containsExactly(
                            "url",
                            "body",
                            "headers",
                            "timeout",
                            "expectCode",
                            "tlsNoVerifyPeer",
                            "tlsCertificateFile",
                            "tlsCertificateKeyFile",
                            "tlsRootCAsFile");
            assertThat(executor.keys())
                    .allMatch(key -> key.required() == key.name().equals("url"));
        }
    }

    /** The example of docs/jobs.md, at the test's server. */
    @Test
    void theExampleOfTheDocumentationWorks() throws IOException {
        String page = Files.readString(Path.of("../docs/jobs.md"));
        String section = page.substring(page.indexOf("## The grpc executor"));
        int from = section.indexOf("```json") + 7;
        JobDefinition job = JobJson.read(
                        section.substring(from, section.indexOf("```", from)).getBytes(UTF_8))
                .definition();
        assertThat(job.executor()).isEqualTo("grpc");
        Peer peer = ordinary();
        RunReport report = node.run(order(
                "grpc",
                job.executorConfig().entrySet().stream()
                        .flatMap(e -> Stream.of(
                                e.getKey(), e.getValue().replace("search.example:50051", "127.0.0.1:" + peer.port())))
                        .toArray(String[]::new)));
        assertThat(report.error()).isEmpty();
        assertThat(text(report)).isEqualTo("{\"status\":\"SERVING\"}\n");
    }

    /** Answers by the name of the service asked for. */
    private static final class Health extends HealthGrpc.HealthImplBase {
        final AtomicInteger watching = new AtomicInteger();
        final AtomicInteger cancelled = new AtomicInteger();

        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
            if (request.getService().equals("none")) {
                answers.onError(
                        Status.NOT_FOUND.withDescription("no such service").asRuntimeException());
                return;
            }
            answers.onNext(
                    request.getService().isEmpty()
                            ? HealthCheckResponse.getDefaultInstance()
                            : answer(ServingStatus.SERVING));
            answers.onCompleted();
        }

        @Override
        public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answers) {
            ((io.grpc.stub.ServerCallStreamObserver<HealthCheckResponse>) answers)
                    .setOnCancelHandler(cancelled::incrementAndGet);
            answers.onNext(answer(ServingStatus.SERVING));
            if (request.getService().equals("ever")) {
                watching.incrementAndGet();
                return;
            }
            answers.onNext(answer(ServingStatus.NOT_SERVING));
            answers.onNext(answer(ServingStatus.SERVICE_UNKNOWN));
            answers.onCompleted();
        }

        private static HealthCheckResponse answer(ServingStatus status) {
            return HealthCheckResponse.newBuilder().setStatus(status).build();
        }
    }

    /** A server on a free port, which counts its connections and notes the headers of calls. */
    private static final class Peer {
        final AtomicInteger connections = new AtomicInteger();
        final AtomicInteger connected = new AtomicInteger();
        final List<String> calls = new CopyOnWriteArrayList<>();
        final Health health;
        private final Server server;

        Peer(ServerCredentials credentials, BindableService... services) throws IOException {
            NettyServerBuilder builder = NettyServerBuilder.forAddress(
                            new InetSocketAddress("127.0.0.1", 0), credentials)
                    .intercept(new Notes())
                    .addTransportFilter(new ServerTransportFilter() {
                        @Override
                        public Attributes transportReady(Attributes attributes) {
                            connections.incrementAndGet();
                            connected.incrementAndGet();
                            return attributes;
                        }

                        @Override
                        public void transportTerminated(Attributes attributes) {
                            connections.decrementAndGet();
                        }
                    });
            health = Stream.of(services)
                    .filter(Health.class::isInstance)
                    .map(Health.class::cast)
                    .findFirst()
                    .orElseGet(Health::new);
            for (BindableService service : services) {
                builder.addService(service);
            }
            server = builder.build().start();
        }

        private final class Notes implements ServerInterceptor {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                String token = headers.get(Metadata.Key.of("x-token", Metadata.ASCII_STRING_MARSHALLER));
                byte[] trace = headers.get(Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER));
                calls.add(call.getMethodDescriptor().getFullMethodName() + " " + token + " "
                        + (trace == null ? "" : java.util.HexFormat.of().formatHex(trace)));
                return next.startCall(call, headers);
            }
        }

        int port() {
            return server.getPort();
        }

        String at(String method) {
            return "127.0.0.1:" + port() + method;
        }

        void close() throws InterruptedException {
            server.shutdownNow();
            server.awaitTermination(10, TimeUnit.SECONDS);
        }
    }
}
