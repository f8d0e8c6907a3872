package io.dkron.tests.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.DkronProcess;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One server with a mail server and a webhook, and what they get. */
class NotificationsIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final List<JsonNode> POSTED = new CopyOnWriteArrayList<>();
    private static final CountDownLatch OVER = new CountDownLatch(1);
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @TempDir
    static Path base;

    private static HttpServer hook;
    private static GreenMail mail;
    private static DkronProcess server;

    @BeforeAll
    static void start() throws IOException {
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", NotificationsIT::take);
        hook.setExecutor(THREADS);
        hook.start();
        mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        server = DkronProcess.in(base)
                .with(
                        "--webhook-endpoint=http://127.0.0.1:"
                                + hook.getAddress().getPort() + "/",
                        "--webhook-payload={\"job\": \"{{.JobName}}\", \"ok\": {{.Success}}, \"node\": \"{{.NodeName}}\","
                                + " \"output\": \"{{.Output}}\"}",
                        "--webhook-headers=X-Token: a:b",
                        "--mail-host=127.0.0.1",
                        "--mail-port=" + mail.getSmtp().getPort(),
                        "--mail-from=dkron@example.org")
                .start();
    }

    @AfterAll
    static void stop() {
        OVER.countDown();
        server.close();
        hook.stop(0);
        mail.stop();
        THREADS.shutdownNow();
    }

    /** Keeps what it gets; refuses what a job with "refused" sends, and leaves one with "hangs" without an answer. */
    private static void take(HttpExchange exchange) throws IOException {
        ObjectNode body = (ObjectNode) Api.JSON.readTree(exchange.getRequestBody());
        body.put("key", exchange.getRequestHeaders().getFirst("Idempotency-Key"));
        body.put("type", exchange.getRequestHeaders().getFirst("Content-Type"));
        body.put("token", exchange.getRequestHeaders().getFirst("X-Token"));
        POSTED.add(body);
        String job = body.path("job").asText();
        if (job.startsWith("hangs")) {
            try {
                OVER.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.sendResponseHeaders(job.startsWith("refused") ? 500 : 204, -1);
        exchange.close();
    }

    private static List<JsonNode> posted(String job) {
        return POSTED.stream().filter(p -> p.path("job").asText().equals(job)).toList();
    }

    private static void run(String job) {
        assertThat(server.api().post("/v1/jobs/" + job).status()).isEqualTo(200); // it has ended
    }

    private static List<MimeMessage> mails(String job) {
        return List.of(mail.getReceivedMessages()).stream()
                .filter(m -> subject(m).contains(" " + job + " "))
                .toList();
    }

    private static String subject(MimeMessage message) {
        try {
            return message.getSubject();
        } catch (jakarta.mail.MessagingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("C145: a job with owner_email gets one mail, one without gets none")
    void mails() throws Exception {
        server.api().save(Api.shell("mailed", "@manually", "echo done").put("owner_email", "me@example.org"));
        server.api().save(Api.shell("unmailed", "@manually", "echo done"));
        run("unmailed");
        run("mailed");
        await().atMost(LONG)
                .until(() -> mails("mailed").size() == 1 && posted("unmailed").size() == 1);
        MimeMessage got = mails("mailed").get(0);
        assertThat(got.getSubject()).isEqualTo("[Dkron]Success mailed execution report");
        assertThat(got.getAllRecipients()[0].toString()).isEqualTo("me@example.org");
        assertThat(got.getContent().toString()).isEqualToIgnoringNewLines("done\n");
        assertThat(mails("unmailed")).isEmpty();
        await("both to stand at the execution")
                .atMost(LONG)
                .until(() -> server.api()
                                .executions("mailed")
                                .get(0)
                                .path("notifications")
                                .size()
                        == 2);
        server.api()
                .executions("mailed")
                .get(0)
                .path("notifications")
                .forEach(n -> assertThat(n.path("state").asText()).isEqualTo("delivered"));
    }

    @Test
    @DisplayName("C146, F67: the webhook gets the values, and output with quotes and lines stays JSON")
    void posts() {
        server.api().save(Api.shell("posted", "@manually", "printf 'a \"b\"\\nc\\\\d'"));
        run("posted");
        await().atMost(LONG).until(() -> posted("posted").size() == 1);
        JsonNode got = posted("posted").get(0);
        JsonNode execution = server.api().executions("posted").get(0);
        assertThat(got.path("ok").asBoolean()).isTrue();
        assertThat(got.path("output").asText()).isEqualTo("a \"b\"\nc\\d");
        assertThat(got.path("node")).isEqualTo(execution.path("node_name"));
        assertThat(got.path("type").asText()).isEqualTo("application/json");
        assertThat(got.path("token").asText()).isEqualTo("a:b");
        assertThat(got.path("key").asText())
                .isEqualTo("posted/" + execution.path("id").asText() + "-end");
        assertThat(server.api().get("/metrics").text())
                .contains("dkron_notifications_total{channel=\"webhook\",outcome=\"delivered\"}");
    }

    @Test
    @DisplayName("C147: with one retry that fails too, one message comes after the second attempt")
    void tellsTheLastAttempt() {
        server.api()
                .save(Api.shell("retried", "@manually", "exit 3")
                        .put("retries", 1)
                        .put("retry_delay", "0s"));
        run("retried");
        await().atMost(LONG).until(() -> posted("retried").size() == 1);
        assertThat(server.api().executions("retried")).hasSize(2);
        String second = "";
        for (JsonNode execution : server.api().executions("retried")) {
            second = execution.path("attempt").asInt() == 2
                    ? execution.path("id").asText()
                    : second;
        }
        assertThat(posted("retried"))
                .singleElement()
                .satisfies(p -> assertThat(p.path("ok").asBoolean()).isFalse());
        assertThat(posted("retried").get(0).path("key").asText()).isEqualTo("retried/" + second + "-end");
    }

    @Test
    @DisplayName("F68: success, failure, failure, success are told as notify_on says")
    void tellsAsTheJobWants() throws IOException {
        Path flag = base.resolve("fail");
        List<String> ways = List.of("always", "failure", "change");
        for (String on : ways) {
            server.api()
                    .save(Api.shell("on-" + on, "@manually", "test ! -e " + flag)
                            .put("notify_on", on));
        }
        for (boolean fails : new boolean[] {false, true, true, false}) {
            if (fails) {
                Files.write(flag, List.of());
            } else {
                Files.deleteIfExists(flag);
            }
            ways.forEach(on -> run("on-" + on));
        }
        await().atMost(LONG)
                .until(() ->
                        posted("on-always").size() == 4 && posted("on-change").size() == 2);
        assertThat(oks("on-always")).containsExactlyInAnyOrder(true, false, false, true);
        assertThat(oks("on-failure")).containsExactly(false, false);
        assertThat(oks("on-change")).containsExactly(false, true);
    }

    private static List<Boolean> oks(String job) {
        return posted(job).stream().map(p -> p.path("ok").asBoolean()).toList();
    }

    @Test
    @DisplayName(
            "C148, F65, F66: receivers that refuse or hang hold up neither result nor dependents nor ephemeral jobs")
    void isInNobodysWay() {
        for (String way : List.of("refused", "hangs")) {
            server.api().save(Api.shell(way, "@manually", "echo parent"));
            ObjectNode child = Api.base("child-of-" + way);
            child.put("parent_job", way)
                    .put("executor", "shell")
                    .putObject("executor_config")
                    .put("command", "true");
            server.api().save(child);
            server.api().save(Api.shell(way + "-once", "@manually", "true").put("ephemeral", true));
            Instant before = Instant.now();
            run(way);
            assertThat(server.api().executions(way).get(0).path("state").asText())
                    .isEqualTo("success");
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
            await().atMost(LONG)
                    .until(() -> server.api().executions("child-of-" + way).size() == 1);
            run(way + "-once");
            await().atMost(LONG)
                    .until(() -> server.api().get("/v1/jobs/" + way + "-once").status() == 404);
            await().atMost(LONG).until(() -> !posted(way + "-once").isEmpty());
        }
        await("the second try").atMost(LONG).until(() -> posted("refused").size() >= 2);
        assertThat(posted("refused").stream().map(p -> p.path("key").asText()).distinct())
                .hasSize(1);
    }

    @Test
    @DisplayName("C148: a template that is none refuses the start, with the setting's name and the place")
    void refusesABadTemplate(@TempDir Path other) {
        try (DkronProcess refused = DkronProcess.in(other)
                .with("--webhook-endpoint=http://127.0.0.1:1/", "--webhook-payload={{.JobNme}}")
                .build()) {
            refused.launch();
            assertThat(refused.awaitEnd()).isEqualTo(1);
            assertThat(refused.printed())
                    .contains("--webhook-payload", "is no template: line 1, column 3: there is no .JobNme")
                    .doesNotContain("127.0.0.1:1/");
        }
    }

    @Test
    @DisplayName("F81: what is secret is not logged")
    void showsNoSecret() {
        server.api().save(Api.shell("refused-quietly", "@manually", "true"));
        run("refused-quietly");
        await().atMost(LONG).until(() -> !posted("refused-quietly").isEmpty());
        assertThat(server.printed()).doesNotContain("a:b");
        assertThat(new String(server.api().get("/metrics").bytes(), StandardCharsets.UTF_8))
                .doesNotContain("a:b");
    }
}
