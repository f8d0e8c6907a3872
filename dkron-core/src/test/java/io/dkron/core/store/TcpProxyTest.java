package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy and the server process, on a server that says back what it is told and counts it. */
class TcpProxyTest {
    private static final ServerProcess ECHO = new ServerProcess("echo") {
        @Override
        protected List<String> command() {
            return List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    EchoServer.class.getName(),
                    Integer.toString(port()));
        }

        @Override
        protected boolean serves() throws IOException {
            try (Client client = new Client(port())) {
                return client.say("?").equals(Optional.of("?"));
            }
        }
    };

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private TcpProxy proxy;

    @BeforeAll
    static void start() {
        ECHO.start();
    }

    @AfterAll
    static void end() {
        ECHO.close();
    }

    @BeforeEach
    void open() {
        proxy = new TcpProxy(ECHO.machine());
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void bytesPassUnchanged() throws IOException {
        String large = IntStream.range(0, 100_000).mapToObj(Integer::toString).collect(Collectors.joining(","));
        try (Client client = new Client(proxy.port())) {
            assertThat(client.say("hello")).contains("hello");
            assertThat(client.say(large).equals(Optional.of(large))).isTrue(); // too much for a message
        }
    }

    @Test
    void aCutEndsAConnectionAndTakesANewOne() throws IOException {
        try (Client client = new Client(proxy.port())) {
            assertThat(client.say("a")).contains("a");
            proxy.cut();
            assertThatThrownBy(() -> client.say("b")).isInstanceOf(IOException.class);
        }
        try (Client client = new Client(proxy.port())) {
            assertThat(client.say("c")).contains("c");
        }
    }

    @Test
    void aCutBeforeTheAnswerLetsTheRequestThrough() throws IOException {
        try (Client client = new Client(proxy.port());
                Client direct = new Client(ECHO.port())) {
            assertThat(client.say("mark one")).contains("mark one");
            proxy.cutBeforeNextAnswer();
            assertThatThrownBy(() -> client.say("mark two")).isInstanceOf(IOException.class);
            assertThat(direct.say("marks?")).contains("2");
        }
    }

    @Test
    void whatIsHeldFlowsOnLater() throws IOException {
        try (Client client = new Client(proxy.port())) {
            assertThat(client.say("a")).contains("a");
            proxy.hang();
            client.send("b");
            awaitHeld();
            assertThat(client.hearsNothing()).isTrue();
            proxy.pass();
            assertThat(client.hear()).contains("b");
            proxy.holdAnswers();
            client.send("c");
            awaitHeld();
            assertThat(client.hearsNothing()).isTrue();
            proxy.pass();
            assertThat(client.hear()).contains("c");
        }
    }

    private void awaitHeld() {
        long giveUp = System.nanoTime() + LONGEST.toNanos();
        while (!proxy.holdsBytes() && System.nanoTime() < giveUp) {
            Thread.onSpinWait();
        }
        assertThat(proxy.holdsBytes()).isTrue();
    }

    @Test
    void aRefusalRefusesAndEnds() throws IOException {
        proxy.refuse();
        assertThatThrownBy(() -> new Client(proxy.port())).isInstanceOf(IOException.class);
        proxy.pass();
        try (Client client = new Client(proxy.port())) {
            assertThat(client.say("a")).contains("a");
        }
    }

    @Test
    void aDelayCountsEachWay() throws IOException {
        try (Client client = new Client(proxy.port())) {
            proxy.delay(Duration.ofMillis(60));
            long start = System.nanoTime();
            assertThat(client.say("a")).contains("a");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(120));
        }
    }

    @Test
    void aServerIsStoppedResumedKilledAndStartedOnItsPort() throws IOException {
        try (Client client = new Client(ECHO.port())) {
            ECHO.pause();
            client.send("a");
            assertThat(client.hearsNothing()).isTrue();
            ECHO.resume();
            assertThat(client.hear()).contains("a");
            ECHO.kill();
            assertThat(ECHO.isRunning()).isFalse();
            assertThatThrownBy(() -> client.say("b")).isInstanceOf(IOException.class);
        } finally {
            ECHO.kill();
            ECHO.start();
        }
        try (Client client = new Client(ECHO.port())) {
            assertThat(client.say("c")).contains("c");
        }
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        try (ServerProcess wrong = new ServerProcess("wrong") {
            @Override
            protected List<String> command() {
                return List.of("sh", "-c", "echo no such setting; exit 3");
            }

            @Override
            protected boolean serves() {
                return false;
            }
        }) {
            assertThatThrownBy(wrong::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no such setting");
        }
    }

    /** Says lines and hears them. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;

        Client(int port) throws IOException {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout((int) LONGEST.toMillis());
        }

        void send(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
        }

        Optional<String> say(String line) throws IOException {
            send(line);
            return hear();
        }

        /** Whether nothing comes for a short while. */
        boolean hearsNothing() throws IOException {
            socket.setSoTimeout(300);
            try {
                return hear().isEmpty();
            } finally {
                socket.setSoTimeout((int) LONGEST.toMillis());
            }
        }

        /** The next line; empty when none comes in time. */
        Optional<String> hear() throws IOException {
            StringBuilder line = new StringBuilder();
            byte[] buffer = new byte[64 << 10];
            try {
                while (line.indexOf("\n") < 0) {
                    int count = socket.getInputStream().read(buffer);
                    if (count < 0) {
                        throw new IOException("closed");
                    }
                    line.append(new String(buffer, 0, count, UTF_8));
                }
            } catch (SocketTimeoutException e) {
                return Optional.empty();
            }
            return Optional.of(line.substring(0, line.length() - 1));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
