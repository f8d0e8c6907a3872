package io.dkron.ejb.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.dkron.agent.pem.Pem;
import io.dkron.core.config.Settings;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Json;
import io.dkron.core.notification.Notice;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.TestCa;
import io.dkron.ejb.metrics.ServerMetrics;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifierTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final String OUTPUT = "said \"no\"\nand left é\n";

    private final MemoryStore store = new MemoryStore();
    private final Layout layout = Layout.json("dkron");
    private final BlockingQueue<Event.Notified> told = new LinkedBlockingQueue<>();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(1);
    private final ServerMetrics metrics = new ServerMetrics();
    private final List<Notifier> notifiers = new ArrayList<>();
    private Receiver receiver;
    private int keys;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        notifiers.forEach(Notifier::stop);
        receiver.close();
        workers.shutdownNow();
        later.shutdownNow();
    }

    private Notifier notifier(Duration limit, String... settings) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put("dkron." + settings[i], settings[i + 1]);
        }
        Notifier notifier = new Notifier(
                new Notifier.Parts(
                        Settings.from(name -> Optional.ofNullable(values.get(name)))
                                .orThrow(),
                        "s1",
                        layout.executions(store),
                        Thread::new,
                        workers,
                        later,
                        metrics,
                        event -> told.add((Event.Notified) event.apply(START))),
                limit);
        notifiers.add(notifier);
        return notifier;
    }

    private Notifier notifier(String... settings) {
        return notifier(Duration.ofSeconds(10), settings);
    }

    private Effect.Notify notice(Channel channel, Moment moment, String recipient) {
        ExecutionState state = moment == Moment.START ? ExecutionState.RUNNING : ExecutionState.FAILED;
        Execution execution = new Execution(
                new ExecutionId(7, "a1"),
                new JobName("nächtlich"),
                new RunKey("uid", "cause", "a1", 1),
                7,
                Trigger.MANUAL,
                Optional.empty(),
                Optional.empty(),
                state,
                START,
                Optional.of(START.plusSeconds(2)).filter(end -> state.ended()),
                "j1",
                false,
                OutputTail.whole(OUTPUT.getBytes(StandardCharsets.UTF_8)));
        Batch batch = new Batch();
        layout.executions(store).put(batch, execution);
        assertThat(store.commit(batch)).isNotNull();
        return new Effect.Notify(
                "k" + ++keys,
                new Notice(channel, moment, Notice.about(execution, List.of(execution)), recipient, 0, START, false));
    }

    /** Tells, and waits for what the engine hears: nothing, or why it was not delivered. */
    private String tell(Notifier notifier, Effect.Notify effect) throws InterruptedException {
        notifier.tell(effect);
        Event.Notified answer = told.poll(20, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        assertThat(answer.key()).isEqualTo(effect.key());
        return answer.error().orElse("");
    }

    @Test
    void c146AWebhookGetsTheRenderedBodyItsHeadersAndAKeyThatStaysTheSame() throws Exception {
        Notifier notifier = notifier(
                "webhook-endpoint", "http://me:secret@" + receiver.address() + "/hook?x=1",
                "webhook-payload", "{{.JobName}} {{.Success}} {{.NodeName}} {{.Output}}",
                "webhook-headers", "X-Token: a:b,Host: example.org");
        assertThat(tell(notifier, notice(Channel.WEBHOOK, Moment.END, ""))).isEmpty();
        assertThat(tell(notifier, notice(Channel.WEBHOOK, Moment.END, ""))).isEmpty();
        Receiver.Got got = receiver.got.get(0);
        assertThat(got.method()).isEqualTo("POST");
        assertThat(got.uri()).isEqualTo("/hook?x=1");
        assertThat(got.body()).isEqualTo("nächtlich false a1 " + OUTPUT);
        assertThat(got.header("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(got.header("X-Token")).contains("a:b");
        assertThat(got.header("Host")).contains("example.org");
        assertThat(got.header("Authorization")).contains("Basic bWU6c2VjcmV0");
        assertThat(got.header("Idempotency-Key")).contains("n%C3%A4chtlich/7-a1-end");
        assertThat(receiver.got.get(1).header("Idempotency-Key")).isEqualTo(got.header("Idempotency-Key"));
        assertThat(metrics.text()).contains("dkron_notifications_total{channel=\"webhook\",outcome=\"delivered\"} 2\n");
    }

    @Test
    void f67ABodyOfJsonStaysJsonAndSaysSo() throws Exception {
        Notifier notifier = notifier(
                "webhook-url",
                "http://" + receiver.address() + "/",
                "webhook-payload",
                "{\"text\": \"{{.Output}}\", \"report\": {{json .Report}}, \"ok\": {{.Success}}}");
        assertThat(tell(notifier, notice(Channel.WEBHOOK, Moment.END, ""))).isEmpty();
        Receiver.Got got = receiver.got.get(0);
        assertThat(got.header("Content-Type")).contains("application/json");
        Map<String, Object> body = Json.readObject(got.body().getBytes(StandardCharsets.UTF_8));
        assertThat(body).containsEntry("text", OUTPUT).containsEntry("ok", false);
        assertThat(body.get("report").toString()).startsWith("Executed: nächtlich\nReporting node: s1\n");
    }

    @Test
    void aPreWebhookIsToldOfTheStartWithoutAnEnd() throws Exception {
        Notifier notifier = notifier(
                "pre-webhook-endpoint", "http://" + receiver.address() + "/pre",
                "pre-webhook-payload", "{{.JobName}} {{.StartTime.Unix}} {{.FinishedAt}}{{.Output}}",
                "pre-webhook-headers", "Content-Type: application/x-mine");
        assertThat(tell(notifier, notice(Channel.PRE_WEBHOOK, Moment.START, "")))
                .isEmpty();
        assertThat(receiver.got.get(0).body()).isEqualTo("nächtlich 1772359200 0001-01-01 00:00:00 +0000 UTC");
        assertThat(receiver.got.get(0).header("Content-Type")).contains("application/x-mine");
    }

    @Test
    void cronitorIsToldOfStartAndEnd() throws Exception {
        Notifier notifier = notifier("cronitor-endpoint", "http://" + receiver.address() + "/p/key/");
        assertThat(tell(notifier, notice(Channel.CRONITOR, Moment.START, ""))).isEmpty();
        assertThat(tell(notifier, notice(Channel.CRONITOR, Moment.END, ""))).isEmpty();
        assertThat(receiver.got.stream().map(g -> g.method() + " " + g.uri()))
                .containsExactly(
                        "GET /p/key/n%C3%A4chtlich?host=a1&message=Job+run+by+Dkron&series=7-a1&state=run",
                        "GET /p/key/n%C3%A4chtlich?host=a1&message=Job+complete+by+Dkron&series=7-a1&state=fail");
    }

    @Test
    void whyAWebhookFailedIsSaidWithoutSecrets() throws Exception {
        String closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = "127.0.0.1:" + socket.getLocalPort();
        }
        String[] payload = {"webhook-payload", "{{.JobName}}", "webhook-headers", "X-Token: hidden"};
        receiver.status = 503;
        assertThat(tell(
                        notifier(with(payload, "http://me:hidden@" + receiver.address() + "/hidden")),
                        notice(Channel.WEBHOOK, Moment.END, "")))
                .isEqualTo("HTTP 503");
        receiver.status = 302;
        assertThat(tell(
                        notifier(with(payload, "http://" + receiver.address() + "/hidden")),
                        notice(Channel.WEBHOOK, Moment.END, "")))
                .isEqualTo("HTTP 302");
        assertThat(tell(
                        notifier(with(payload, "http://me:hidden@" + closed + "/hidden")),
                        notice(Channel.WEBHOOK, Moment.END, "")))
                .isEqualTo("connection to " + closed + " refused");
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            workers.execute(() -> answerWithoutTls(plain));
            String place = "127.0.0.1:" + plain.getLocalPort();
            assertThat(tell(
                            notifier(with(payload, "https://" + place + "/hidden")),
                            notice(Channel.WEBHOOK, Moment.END, "")))
                    .startsWith("no TLS with " + place)
                    .doesNotContain("hidden");
        }
        assertThat(tell(notifier(), notice(Channel.WEBHOOK, Moment.END, "")))
                .isEqualTo("channel webhook is not set up on node s1");
        assertThat(metrics.text()).contains("dkron_notifications_total{channel=\"webhook\",outcome=\"retried\"} 5\n");
    }

    private static void answerWithoutTls(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 no TLS here\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
            while (client.getInputStream().read() >= 0) {
                // until the other side has understood
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String[] with(String[] settings, String endpoint) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("webhook-endpoint", endpoint));
        return all.toArray(String[]::new);
    }

    @Test
    void f65AReceiverThatHangsIsGivenUpInTimeAndHoldsUpNoOtherChannel() throws Exception {
        receiver.hangs = true;
        try (Receiver other = new Receiver()) {
            Notifier notifier = notifier(
                    Duration.ofMillis(700),
                    "webhook-endpoint",
                    "http://" + receiver.address() + "/",
                    "webhook-payload",
                    "x",
                    "cronitor-endpoint",
                    "http://" + other.address() + "/");
            for (int i = 0; i < 9; i++) {
                notifier.tell(notice(Channel.WEBHOOK, Moment.END, ""));
            }
            await().atMost(10, TimeUnit.SECONDS).until(() -> receiver.present.get() >= 4);
            Effect.Notify cronitor = notice(Channel.CRONITOR, Moment.END, "");
            notifier.tell(cronitor);
            await().atMost(10, TimeUnit.SECONDS).until(() -> other.got.size() == 1);
            for (int i = 0; i < 10; i++) {
                Event.Notified answer = told.poll(20, TimeUnit.SECONDS);
                assertThat(answer).isNotNull();
                assertThat(answer.error().orElse(""))
                        .isEqualTo(answer.key().equals(cronitor.key()) ? "" : "no answer within 0.7s");
            }
        }
    }

    @Test
    void whatIsBeingToldIsNotToldBesideThat() throws Exception {
        receiver.hangs = true;
        Notifier notifier = notifier("webhook-endpoint", "http://" + receiver.address() + "/", "webhook-payload", "x");
        Effect.Notify effect = notice(Channel.WEBHOOK, Moment.END, "");
        notifier.tell(effect);
        await().atMost(10, TimeUnit.SECONDS).until(() -> receiver.got.size() == 1);
        notifier.tell(effect);
        receiver.hangs = false;
        receiver.close();
        assertThat(told.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(told).isEmpty();
        assertThat(receiver.got).hasSize(1);
    }

    private static GreenMail mailServer(String host) {
        ServerSetup setup = new ServerSetup(0, host, ServerSetup.PROTOCOL_SMTP);
        GreenMail mail = new GreenMail(setup);
        mail.start();
        return mail;
    }

    private Notifier mailing(GreenMail mail, String host, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of(
                "mail-host", host, "mail-port", Integer.toString(mail.getSmtp().getPort())));
        return notifier(all.toArray(String[]::new));
    }

    @Test
    void c145AMailGoesToEveryAddressWithSubjectAndOutput() throws Exception {
        GreenMail mail = mailServer("127.0.0.1");
        try {
            Notifier notifier = mailing(mail, "127.0.0.1", "mail-from", "Dkron <dkron@example.org>");
            assertThat(tell(notifier, notice(Channel.MAIL, Moment.END, "a@example.org, B <b@example.org>")))
                    .isEmpty();
            MimeMessage[] got = mail.getReceivedMessages();
            assertThat(got).hasSize(2);
            assertThat(got[0].getSubject()).isEqualTo("[Dkron]Failed nächtlich execution report");
            assertThat(got[0].getFrom()[0].toString()).isEqualTo("Dkron <dkron@example.org>");
            assertThat(got[0].getContent().toString().replace("\r\n", "\n").stripTrailing())
                    .isEqualTo(OUTPUT.stripTrailing());
            assertThat(got[0].getContentType()).containsIgnoringCase("text/plain; charset=utf-8");
            assertThat(got[0].getMessageID()).isEqualTo("<n=C3=A4chtlich=7-a1-end@dkron>");
        } finally {
            mail.stop();
        }
    }

    @Test
    void aMailHasTheWantedPrefixAndBodyAndSignsInHere() throws Exception {
        GreenMail mail = mailServer("127.0.0.1");
        try {
            mail.setUser("me@example.org", "me", "pass");
            Notifier notifier = mailing(
                    mail,
                    "127.0.0.1",
                    "mail-username",
                    "me",
                    "mail-password",
                    "pass",
                    "mail-subject-prefix",
                    "[Night] ",
                    "mail-payload",
                    "Job {{.JobName}} on {{.NodeName}}");
            assertThat(tell(notifier, notice(Channel.MAIL, Moment.END, "me@example.org")))
                    .isEmpty();
            MimeMessage got = mail.getReceivedMessages()[0];
            assertThat(got.getSubject()).isEqualTo("[Night] Failed nächtlich execution report");
            assertThat(GreenMailUtil.getBody(got)).contains("Job n").contains("on a1");
        } finally {
            mail.stop();
        }
    }

    @Test
    void noPasswordGoesOverAnOpenConnectionToAnotherMachine() throws Exception {
        GreenMail mail = mailServer("127.0.0.2"); // the name is what counts, as in Dkron
        try {
            Notifier notifier = mailing(mail, "127.0.0.2", "mail-username", "me", "mail-password", "hidden");
            assertThat(tell(notifier, notice(Channel.MAIL, Moment.END, "me@example.org")))
                    .contains("STARTTLS")
                    .doesNotContain("hidden");
            assertThat(mail.getReceivedMessages()).isEmpty();
        } finally {
            mail.stop();
        }
    }

    @Test
    void whereTlsIsOfferedAMailAndItsPasswordGoThroughIt(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa(folder, "mail");
        try (StartTlsServer mail = mailServer(ca);
                Trusting trusted = new Trusting(ca)) {
            for (String host : List.of("127.0.0.1", "localhost")) {
                assertThat(tell(mailing(mail, host), notice(Channel.MAIL, Moment.END, "me@example.org")))
                        .as(host + ", " + trusted)
                        .isEmpty();
            }
            assertThat(mail.open).hasSize(4).allMatch(line -> line.startsWith("EHLO") || line.equals("STARTTLS"));
            assertThat(mail.secured)
                    .contains("MAIL FROM:<dkron@localhost>", "RCPT TO:<me@example.org>", "and left =C3=A9")
                    .filteredOn(line -> line.startsWith("AUTH PLAIN"))
                    .hasSize(2);
        }
    }

    @Test
    void aMailServerWithACertificateThatIsNotTrustedGetsNeitherMailNorPassword(@TempDir Path folder) throws Exception {
        TestCa ca = new TestCa(folder, "mail");
        try (StartTlsServer mail = mailServer(ca)) {
            assertThat(tell(mailing(mail, "127.0.0.1"), notice(Channel.MAIL, Moment.END, "me@example.org")))
                    .contains("TLS")
                    .contains("unable to find valid certification path")
                    .doesNotContain("hidden");
            try (Trusting trusted = new Trusting(ca)) { // the certificate is for another address
                assertThat(tell(mailing(mail, "127.0.0.2"), notice(Channel.MAIL, Moment.END, "me@example.org")))
                        .as("%s", trusted)
                        .contains("127.0.0.2")
                        .doesNotContain("hidden");
            }
            assertThat(mail.secured).isEmpty();
            assertThat(mail.open).hasSize(4).allMatch(line -> line.startsWith("EHLO") || line.equals("STARTTLS"));
        }
    }

    private static StartTlsServer mailServer(TestCa ca) throws IOException, GeneralSecurityException {
        TestCa.Issued server = ca.issue("server");
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {Pem.identity(server.certificate(), server.key())}, null, null);
        return new StartTlsServer(context);
    }

    private Notifier mailing(StartTlsServer mail, String host) {
        return notifier(
                "mail-host",
                host,
                "mail-port",
                Integer.toString(mail.port()),
                "mail-username",
                "me",
                "mail-password",
                "hidden");
    }

    /** As long as it is open this JVM believes an authority, as one does that was given a trust store. */
    private static final class Trusting implements AutoCloseable {
        private final SSLContext before = SSLContext.getDefault();
        private final TestCa ca;

        Trusting(TestCa ca) throws IOException, GeneralSecurityException {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {Pem.trust(ca.certificate())}, null);
            SSLContext.setDefault(context);
            this.ca = ca;
        }

        @Override
        public String toString() {
            return "trusting " + ca.certificate();
        }

        @Override
        public void close() {
            SSLContext.setDefault(before);
        }
    }

    @Test
    void whyAMailFailedIsSaid() throws Exception {
        GreenMail mail = mailServer("127.0.0.1");
        Notifier notifier = mailing(mail, "127.0.0.1");
        try {
            assertThat(tell(notifier, notice(Channel.MAIL, Moment.END, "not an address")))
                    .startsWith("no mail address: not an address");
        } finally {
            mail.stop();
        }
        assertThat(tell(notifier, notice(Channel.MAIL, Moment.END, "me@example.org")))
                .contains("connect to host, port: 127.0.0.1");
    }

    @Test
    void f65AMailServerThatIsSilentIsGivenUpInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            Notifier notifier = notifier(
                    Duration.ofMillis(700),
                    "mail-host",
                    "127.0.0.1",
                    "mail-port",
                    Integer.toString(silent.getLocalPort()));
            assertThat(tell(notifier, notice(Channel.MAIL, Moment.END, "me@example.org")))
                    .isNotEmpty();
        }
    }
}
