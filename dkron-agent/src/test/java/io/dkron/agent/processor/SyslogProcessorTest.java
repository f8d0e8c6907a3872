package io.dkron.agent.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dkron.agent.rpc.TestTls;
import io.dkron.core.processor.ProcessorContext;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SyslogProcessorTest {
    /** A receiver of datagrams on a Unix socket, which Java 17 has not: one line a message, blanks for line ends. */
    private static final String RECEIVER = """
            use strict; use warnings; use Socket; $| = 1;
            socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
            bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
            print "ready\\n";
            while (defined(recv($s, my $m, 65536, 0))) { $m =~ s/\\n/ /g; print "$m\\n"; }
            """;

    private static final String HEAD = "<78>1 1970-01-01T01:00:00.000005Z n0 [dkron] 17-n1 job1 - ";

    @TempDir
    Path directory;

    private static ProcessorContext context(String output, Map<String, String> config) {
        return Contexts.of(output.getBytes(StandardCharsets.UTF_8), config);
    }

    private static List<String> lines(byte[] output, int most) throws IOException {
        SyslogLines lines = new SyslogLines(new ByteArrayInputStream(output), most);
        List<String> all = new ArrayList<>();
        for (Optional<String> next = lines.next(); next.isPresent(); next = lines.next()) {
            all.add(next.get());
        }
        return all;
    }

    @Test
    @DisplayName("Jobs 6, syslog: datagrams of RFC 3164 to the local socket: CRON, INFO, tag [dkron], a line each")
    void theLocalSocketOfDatagramsGetsAMessageALine() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl receives datagrams");
        Path socket = directory.resolve("log");
        Process receiver = new ProcessBuilder("/usr/bin/perl", "-e", RECEIVER, socket.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(said.readLine()).isEqualTo("ready");
            assertThat(new SyslogProcessor()
                            .process(context("one\n\n\u001b[31mzwei ä\r\n", Map.of("address", "unix://" + socket))))
                    .contains("Output in syslog");
            String stamp = "<78>[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d ";
            String tag = "\\[dkron\\]\\[" + ProcessHandle.current().pid() + "\\]: ";
            assertThat(said.readLine()).matches(stamp + tag + "one ?");
            assertThat(said.readLine()).matches(stamp + tag + "\\\\x1b\\[31mzwei ä ?");
        } finally {
            receiver.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName("Jobs 6, syslog: a local socket that is a stream is written too")
    void theLocalSocketMayBeAStream() throws Exception {
        Path socket = directory.resolve("stream");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> {
                try (SocketChannel client = server.accept()) {
                    ByteBuffer bytes = ByteBuffer.allocate(4_096);
                    while (client.read(bytes) >= 0) {
                        // until logger closes
                    }
                    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            new SyslogProcessor()
                    .process(context("hello\n", Map.of("address", "unix://" + socket, "facility", "local3")));
            assertThat(received.get(20, TimeUnit.SECONDS)).startsWith("<158>").contains("hello");
        }
    }

    @Test
    @DisplayName("Jobs 6, syslog: without a syslog the failure says where")
    void whereThereIsNoSyslogItFails() {
        Path socket = directory.resolve("none");
        assertThatThrownBy(() -> new SyslogProcessor().process(context("x", Map.of("address", "unix://" + socket))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("syslog: ")
                .hasMessageContaining(socket.toString());
        assertThatThrownBy(() -> new SyslogProcessor().process(context("x", Map.of("address", "tcp://127.0.0.1:1"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void udpCarriesAMessageOfRfc5424InADatagram() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(10_000);
            new SyslogProcessor()
                    .process(context("a\nb ä\n", Map.of("address", "udp://127.0.0.1:" + server.getLocalPort())));
            assertThat(datagram(server)).isEqualTo(HEAD + "a");
            assertThat(datagram(server)).isEqualTo(HEAD + "b ä");
        }
    }

    private static String datagram(DatagramSocket server) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
        server.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"tcp", "tls"})
    void streamsCountTheOctetsOfEachMessage(String scheme) throws Exception {
        boolean tls = scheme.equals("tls");
        try (ServerSocket server = tls ? TestTls.server() : new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            CompletableFuture<List<String>> received = CompletableFuture.supplyAsync(() -> counted(server));
            new SyslogProcessor()
                    .process(context(
                            "a\n" + "ä".repeat(600) + "\n",
                            Map.of(
                                    "address",
                                    scheme + "://127.0.0.1:" + server.getLocalPort(),
                                    "tag",
                                    "jobs",
                                    "ca_file",
                                    tls ? TestTls.authority().toString() : "")));
            String head = HEAD.replace("[dkron]", "jobs");
            assertThat(received.get(20, TimeUnit.SECONDS))
                    .containsExactly(head + "a", head + "ä".repeat(512), head + "ä".repeat(88));
        }
    }

    private static List<String> counted(ServerSocket server) {
        try (Socket client = server.accept();
                DataInputStream in = new DataInputStream(client.getInputStream())) {
            List<String> messages = new ArrayList<>();
            int length = 0;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b == ' ') {
                    messages.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                    length = 0;
                } else {
                    length = length * 10 + b - '0';
                }
            }
            return messages;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aCertificateThatNobodyTrustsGetsNothing() throws Exception {
        try (ServerSocket server = TestTls.server()) {
            CompletableFuture<Boolean> refused = CompletableFuture.supplyAsync(() -> {
                try (Socket client = server.accept()) {
                    return client.getInputStream().read() < 0;
                } catch (IOException e) {
                    return true; // the handshake failed
                }
            });
            assertThatThrownBy(() -> new SyslogProcessor()
                            .process(context("x", Map.of("address", "tls://127.0.0.1:" + server.getLocalPort()))))
                    .isInstanceOf(IOException.class);
            assertThat(refused.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp", "tls"})
    void aReceiverThatReadsNothingIsLeftAtAnInterrupt(String scheme) throws Exception {
        boolean tls = scheme.equals("tls");
        AtomicReference<Throwable> end = new AtomicReference<>();
        try (ServerSocket server = tls ? TestTls.server() : new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(() -> {
                try {
                    Socket client = server.accept();
                    if (client instanceof javax.net.ssl.SSLSocket secure) {
                        secure.startHandshake();
                    }
                    return client;
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Thread sender = new Thread(() -> {
                try {
                    new SyslogProcessor()
                            .process(Contexts.of(
                                    new Endless(),
                                    Map.of(
                                            "address",
                                            scheme + "://127.0.0.1:" + server.getLocalPort(),
                                            "max_lines",
                                            "9999999",
                                            "ca_file",
                                            tls ? TestTls.authority().toString() : "")));
                } catch (IOException | RuntimeException e) {
                    end.set(e);
                }
            });
            sender.start();
            try (Socket client = accepted.get(20, TimeUnit.SECONDS)) {
                await("the sender to be stuck")
                        .atMost(20, TimeUnit.SECONDS)
                        .until(() -> List.of(sender.getStackTrace()).stream()
                                .anyMatch(f -> f.getMethodName().contains("write")));
                sender.interrupt();
                sender.join(20_000);
                assertThat(sender.isAlive()).isFalse();
                assertThat(end.get()).isInstanceOf(IOException.class);
                assertThat(client.isClosed()).isFalse();
            }
        }
    }

    /** Prints lines for ever. */
    private static final class Endless extends InputStream {
        private long at;

        @Override
        public int read() {
            return at++ % 100 == 99 ? '\n' : 'x';
        }
    }

    @Test
    @DisplayName("Jobs 6, syslog: control characters are shown, long lines split between characters, the rest is cut")
    void messagesAreSafeAndBounded() throws IOException {
        assertThat(lines("a\u0000b\u0007\u001b[2J\tc\u0085\u2028\r\n".getBytes(StandardCharsets.UTF_8), 9))
                .containsExactly("a\\x00b\\x07\\x1b[2J\tc\\x85\\u2028");
        assertThat(lines(new byte[] {'x', (byte) 0xff, '\n'}, 9)).containsExactly("x\ufffd");
        assertThat(lines(("x" + "日".repeat(400)).getBytes(StandardCharsets.UTF_8), 9))
                .containsExactly("x" + "日".repeat(341), "日".repeat(59));
        byte[] binary = new byte[3_000];
        java.util.Arrays.fill(binary, (byte) 0x80);
        assertThat(lines(binary, 9)).hasSize(3);
        assertThat(lines(" \n".repeat(5_000).getBytes(StandardCharsets.UTF_8), 9))
                .isEmpty();
        assertThat(lines("a\nb\n".getBytes(StandardCharsets.UTF_8), 2)).containsExactly("a", "b");
        assertThat(lines("a\nb\nc\nd\n".getBytes(StandardCharsets.UTF_8), 2))
                .containsExactly("a", "b", "dkron: output cut after 2 messages");
    }

    @ParameterizedTest
    @CsvSource({
        "facility,kern,facility kern is none",
        "tag,a b,tag must be",
        "address,http://x,address http://x is none",
        "address,/dev/log,address /dev/log is none",
        "address,udp://,udp",
        "max_lines,0,max_lines must be"
    })
    void aWrongConfigurationFailsAndSaysWhatIsWrong(String key, String value, String said) {
        assertThatThrownBy(() -> new SyslogProcessor().process(context("x", Map.of(key, value))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(said);
    }
}
