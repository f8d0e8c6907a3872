package io.dkron.agent.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.rpc.proto.ReportRequest;
import io.dkron.agent.rpc.proto.ServerGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is answered on the RPC port. */
class RpcSecurityTest {
    private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZg==";
    private static final String OTHER_KEY = "ZmVkY2JhOTg3NjU0MzIxMA==";

    @TempDir
    Path directory;

    private final ExecutorService workers = Executors.newFixedThreadPool(4);
    private final AtomicInteger served = new AtomicInteger();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        workers.shutdownNow();
    }

    private InetSocketAddress server(RpcSecurity security) {
        RpcServer server = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(new ReportService((name, reports) -> {
                    served.incrementAndGet();
                    return Optional.empty();
                })),
                workers,
                security);
        open.add(server);
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
    }

    /** How a call ends. */
    private Status.Code call(RpcSecurity security, InetSocketAddress server) {
        try (RpcClients clients = new RpcClients(workers, security)) {
            return call(clients.channel(server));
        }
    }

    private static Status.Code call(ManagedChannel channel) {
        try {
            ServerGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, java.util.concurrent.TimeUnit.SECONDS)
                    .report(ReportRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    private static RpcSecurity key(String key) {
        return RpcSecurity.of(Optional.empty(), key);
    }

    private static Path file(String name) {
        try {
            return Path.of(RpcSecurityTest.class.getResource("/tls/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RpcSecurity tls(Optional<String> identity, String trusted, boolean clientsToo) {
        return RpcSecurity.of(
                Optional.of(TlsFiles.read(new TlsFiles.Paths(
                        identity.map(name -> file(name + ".pem")),
                        identity.map(name -> file(name + ".key")),
                        Optional.of(file(trusted)),
                        clientsToo))),
                "");
    }

    @Test
    void whoHasTheKeyIsAnsweredAndNobodyElse() {
        InetSocketAddress server = server(key(KEY));
        assertThat(call(key(KEY), server)).isEqualTo(Status.Code.OK);
        assertThat(call(key(OTHER_KEY), server)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(call(RpcSecurity.NONE, server)).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(served).as("calls that reached the service").hasValue(1);
    }

    @Test
    void theTokenDoesNotTellTheKeyAndIsNeverPrinted() {
        String token = key(KEY).token().orElseThrow();
        assertThat(token)
                .isNotEqualTo(KEY)
                .hasSizeGreaterThan(40)
                .isEqualTo(key(KEY).token().orElseThrow());
        assertThat(key(KEY).toString()).doesNotContain(token).doesNotContain(KEY);
    }

    @Test
    void withTlsAClientBelievesOnlyTheAuthorityItWasGiven() {
        InetSocketAddress server = server(tls(Optional.of("node"), "ca.pem", false));
        assertThat(call(tls(Optional.empty(), "ca.pem", false), server)).isEqualTo(Status.Code.OK);
        assertThat(call(tls(Optional.empty(), "other-ca.pem", false), server)).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call(RpcSecurity.NONE, server)).as("in the clear").isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void withClientCertificatesStrangersAreRefused() {
        InetSocketAddress server = server(tls(Optional.of("node"), "ca.pem", true));
        assertThat(call(tls(Optional.of("renewed"), "ca.pem", false), server)).isEqualTo(Status.Code.OK);
        assertThat(call(tls(Optional.of("stranger"), "ca.pem", false), server)).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call(tls(Optional.empty(), "ca.pem", false), server)).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(served).hasValue(1);
    }

    @Test
    void aChangedCertificateIsTakenWithoutARestartAndABrokenOneIsNot() throws IOException {
        copy("stranger");
        TlsFiles files = TlsFiles.read(new TlsFiles.Paths(
                Optional.of(directory.resolve("node.pem")),
                Optional.of(directory.resolve("node.key")),
                Optional.empty(),
                false));
        InetSocketAddress server = server(RpcSecurity.of(Optional.of(files), ""));
        RpcSecurity client = tls(Optional.empty(), "ca.pem", false);
        assertThat(call(client, server)).isEqualTo(Status.Code.UNAVAILABLE);
        copy("node");
        await("the new certificate")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(call(client, server)).isEqualTo(Status.Code.OK));
        Files.writeString(directory.resolve("node.key"), "not a key");
        assertThat(files.reload().orElseThrow()).contains("node.key").contains("private key");
        assertThat(call(client, server)).isEqualTo(Status.Code.OK);
    }

    private void copy(String name) throws IOException {
        for (String end : List.of(".pem", ".key")) {
            Files.copy(file(name + end), directory.resolve("node" + end), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void aFileThatIsNoneIsNamed() {
        Path missing = directory.resolve("none.pem");
        assertThatThrownBy(() -> TlsFiles.read(
                        new TlsFiles.Paths(Optional.of(missing), Optional.of(missing), Optional.empty(), false)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none.pem");
        assertThatThrownBy(() -> new TlsFiles.Paths(Optional.of(missing), Optional.empty(), Optional.empty(), false))
                .hasMessageContaining("belong together");
    }
}
