package io.dkron.agent.executor.http;

import static io.dkron.agent.run.TestNode.order;
import static io.dkron.agent.run.TestNode.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.agent.executor.call.CallTls;
import io.dkron.agent.pem.Pem;
import io.dkron.agent.run.TestNode;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunReport;
import io.dkron.core.store.TestCa;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and proxies of the http executor. */
class HttpSecurityTest {
    @TempDir
    static Path authorities;

    private static TestCa ours;
    private static TestCa.Issued server;
    private static TestCa.Issued client;
    private static TestCa theirs;
    private static TestCa.Issued stranger;

    @TempDir
    Path directory;

    private TestNode node;
    private Site site;

    @BeforeAll
    static void issue() {
        ours = new TestCa(authorities, "ours");
        server = ours.issue("server");
        client = ours.issue("client");
        theirs = new TestCa(authorities, "theirs");
        stranger = theirs.issue("stranger");
    }

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(directory, new HttpExecutor(Map.of()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        node.close();
        if (site != null) {
            site.close();
        }
    }

    private static Site secured(boolean clients) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {Pem.identity(server.certificate(), server.key())},
                new TrustManager[] {Pem.trust(ours.certificate())},
                null);
        return Site.secured(context, clients).page("/", 200, "secured");
    }

    private RunReport run(String url, String... more) {
        List<String> config = new ArrayList<>(List.of("url", url, "method", "GET"));
        config.addAll(List.of(more));
        return node.run(order("http", config.toArray(String[]::new)));
    }

    @Test
    void aServerIsBelievedByTheSystemsRootsOrThoseNamedOrWithoutAny() throws Exception {
        site = secured(false);
        assertThat(run(site.url("/")).error())
                .startsWith("GET " + site.url("/") + ": TLS: ")
                .contains("unable to find valid certification path");
        assertThat(run(site.url("/"), "tlsRootCAsFile", theirs.certificate().toString())
                        .state())
                .isEqualTo(ExecutionState.FAILED);
        assertThat(site.asked).isEmpty();
        assertThat(text(run(site.url("/"), "tlsRootCAsFile", ours.certificate().toString())))
                .isEqualTo("secured");
        assertThat(text(run(site.url("/"), "tlsNoVerifyPeer", "true"))).isEqualTo("secured");
        assertThat(run(site.url("/"), "tlsNoVerifyPeer", "false").state()).isEqualTo(ExecutionState.FAILED);
    }

    @Test
    void aNameThatTheCertificateDoesNotHoldIsRefusedUnlessNothingIsVerified() throws Exception {
        site = secured(false);
        String other = site.url("/").replace("127.0.0.1", "127.0.0.2");
        try (ServerSocket there = new ServerSocket(site.port(), 5, java.net.InetAddress.getByName("127.0.0.2"))) {
            Thread forwarding = new Thread(() -> Tunnel.forward(there, site.port()));
            forwarding.setDaemon(true);
            forwarding.start();
            assertThat(run(other, "tlsRootCAsFile", ours.certificate().toString())
                            .error())
                    .contains("TLS: ")
                    .contains("127.0.0.2");
            assertThat(text(run(other, "tlsNoVerifyPeer", "true"))).isEqualTo("secured");
        }
    }

    @Test
    void aClientShowsItsCertificateIfItHasOne() throws Exception {
        site = secured(true);
        String roots = ours.certificate().toString();
        assertThat(run(site.url("/"), "tlsRootCAsFile", roots).state()).isEqualTo(ExecutionState.FAILED);
        assertThat(run(
                                site.url("/"),
                                "tlsRootCAsFile",
                                roots,
                                "tlsCertificateFile",
                                stranger.certificate().toString(),
                                "tlsCertificateKeyFile",
                                stranger.key().toString())
                        .state())
                .isEqualTo(ExecutionState.FAILED);
        assertThat(site.asked).isEmpty();
        assertThat(text(run(
                        site.url("/"),
                        "tlsRootCAsFile",
                        roots,
                        "tlsCertificateFile",
                        client.certificate().toString(),
                        "tlsCertificateKeyFile",
                        client.key().toString())))
                .isEqualTo("secured");
        assertThat(run(
                                site.url("/"),
                                "tlsCertificateFile",
                                client.certificate().toString(),
                                "tlsCertificateKeyFile",
                                server.key().toString())
                        .error())
                .isNotEmpty();
        assertThat(run(
                                site.url("/"),
                                "tlsCertificateFile",
                                client.certificate().toString(),
                                "tlsCertificateKeyFile",
                                client.certificate().toString())
                        .error())
                .startsWith("tlsCertificateFile, tlsCertificateKeyFile: ")
                .contains("holds no private key in PEM form");
    }

    @Test
    void clientsAreSharedBoundedAndMadeAnewWhenAFileChanged() throws Exception {
        HttpClients clients = new HttpClients(Runnable::run, new EnvironmentProxies(Map.of()));
        Path roots = Files.copy(ours.certificate(), directory.resolve("roots.pem"));
        CallTls before = CallTls.of(Map.of("tlsRootCAsFile", roots.toString()));
        var first = clients.client(before);
        assertThat(clients.client(CallTls.of(Map.of("tlsRootCAsFile", roots.toString()))))
                .isSameAs(first);
        Files.setLastModifiedTime(roots, FileTime.fromMillis(1_000_000));
        assertThat(clients.client(CallTls.of(Map.of("tlsRootCAsFile", roots.toString()))))
                .isNotSameAs(first);
        assertThat(clients.client(CallTls.of(Map.of()))).isSameAs(clients.client(CallTls.of(Map.of("other", "x"))));
        for (int i = 0; i < 3 * HttpClients.MOST; i++) {
            Path one = Files.copy(ours.certificate(), directory.resolve("roots" + i + ".pem"));
            clients.client(CallTls.of(Map.of("tlsRootCAsFile", one.toString())));
            assertThat(clients.size()).isLessThanOrEqualTo(HttpClients.MOST);
        }
        clients.close();
    }

    @Test
    void aProxyIsAskedForWhatIsNotOnThisMachineOrListed() throws Exception {
        site = new Site().page("/", 200, "by proxy");
        node.close();
        node = new TestNode(
                directory,
                new HttpExecutor(Map.of(
                        "HTTP_PROXY", "http://me:s3cret@127.0.0.1:" + site.port(), "NO_PROXY", "direct.invalid")));
        RunReport report = run("http://shop.example:8080/a?b=c", "headers", "[\"A: 1\"]");
        assertThat(text(report)).isEqualTo("by proxy");
        assertThat(site.last().target()).isEqualTo("http://shop.example:8080/a?b=c");
        assertThat(site.last().headers().get("Host")).containsExactly("shop.example:8080");
        assertThat(site.last().headers().get("Proxy-Authorization")).containsExactly("Basic bWU6czNjcmV0");

        assertThat(text(run(site.url("/x")))).isEqualTo("by proxy");
        assertThat(site.last().target()).isEqualTo("/x");
        assertThat(site.last().headers()).doesNotContainKey("Proxy-Authorization");

        assertThat(run("http://direct.invalid/", "timeout", "20").error()).contains("cannot be resolved");
        assertThat(site.asked).hasSize(2);
    }

    @Test
    void aProxyOfAnotherKindFailsTheRun() {
        node.close();
        node = new TestNode(directory, new HttpExecutor(Map.of("HTTPS_PROXY", "socks5://me:s3cret@127.0.0.1:1")));
        assertThat(run("https://shop.example/").error())
                .startsWith("HTTPS_PROXY=socks5://***@127.0.0.1:1 on this node: only proxies of http:// can be used");
        assertThat(run("http://127.0.0.1:1/").error()).contains("cannot connect");
    }

    @Test
    void aSecuredSiteIsReachedThroughATunnelWithThePasswordForTheProxyOnly() throws Exception {
        site = secured(false);
        try (Tunnel tunnel = new Tunnel(site.port())) {
            node.close();
            node = new TestNode(
                    directory, new HttpExecutor(Map.of("https_proxy", "http://me:s3cret@127.0.0.1:" + tunnel.port())));
            assertThat(text(run("https://shop.example/x", "tlsNoVerifyPeer", "true")))
                    .isEqualTo("secured");
            assertThat(tunnel.heads).singleElement().asString().startsWith("CONNECT shop.example:443 HTTP/1.1\r\n");
            assertThat(tunnel.heads.get(0)).containsIgnoringCase("Proxy-Authorization: Basic bWU6czNjcmV0\r\n");
            assertThat(site.last().headers()).doesNotContainKey("Proxy-Authorization");
            assertThat(site.last().headers().get("Host")).containsExactly("shop.example");
        }
    }

    /** A proxy that opens tunnels, all to one port of 127.0.0.1. */
    private static final class Tunnel implements AutoCloseable {
        final List<String> heads = new CopyOnWriteArrayList<>();
        private final ServerSocket socket = new ServerSocket(0, 5, Site.local().getAddress());

        Tunnel(int target) throws IOException {
            Thread accepting = new Thread(() -> {
                while (!socket.isClosed()) {
                    try {
                        Socket one = socket.accept();
                        heads.add(head(one.getInputStream()));
                        one.getOutputStream().write("HTTP/1.1 200 Established\r\n\r\n".getBytes(ISO_8859_1));
                        join(one, target);
                    } catch (IOException e) {
                        return; // closed
                    }
                }
            });
            accepting.setDaemon(true);
            accepting.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        static void forward(ServerSocket from, int target) {
            while (!from.isClosed()) {
                try {
                    join(from.accept(), target);
                } catch (IOException e) {
                    return; // closed
                }
            }
        }

        private static void join(Socket one, int target) throws IOException {
            Socket other = new Socket(Site.local().getAddress(), target);
            copy(one, other);
            copy(other, one);
        }

        private static void copy(Socket from, Socket to) {
            Thread copying = new Thread(() -> {
                try (from;
                        to) {
                    from.getInputStream().transferTo(to.getOutputStream());
                } catch (IOException e) {
                    // the other direction has closed both
                }
            });
            copying.setDaemon(true);
            copying.start();
        }

        private static String head(InputStream in) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                int c = in.read();
                if (c < 0) {
                    throw new IOException("no whole head");
                }
                head.write(c);
            }
            return head.toString(ISO_8859_1);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
