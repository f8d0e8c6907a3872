package io.dkron.connectors.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Health;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdSecurityTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private static StoreClient open(StoreRequest request) {
        return new EtcdConnector().open(request);
    }

    @Test
    void tlsWithACertificateOfOnesOwnWorksAndNothingElse() {
        TestCa ca = new TestCa(folder, "ours");
        TestCa other = new TestCa(folder, "other");
        TestCa.Issued server = ca.issue("server");
        TestCa.Issued client = ca.issue("client");
        try (EtcdServer etcd = new EtcdServer(
                "--cert-file",
                server.certificate().toString(),
                "--key-file",
                server.key().toString(),
                "--trusted-ca-file",
                ca.certificate().toString(),
                "--client-cert-auth")) {
            etcd.start();
            for (String machine : List.of(etcd.machine(), "https://localhost:" + etcd.port())) {
                try (StoreClient store = open(tls(machine, ca.certificate(), client))) {
                    assertThat(store.commit(new Batch().put("a", "one".getBytes(UTF_8))))
                            .isInstanceOf(CommitResult.Committed.class);
                    assertThat(store.get("a").orElseThrow().value()).isEqualTo("one".getBytes(UTF_8));
                    assertThat(store.health()).isEqualTo(Health.UP);
                }
            }
            assertRefused(tls(etcd.machine(), other.certificate(), client), "certif");
            assertRefused(tls(etcd.machine(), ca.certificate(), other.issue("stranger")), "etcd 127.0.0.1:");
            assertRefused(EtcdServer.request(List.of(etcd.machine()), "dkron", TIMEOUT), "etcd 127.0.0.1:");
        }
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
                "etcd",
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
        Path missing = folder.resolve("missing.pem");
        Path text = Files.writeString(folder.resolve("text.pem"), "no certificate");
        for (Path file : List.of(missing, text)) {
            StoreRequest request = new StoreRequest(
                    "etcd",
                    List.of("127.0.0.1:1"),
                    "dkron",
                    "",
                    "",
                    new StoreRequest.Tls(true, file.toString(), "", ""),
                    "",
                    "",
                    "",
                    true,
                    TIMEOUT);
            assertThatThrownBy(() -> open(request))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void aUserWithoutAPasswordIsRefused() {
        StoreRequest request = new StoreRequest(
                "etcd", List.of(), "dkron", "root", "", StoreRequest.Tls.OFF, "", "", "", true, TIMEOUT);
        assertThatThrownBy(() -> open(request))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("backend-password");
    }

    /** A restart makes etcd forget its tokens; so does the end of their time. */
    @Test
    void aTokenThatEndedIsRenewedWithoutAFailedCall() throws Exception {
        try (EtcdServer server = new EtcdServer()) {
            server.start();
            StoreRequest request = Users.request(server, "dkron", TIMEOUT, "root", "secret");
            try (StoreClient early = open(request);
                    StoreClient nobody = open(EtcdServer.request(List.of(server.machine()), "dkron", TIMEOUT))) {
                assertThat(early.get("a")).as("as long as etcd asks for nobody").isEmpty();
                Users.require(server, "root", "secret");
                assertThat(early.commit(new Batch().put("a", "one".getBytes(UTF_8))))
                        .isInstanceOf(CommitResult.Committed.class);
                assertThatThrownBy(() -> nobody.get("a"))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("backend-username");
                server.kill();
                server.start();
                assertThat(early.commit(new Batch().put("a", "two".getBytes(UTF_8))))
                        .as("with a token of before")
                        .isInstanceOf(CommitResult.Committed.class);
                assertThat(early.get("a").orElseThrow().value()).isEqualTo("two".getBytes(UTF_8));
            }
        }
    }

    @Test
    void aUserWithoutARoleIsToldSo() throws Exception {
        try (EtcdServer server = new EtcdServer()) {
            server.start();
            server.call("POST", "/v3/auth/user/add", "{\"name\": \"dkron\", \"password\": \"secret\"}");
            Users.require(server, "root", "root's");
            try (StoreClient store = open(Users.request(server, "dkron", TIMEOUT, "dkron", "secret"))) {
                assertThat(store.commit(new Batch().put("dkron/a", new byte[0])))
                        .isInstanceOfSatisfying(
                                CommitResult.Failed.class,
                                failed -> assertThat(failed.reason()).contains("grant it a role"));
                assertThat(store.health().detail()).contains("grant it a role");
            }
        }
    }
}
