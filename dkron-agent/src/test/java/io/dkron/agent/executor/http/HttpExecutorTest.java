package io.dkron.agent.executor.http;

import static io.dkron.agent.run.TestNode.order;
import static io.dkron.agent.run.TestNode.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.run.RunnerSettings;
import io.dkron.agent.run.TestNode;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The http executor under a runner, against servers of the test. */
class HttpExecutorTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Site site;
    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        site = new Site()
                .page("/ok", 200, "ok then")
                .page("/broken", 500, "it broke")
                .page("/empty", 204, "");
        node = new TestNode(directory, new HttpExecutor(Map.of()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        node.close();
        site.close();
    }

    private RunReport run(String path, String... more) {
        return node.run(get(site.url(path), more));
    }

    private static RunOrder get(String url, String... more) {
        List<String> config = new ArrayList<>(List.of("url", url, "method", "GET"));
        config.addAll(List.of(more));
        return order("http", config.toArray(String[]::new));
    }

    @Test
    @DisplayName("C138: a 500 is a success without expectCode, and none with 200,201")
    void codesAreAskedForOnlyIfNamed() {
        RunReport any = run("/broken");
        assertThat(any.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(any.error()).isEmpty();
        assertThat(text(any)).isEqualTo("it broke");

        RunReport named = run("/broken", "expectCode", "200,201");
        assertThat(named.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(named.error())
                .isEqualTo("received response code does not match the expected code: 500, expected 200,201");
        assertThat(text(named)).isEqualTo("it broke");
    }

    @Test
    @DisplayName("C139: body, headers and expression reach their ends; without url: url is empty")
    void aRequestIsSentAsConfigured() {
        String[] config = {
            "url", site.url("/ok?q=1"), "method", "POST", "body", "grüße", "headers", "[\"A: 1\",\"B:2\",\"B: 3\"]"
        };
        RunReport report = node.run(order("http", with(config, "expectBody", "^ok")));
        assertThat(report.error()).isEmpty();
        assertThat(report.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(site.last().method()).isEqualTo("POST");
        assertThat(site.last().target()).isEqualTo("/ok?q=1");
        assertThat(site.last().body()).isEqualTo("grüße");
        assertThat(site.last().headers().get("A")).containsExactly("1");
        assertThat(site.last().headers().get("B")).containsExactlyInAnyOrder("2", "3");
        assertThat(site.last().headers().get("Content-Length")).containsExactly("7");

        RunReport other = node.run(order("http", with(config, "expectBody", "^then")));
        assertThat(other.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(other.error()).isEqualTo("received response body did not match the expected body");
        assertThat(text(other)).isEqualTo("ok then");

        assertThat(node.run(order("http")).error()).isEqualTo("url is empty");
        assertThat(node.run(order("http", "url", site.url("/ok"))).error()).isEqualTo("method is empty");
    }

    private static String[] with(String[] config, String... more) {
        List<String> all = new ArrayList<>(List.of(config));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    @DisplayName("C140, F62: the value of a header is whole, colons too")
    void aHeaderIsSplitAtItsFirstColon() {
        run("/ok", "headers", "[\"Referer: http://x/y\", \" Time :12:30:00 \", \"Empty:\"]");
        assertThat(site.last().headers().get("Referer")).containsExactly("http://x/y");
        assertThat(site.last().headers().get("Time")).containsExactly("12:30:00");
        assertThat(site.last().headers().get("Empty")).containsExactly("");
    }

    @DisplayName("F62: codes are compared as codes and classes")
    @ParameterizedTest(name = "200 and expectCode={0}: success {1}")
    @CsvSource(
            delimiter = '|',
            value = {"1200|false", "200|true", "2xx|true", "2XX , 500|true", "3xx,201|false", "20|false", "'200,'|true"
            })
    void codesAreComparedAsCodes(String codes, boolean success) {
        RunReport report = run("/ok", "expectCode", codes);
        assertThat(report.state()).isEqualTo(success ? ExecutionState.SUCCESS : ExecutionState.FAILED);
        assertThat(report.error()).startsWith(success ? "" : "received response code does not match");
    }

    @DisplayName("F57, F62: a wrong setting of a request fails its run, asks nobody, and the next run works")
    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "headers|{\"A\":1}|Error: parsing headers failed: must be a JSON array",
                "headers|[\"no colon\"]|Error: parsing headers failed: element 1 has no colon",
                "headers|[\"A: 1\", 7]|Error: parsing headers failed: element 2 must be a string, not a number",
                "headers|[\"a b: 1\"]|Error: parsing headers failed: element 1 has no valid name",
                "headers|[\"A: 1\\r\\nB: 2\"]|Error: parsing headers failed: element 1 has a control character",
                "headers|[|Error: parsing headers failed: ",
                "headers|[\"Transfer-Encoding: chunked\"]|header Transfer-Encoding cannot be set",
                "headers|[\"Upgrade: h2c\"]|header Upgrade cannot be set",
                "headers|[\"Content-Length: 5\"]|header Content-Length says 5, but the body has 0 bytes",
                "headers|[\"A: \\u0394\"]|header A cannot be sent",
                "expectCode|ok|expectCode must be codes such as 200",
                "expectBody|a(b|expectBody is no RE2 expression: ",
                "expectBody|(?<=a)b|expectBody is no RE2 expression: ",
                "method|G T|method \"G T\" cannot be sent",
                "method|CONNECT|method \"CONNECT\" cannot be sent",
                "url|ftp://127.0.0.1/|unsupported protocol scheme \"ftp\"",
                "url|127.0.0.1/ok|must begin with http:// or https://",
                "url|http:///ok|has no host",
                "url|http://my_host/|host \"my_host\" with port is none that this HTTP client takes",
                "url|http://127.0.0.1:99999/|with port is none",
                "url|http://me:s3cret@127.0.0.1/%zz|url \"http://***@127.0.0.1/%zz\" is none: ",
                "tlsNoVerifyPeer|perhaps|tlsNoVerifyPeer must be true or false",
                "tlsRootCAsFile|/no/such.pem|tlsRootCAsFile /no/such.pem: is no file that the node can read",
                "tlsCertificateFile|/etc/hosts|tlsCertificateKeyFile is missing",
                "tlsRootCAsFile|/etc/hosts|tlsRootCAsFile: /etc/hosts: "
            })
    void aWrongSettingFailsItsRunOnly(String key, String value, String error) {
        Map<String, String> config = new java.util.TreeMap<>(Map.of("url", site.url("/ok"), "method", "GET"));
        config.put(key, value);
        RunReport report = node.run(order(
                "http",
                config.entrySet().stream()
                        .flatMap(e -> java.util.stream.Stream.of(e.getKey(), e.getValue()))
                        .toArray(String[]::new)));
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(report.error()).contains(error).doesNotContain("s3cret");
        assertThat(site.asked).isEmpty();
        assertThat(run("/ok").state()).isEqualTo(ExecutionState.SUCCESS);
    }

    @Test
    void aTimeoutThatIsNoNumberIsWarnedOf() {
        RunReport report = run("/ok", "timeout", "5s");
        assertThat(report.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(text(report))
                .isEqualTo("Warning: timeout must be whole seconds, 0 for no limit, not \"5s\"; 30 seconds are taken\n"
                        + "ok then");
    }

    @Test
    @DisplayName("F81: debug shows the configuration first, secrets masked")
    void debugTellsNoSecret() {
        RunReport report = node.run(order(
                "http",
                "url",
                site.url("/ok?access_token=s3cret-1&page=2").replace("://", "://me:s3cret-2@"),
                "method",
                "PUT",
                "body",
                "s3cret-3",
                "headers",
                "[\"X-Api-Key: s3cret-4\",\"Accept: text/plain\"]",
                "debug",
                "1"));
        String first = text(report).lines().findFirst().orElseThrow();
        assertThat(first)
                .startsWith("Config: {\"body\":\"8 bytes\"")
                .contains("***@127.0.0.1:" + site.port() + "/ok?access_token=***&page=2")
                .contains("\"X-Api-Key: ***\",\"Accept: text/plain\"")
                .contains("\"method\":\"PUT\"");
        assertThat(text(report)).endsWith("\nok then").doesNotContain("s3cret");
        assertThat(site.last().target()).isEqualTo("/ok?access_token=s3cret-1&page=2");
        assertThat(site.last().headers().get("Authorization")).containsExactly("Basic bWU6czNjcmV0LTI=");

        String failure =
                node.run(get("http://me:s3cret@127.0.0.1:1/?token=s3cret")).error();
        assertThat(failure).contains("cannot connect").doesNotContain("s3cret");
    }

    @Test
    void hostAndConnectionMayBeSet() {
        run("/ok", "headers", "[\"Host: shop.example\",\"Connection: close\"]");
        assertThat(site.last().headers().get("Host")).containsExactly("shop.example");
        assertThat(site.last().headers().get("Connection")).containsExactly("close");
        run("/ok");
        assertThat(site.last().headers().get("Host")).containsExactly("127.0.0.1:" + site.port());
        assertThat(site.last().headers().get("User-Agent")).containsExactly("dkron");
        assertThat(site.last().headers()).doesNotContainKeys("Upgrade", "Http2-settings");
    }

    @Test
    void anAddressMayHoldCharactersThatNeedEscapes() {
        run("/ok?q={a|b} c&d=%20ü");
        assertThat(site.last().target()).isEqualTo("/ok?q=%7Ba%7Cb%7D%20c&d=%20%C3%BC");
    }

    @Test
    void answersWithoutBodyAndAnswersThatAskForAPasswordAreAnswers() {
        site.page("/door", 401, "who are you");
        assertThat(run("/empty", "expectCode", "204").state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(node.run(order("http", "url", site.url("/ok"), "method", "HEAD"))
                        .state())
                .isEqualTo(ExecutionState.SUCCESS);
        assertThat(text(run("/door", "expectCode", "401"))).isEqualTo("who are you");
        assertThat(run("/empty", "expectBody", "^$").state()).isEqualTo(ExecutionState.SUCCESS);
    }

    @Test
    void tenRedirectsAreFollowedAndNoMore() {
        IntStream.rangeClosed(1, 11).forEach(i -> site.redirect("/hop" + i + "/", 302, "/hop" + (i - 1) + "/"));
        site.page("/hop0/", 200, "there");
        assertThat(text(run("/hop10/"))).isEqualTo("there");
        assertThat(site.asked).hasSize(11);

        RunReport report = run("/hop11/");
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(report.error()).isEqualTo("stopped after 10 redirects");
        assertThat(report.output().size()).isZero();
        site.redirect("/round", 307, "/round");
        assertThat(run("/round").error()).isEqualTo("stopped after 10 redirects");
    }

    @ParameterizedTest(name = "POST answered by {0} goes on as {1}")
    @CsvSource({"301,GET", "302,GET", "303,GET", "307,POST", "308,POST"})
    void aRedirectKeepsMethodAndBodyOrDropsBoth(int code, String method) {
        site.redirect("/a/b", code, "../ok?x=1#there");
        RunReport report = node.run(order(
                "http",
                "url",
                site.url("/a/b"),
                "method",
                "POST",
                "body",
                "data",
                "headers",
                "[\"Content-Type: text/plain\",\"Authorization: t\"]"));
        assertThat(text(report)).isEqualTo("ok then");
        assertThat(site.last().target()).isEqualTo("/ok?x=1");
        assertThat(site.last().method()).isEqualTo(method);
        assertThat(site.last().body()).isEqualTo(method.equals("POST") ? "data" : "");
        assertThat(site.last().headers().containsKey("Content-Type")).isEqualTo(method.equals("POST"));
        assertThat(site.last().headers().get("Authorization")).containsExactly("t");
    }

    @Test
    void aRedirectToAnotherHostTakesNoSecretAlong() throws Exception {
        try (Site other = new Site().page("/", 200, "other")) {
            site.redirect("/away", 302, "http://localhost:" + other.port() + "/x");
            String headers = "[\"Authorization: t\",\"Cookie: c\",\"Host: shop.example\",\"Accept: a/b\"]";
            assertThat(text(run("/away", "headers", headers))).isEqualTo("other");
            assertThat(other.last().headers()).doesNotContainKeys("Authorization", "Cookie");
            assertThat(other.last().headers().get("Host")).containsExactly("localhost:" + other.port());
            assertThat(other.last().headers().get("Accept")).containsExactly("a/b");
        }
        site.redirect("/ftp", 302, "ftp://127.0.0.1/");
        assertThat(run("/ftp").error()).contains("unsupported protocol scheme");
        site.page("/nowhere", 302, "no location");
        assertThat(text(run("/nowhere"))).isEqualTo("no location");
    }

    @Test
    void theShorterOfBothTimeoutsEndsTheRequestAtOnce() throws Exception {
        try (Deaf server = new Deaf("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")) {
            RunReport report = node.run(get(server.url(), "timeout", "1"));
            assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
            assertThat(report.error())
                    .isEqualTo("http: Job 'GET " + server.url()
                            + "' execution time exceeding defined timeout 1s. Job was killed");
            assertThat(text(report)).isEqualTo("half");
            assertThat(Duration.between(report.startedAt(), report.finishedAt()))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
            server.awaitHungUp(1);

            RunOrder plain = get(server.url(), "timeout", "0");
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
            server.awaitHungUp(2);
        }
    }

    @ParameterizedTest(name = "after \"{0}\"")
    @CsvSource(
            delimiter = '|',
            value = {"''", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~half~"})
    void aCancelEndsTheRequestAtOnce(String sent) throws Exception {
        try (Deaf server = new Deaf(sent.replace("~", "\r\n"))) {
            RunOrder order = get(server.url(), "timeout", "0");
            node.accept(order);
            await("the request").atMost(SOON).until(() -> server.asked() == 1);
            node.runner.cancel(TestNode.FENCE, List.of(order.key()));
            RunReport report = node.result(order);
            assertThat(report.state()).isEqualTo(ExecutionState.CANCELLED);
            assertThat(report.error()).isEqualTo("cancelled");
            server.awaitHungUp(1);
        }
    }

    @Test
    void aStopOfTheNodeEndsTheRequest() throws Exception {
        try (Deaf server = new Deaf("")) {
            RunOrder order = get(server.url(), "timeout", "0");
            node.accept(order);
            await("the request").atMost(SOON).until(() -> server.asked() == 1);
            node.runner.stop(io.dkron.agent.run.Runner.StopMode.LEAVE);
            assertThat(node.result(order).error()).isEqualTo("node stopped");
            server.awaitHungUp(1);
        }
    }

    @Test
    void anAnswerThatBreaksOffIsAFailure() throws Exception {
        try (Deaf server = new Deaf("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", true)) {
            RunReport report = node.run(get(server.url()));
            assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
            assertThat(report.error()).startsWith("GET " + server.url() + ": ").contains("bytes received: 4");
            assertThat(text(report)).isEqualTo("half");
        }
        try (Deaf server = new Deaf("", true)) {
            assertThat(node.run(order("http", "url", server.url(), "method", "POST", "body", "once"))
                            .state())
                    .isEqualTo(ExecutionState.FAILED);
            assertThat(server.asked()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("F63: an answer of 64 MiB goes to the output, of which the end is kept")
    void aLongAnswerIsKeptAsALongOutput() {
        site.page("/long", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[1 << 16];
            Arrays.fill(block, (byte) 'a');
            for (int i = 0; i < 1024; i++) {
                exchange.getResponseBody().write(block);
            }
            exchange.getResponseBody().write("end".getBytes(UTF_8));
        });
        node.close();
        node = new TestNode(
                directory,
                new RunnerSettings(
                        directory.resolve("runs"),
                        1000,
                        1 << 20,
                        directory.resolve("logs"),
                        1 << 20,
                        10_000,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)),
                new HttpExecutor(Map.of()));
        RunReport report = run("/long", "expectBody", "end$");
        assertThat(report.error())
                .isEqualTo("received response body did not match the expected body in its first 4194304 bytes");
        assertThat(report.output().size()).isEqualTo((64L << 20) + 3);
        assertThat(text(report)).hasSize(1000).endsWith("aaaend");
        assertThat(run("/long", "expectBody", "^a{1000}").state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(directory.resolve("runs/1/body")).doesNotExist();
    }

    @DisplayName("F63: 150 requests leave no connection, no thread and no descriptor behind")
    @ParameterizedTest(name = "answered by \"{0}\"")
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Length: 4~~kept|151",
                "Content-Length: 4~Connection: close~~kept|151",
                "Transfer-Encoding: chunked~Connection: close~~4~kept~0~~|151",
                "Transfer-Encoding: chunked~~4~kept~0~~|0"
            })
    void manyRequestsLeaveNothingBehind(String answer, int connections) throws Exception {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger accepted = new AtomicInteger();
        try (ServerSocket socket = new ServerSocket(0, 200, Site.local().getAddress());
                Keeper keeper = new Keeper(socket, answer.replace("~", "\r\n"), open, accepted)) {
            String url = "http://127.0.0.1:" + socket.getLocalPort() + "/";
            node.run(get(url));
            await("the connection to be closed").atMost(SOON).until(() -> open.get() == 0);
            long descriptors = descriptors();
            for (int round = 0; round < 3; round++) {
                RunOrder[] orders = IntStream.range(0, 50)
                        .mapToObj(i -> order("http", "url", url, "method", i % 2 == 0 ? "GET" : "POST"))
                        .toArray(RunOrder[]::new);
                node.accept(orders);
                for (RunOrder order : orders) {
                    RunReport report = node.result(order);
                    assertThat(report.error()).isEmpty();
                    assertThat(text(report)).isEqualTo("kept");
                }
            }
            if (connections > 0) { // the last server keeps them, and some are used again
                assertThat(accepted.get()).isEqualTo(connections);
            }
            await("every connection to be closed").atMost(SOON).until(() -> open.get() == 0);
            assertThat(keeper.faults).isEmpty();
            assertThat(threads("dkron-http-")).isLessThanOrEqualTo(8);
            assertThat(threads("HttpClient-.*SelectorManager")).isLessThanOrEqualTo(keeper.selectorsBefore + 1);
            await("descriptors").atMost(SOON).until(() -> descriptors() <= descriptors + 10);
        }
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().matches(name + ".*"))
                .count();
    }

    private static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void everyKeyIsDescribed() {
        try (HttpExecutor executor = new HttpExecutor(Map.of())) {
            assertThat(executor.keys())
                    .extracting(ConfigKey::name)
                    .containsExactly(
                            "url",
                            "method",
                            "body",
                            "headers",
                            "timeout",
                            "expectCode",
                            "expectBody",
                            "debug",
                            "tlsNoVerifyPeer",
                            "tlsCertificateFile",
                            "tlsCertificateKeyFile",
                            "tlsRootCAsFile");
            assertThat(executor.keys())
                    .allMatch(key -> key.required() == List.of("url", "method").contains(key.name()));
        }
    }

    /** The example of docs/jobs.md; its host is reached through a proxy that answers for it. */
    @Test
    void theExampleOfTheDocumentationWorks() throws Exception {
        String page = Files.readString(Path.of("../docs/jobs.md"));
        String section = page.substring(page.indexOf("## The http executor"));
        int from = section.indexOf("```json") + 7;
        JobDefinition job = JobJson.read(
                        section.substring(from, section.indexOf("```", from)).getBytes(UTF_8))
                .definition();
        assertThat(job.executor()).isEqualTo("http");
        site.page("/", 201, "{\"state\":\"done\"}");
        node.close();
        node = new TestNode(directory, new HttpExecutor(Map.of("http_proxy", "127.0.0.1:" + site.port())));
        RunReport report = node.run(order(
                "http",
                job.executorConfig().entrySet().stream()
                        .flatMap(e -> java.util.stream.Stream.of(e.getKey(), e.getValue()))
                        .toArray(String[]::new)));
        assertThat(report.error()).isEmpty();
        assertThat(report.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(site.last().method()).isEqualTo("POST");
        assertThat(site.last().headers().get("Authorization")).isNotEmpty();
        assertThat(job.timeout()).isEmpty();
        assertThat(report.finishedAt()).isBeforeOrEqualTo(Instant.now());
    }

    /** Takes a request, says something, and then nothing, or hangs up. */
    private static final class Deaf implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, Site.local().getAddress());
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger hungUp = new AtomicInteger();
        private final List<Socket> sockets = new java.util.concurrent.CopyOnWriteArrayList<>();

        Deaf(String says) throws IOException {
            this(says, false);
        }

        Deaf(String says, boolean hangsUp) throws IOException {
            Thread accepting = new Thread(() -> {
                while (!socket.isClosed()) {
                    try {
                        Socket one = socket.accept();
                        sockets.add(one);
                        Thread serving = new Thread(() -> serve(one, says, hangsUp), "test-deaf");
                        serving.setDaemon(true);
                        serving.start();
                    } catch (IOException e) {
                        return; // closed
                    }
                }
            });
            accepting.setDaemon(true);
            accepting.start();
        }

        private void serve(Socket one, String says, boolean hangsUp) {
            try (one) {
                InputStream in = one.getInputStream();
                readHead(in);
                one.getOutputStream().write(says.getBytes(ISO_8859_1));
                asked.incrementAndGet();
                if (!hangsUp) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            } catch (IOException e) {
                // a reset is the end of a connection as well
            }
            hungUp.incrementAndGet();
        }

        String url() {
            return "http://127.0.0.1:" + socket.getLocalPort() + "/";
        }

        int asked() {
            return asked.get();
        }

        void awaitHungUp(int count) {
            await("the other side to hang up").atMost(SOON).until(() -> hungUp.get() == count);
        }

        @Override
        public void close() throws IOException {
            socket.close();
            for (Socket each : sockets) {
                each.close();
            }
        }
    }

    /** Reads up to the blank line. @return false at the end of the stream */
    static boolean readHead(InputStream in) throws IOException {
        int last = 0;
        for (int c = in.read(); c >= 0; c = in.read()) {
            last = last << 8 | c;
            if (last == 0x0d0a0d0a) {
                return true;
            }
        }
        return false;
    }

    /** Answers each request, ignores {@code Connection: close}, and keeps connections until the other side goes. */
    private static final class Keeper implements AutoCloseable {
        final List<String> faults = new java.util.concurrent.CopyOnWriteArrayList<>();
        final long selectorsBefore = threads("HttpClient-.*SelectorManager");
        private final CountDownLatch closed = new CountDownLatch(1);
        private final ServerSocket socket;

        private final String answer;

        Keeper(ServerSocket socket, String answer, AtomicInteger open, AtomicInteger accepted) {
            this.socket = socket;
            this.answer = answer;
            Thread accepting = new Thread(
                    () -> {
                        while (closed.getCount() > 0) {
                            try {
                                Socket one = socket.accept();
                                open.incrementAndGet();
                                accepted.incrementAndGet();
                                Thread serving = new Thread(() -> serve(one, open), "test-keeper");
                                serving.setDaemon(true);
                                serving.start();
                            } catch (IOException e) {
                                return; // closed
                            }
                        }
                    },
                    "test-keeper");
            accepting.setDaemon(true);
            accepting.start();
        }

        private void serve(Socket one, AtomicInteger open) {
            try (one) {
                while (readHead(one.getInputStream())) {
                    one.getOutputStream().write(("HTTP/1.1 200 OK\r\n" + answer).getBytes(ISO_8859_1));
                }
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("reset")) {
                    faults.add(e.toString());
                }
            } finally {
                open.decrementAndGet();
            }
        }

        @Override
        public void close() throws IOException {
            closed.countDown();
            socket.close();
        }
    }
}
