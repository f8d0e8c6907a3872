package io.dkron.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with certificates of an authority of the test's own. */
class PostgresTlsTest {
    @TempDir
    static Path folder;

    private static PostgresServer server;

    private static TestCa authority;
    private static TestCa.Issued client;

    @BeforeAll
    static void startServer() throws Exception {
        authority = new TestCa(folder, "ours");
        TestCa.Issued issued = authority.issue("server");
        client = authority.issue("certified");
        server = PostgresServer.create();
        server.write("ca.crt", Files.readString(authority.certificate()));
        server.write("server.crt", Files.readString(issued.certificate()));
        server.write("server.key", Files.readString(issued.key()));
        server.write(
                "pg_hba.conf",
                "hostssl all certified all cert\nhostssl all secured all trust\nhost all dkron all trust\n");
        server.with(
                "listen_addresses=127.0.0.1,127.0.0.2",
                "ssl=on",
                "ssl_ca_file=ca.crt",
                "ssl_cert_file=server.crt",
                "ssl_key_file=server.key");
        server.start();
        for (String role : List.of("secured", "certified")) {
            server.execute("create role " + role + " login");
            server.execute("grant all on schema public to " + role);
        }
        server.execute("create role tables");
        server.execute("grant tables to secured, certified");
        server.execute("alter role secured set role tables");
        server.execute("alter role certified set role tables");
        server.execute("grant all on schema public to tables");
    }

    @AfterAll
    static void endServer() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aServerOfATrustedAuthorityIsUsed() throws Exception {
        try (StoreClient store = open("secured", trusting(authority))) {
            assertThat(store.commit(new Batch().put("a", new byte[] {1}))).isInstanceOf(CommitResult.Committed.class);
            assertThat(store.get("a")).isPresent();
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNot() {
        assertThatThrownBy(() -> open("secured", trusting(new TestCa(folder, "other"))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(server.machine())
                .hasMessageContaining("trusted-ca-file");
        assertThatThrownBy(() -> open("secured", new StoreRequest.Tls(true, "", "", "")))
                .as("by the platform's authorities")
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("trusted-ca-file");
    }

    @Test
    void aServerOfAnotherNameIsNot() {
        StoreRequest request = request(List.of("127.0.0.2:" + server.port()), "secured", trusting(authority));
        assertThatThrownBy(() -> new PostgresConnector().open(request))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("127.0.0.2 could not be verified");
    }

    @Test
    void withoutTlsAServerThatAsksForItSaysSo() {
        assertThatThrownBy(() -> open("secured", StoreRequest.Tls.OFF))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("backend-tls");
    }

    @Test
    void aClientCertificateOpensWhatAsksForOne() throws Exception {
        assertThatThrownBy(() -> open("certified", trusting(authority))).isInstanceOf(StoreException.class);
        try (StoreClient store = open("certified", certified(client.key().toString()))) {
            assertThat(store.health().up()).isTrue();
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamedWithTheirSetting() throws Exception {
        assertThatThrownBy(() -> open("secured", new StoreRequest.Tls(true, "none.crt", "", "")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("trusted-ca-file")
                .hasMessageContaining("none.crt");
        assertThatThrownBy(() -> open("certified", certified("")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("key-file");
        Path old = Files.writeString(folder.resolve("old.key"), "-----BEGIN RSA PRIVATE KEY-----");
        assertThatThrownBy(() -> open("certified", certified(old.toString())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("PKCS #8");
    }

    private static StoreClient open(String user, StoreRequest.Tls tls) {
        return new PostgresConnector().open(request(List.of(server.machine()), user, tls));
    }

    private static StoreRequest request(List<String> machines, String user, StoreRequest.Tls tls) {
        return new StoreRequest("postgres", machines, "dkron", user, "", tls, "", "", "", true, Duration.ofSeconds(10));
    }

    private static StoreRequest.Tls trusting(TestCa ca) {
        return new StoreRequest.Tls(true, ca.certificate().toString(), "", "");
    }

    private static StoreRequest.Tls certified(String key) {
        return new StoreRequest.Tls(
                true, authority.certificate().toString(), client.certificate().toString(), key);
    }
}
