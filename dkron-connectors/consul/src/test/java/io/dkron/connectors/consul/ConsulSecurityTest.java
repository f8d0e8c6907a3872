package io.dkron.connectors.consul;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Health;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.TestCa;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsulSecurityTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private static StoreClient open(StoreRequest request) {
        return new ConsulConnector(name -> Optional.empty()).open(request);
    }

    @Test
    void tlsWithACertificateOfOnesOwnWorksAndNothingElse() {
        TestCa ca = new TestCa(folder, "ours");
        TestCa other = new TestCa(folder, "other");
        TestCa.Issued client = ca.issue("client");
        try (ConsulServer consul = ConsulServer.secured(ca, ca.issue("server"))) {
            consul.start();
            for (String machine : List.of(consul.machine(), "https://localhost:" + consul.port())) {
                try (StoreClient store = open(tls(machine, ca.certificate(), client))) {
                    awaitLeader(store);
                    assertThat(store.commit(new Batch().put("a", "one".getBytes(UTF_8))))
                            .isInstanceOf(CommitResult.Committed.class);
                    assertThat(store.get("a").orElseThrow().value()).isEqualTo("one".getBytes(UTF_8));
                    assertThat(store.health()).isEqualTo(Health.UP);
                }
            }
            assertRefused(tls(consul.machine(), other.certificate(), client), "SSLHandshakeException");
            assertRefused(tls(consul.machine(), ca.certificate(), other.issue("stranger")), "consul 127.0.0.1:");
            assertRefused(ConsulServer.request(List.of(consul.machine()), "dkron", "", TIMEOUT), "consul 127.0.0.1:");
        }
    }

    private static void awaitLeader(StoreClient store) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!store.health().up() && System.nanoTime() < giveUp) {
            Thread.onSpinWait(); // health itself waits for Consul
        }
        assertThat(store.health()).isEqualTo(Health.UP);
    }

    private static void assertRefused(StoreRequest request, String said) {
        try (StoreClient store = open(request)) {
            assertThatThrownBy(() -> store.get("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(said);
            assertThat(store.commit(new Batch().put("b", new byte[0])))
                    .isNotInstanceOfAny(CommitResult.Committed.class, CommitResult.Refused.class);
        }
    }

    private static StoreRequest tls(String machine, Path ca, TestCa.Issued client) {
        return new StoreRequest(
                "consul",
                List.of(machine),
                "dkron",
                "",
                "",
                new StoreRequest.Tls(
                        true,
                        ca.toString(),
                        client.certificate().toString(),
                        client.key().toString()),
                "",
                "",
                "",
                true,
                TIMEOUT);
    }

    @Test
    void filesThatCannotBeUsedAreNamedBeforeAnythingIsSent() throws Exception {
        Path text = Files.writeString(folder.resolve("text.pem"), "no certificate");
        for (Path file : List.of(folder.resolve("missing.pem"), text)) {
            assertThatThrownBy(() -> open(tls("127.0.0.1:1", file, new TestCa.Issued(file, file))))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    /** Consul hides what a token may not see: that must never look like an empty store. */
    @Test
    void aTokenThatMayNotReadIsRefusedAndNotShownAnEmptyStore() throws Exception {
        try (ConsulServer consul = ConsulServer.guarded()) {
            consul.start();
            consul.call("PUT", "/v1/kv/dkron/jobs/a", "{}");
            consul.call(
                    "PUT",
                    "/v1/acl/policy",
                    "{\"Name\": \"reader\", \"Rules\": \"key_prefix \\\"dkron\\\" { policy = \\\"read\\\" }\"}");
            String reader = token(consul, "reader");
            assertDenied(ConsulServer.request(List.of(consul.machine()), "dkron", "", TIMEOUT));
            try (StoreClient store = open(ConsulServer.request(List.of(consul.machine()), "dkron", reader, TIMEOUT))) {
                assertThat(store.list("dkron/jobs/", "", 10).entries()).hasSize(1);
                assertThat(store.commit(new Batch().put("dkron/jobs/b", new byte[0])))
                        .isInstanceOfSatisfying(
                                CommitResult.Failed.class,
                                failed -> assertThat(failed.reason()).contains("token"));
            }
            Map<String, String> environment = Map.of("CONSUL_HTTP_TOKEN", ConsulServer.MASTER_TOKEN);
            try (StoreClient store = new ConsulConnector(name -> Optional.ofNullable(environment.get(name)))
                    .open(ConsulServer.request(List.of(consul.machine()), "dkron", "", TIMEOUT))) {
                assertThat(store.commit(new Batch().put("dkron/jobs/b", new byte[0])))
                        .isInstanceOf(CommitResult.Committed.class);
                assertThat(store.list("dkron/jobs/", "", 10).entries()).hasSize(2);
            }
        }
    }

    private static void assertDenied(StoreRequest request) {
        try (StoreClient store = open(request)) {
            assertThatThrownBy(() -> store.list("dkron/jobs/", "", 10))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("token");
            assertThatThrownBy(() -> store.get("dkron/jobs/none"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("token");
            assertThat(store.commit(new Batch().put("dkron/jobs/b", new byte[0])))
                    .isInstanceOf(CommitResult.Failed.class);
            assertThat(store.health().detail()).contains("token");
        }
    }

    private static String token(ConsulServer consul, String policy) throws Exception {
        String answer = consul.call("PUT", "/v1/acl/token", "{\"Policies\": [{\"Name\": \"" + policy + "\"}]}");
        return answer.replaceAll("(?s).*\"SecretID\": *\"([^\"]+)\".*", "$1");
    }

    /** Something else at that address answers 404 too. */
    @Test
    void aServerThatIsNoConsulIsNotTakenForAnEmptyStore() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        other.start();
        try (StoreClient store = open(
                ConsulServer.request(List.of("127.0.0.1:" + other.getAddress().getPort()), "dkron", "", TIMEOUT))) {
            assertThatThrownBy(() -> store.list("dkron/jobs/", "", 10))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("answers as no Consul does");
            assertThat(store.health().up()).isFalse();
        } finally {
            other.stop(0);
        }
    }

    @Test
    void aTokenThatIsNoneIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> open(ConsulServer.request(List.of(), "dkron", "two words", TIMEOUT)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("backend-password")
                .hasMessageNotContaining("two words");
    }
}
