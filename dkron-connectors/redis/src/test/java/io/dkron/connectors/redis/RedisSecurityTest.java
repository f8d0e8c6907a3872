package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Health;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreRequest.Tls;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisSecurityTest {
    private static RedisServer secured;
    private static RedisServer users;

    @BeforeAll
    static void start() throws Exception {
        secured = new RedisServer("redis-tls", true);
        secured.arguments("--port", "0", "--tls-port", "" + secured.port(), "--tls-auth-clients", "yes");
        secured.arguments("--tls-ca-cert-file", file("ca.pem"), "--tls-cert-file", file("node.pem"));
        secured.arguments("--tls-key-file", file("node.key"));
        secured.start();
        users = new RedisServer("redis-users", true);
        users.arguments("--user", "default", "off");
        users.arguments("--user", "dkron", "on", ">right-secret", "~/dkron/*", "~dkron/*", "~_dkron:dkron:*");
        users.arguments("+@all", "-@dangerous", "+info", "+role");
        users.arguments("--user", "reader", "on", ">right-secret", "~*", "+@read", "+@connection", "+@scripting");
        users.arguments("+info", "+role");
        users.start();
    }

    @AfterAll
    static void end() {
        secured.close();
        users.close();
    }

    @Test
    void itSpeaksTlsWithACertificateOfItsOwn() throws Exception {
        Tls tls = new Tls(true, file("ca.pem"), file("node.pem"), file("node.key"));
        try (RedisStore store = RedisStore.open(request(secured.machine(), "", "", tls))) {
            assertThat(store.commit(put())).isInstanceOf(CommitResult.Committed.class);
            assertThat(store.get("dkron/jobs/a")).isPresent();
            assertThat(store.health()).isEqualTo(Health.UP);
        }
        try (RedisStore store = RedisStore.open(request(
                "rediss://" + secured.machine(),
                "",
                "",
                new Tls(false, file("ca.pem"), file("node.pem"), file("node.key"))))) {
            assertThat(store.get("dkron/jobs/a")).isPresent();
        }
    }

    @Test
    void aServerThatTheCaDoesNotKnowIsNotTrusted() throws Exception {
        Tls tls = new Tls(true, file("other-ca.pem"), file("node.pem"), file("node.key"));
        try (RedisStore store = RedisStore.open(request(secured.machine(), "", "", tls))) {
            assertThatThrownBy(() -> store.get("dkron/jobs/a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(secured.machine())
                    .hasMessageContaining("certif");
        }
    }

    @Test
    void aCertificateIsAskedFor() throws Exception {
        Tls tls = new Tls(true, file("ca.pem"), "", "");
        try (RedisStore store = RedisStore.open(request(secured.machine(), "", "", tls))) {
            assertThat(store.commit(put())).isInstanceOf(CommitResult.Failed.class);
        }
    }

    @Test
    void aTlsFileThatIsMissingIsNamed() {
        assertThatThrownBy(
                        () -> RedisStore.open(request(secured.machine(), "", "", new Tls(true, "/none.pem", "", ""))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("/none.pem");
    }

    /** The rights that docs/stores/redis.md tells; without config, health says what nobody could check. */
    @Test
    void aUserWithFewRightsIsEnough() {
        try (RedisStore store = RedisStore.open(request(users.machine(), "dkron", "right-secret", Tls.OFF))) {
            assertThat(store.commit(put())).isInstanceOf(CommitResult.Committed.class);
            assertThat(store.list("dkron/", "", 10).entries()).hasSize(1);
            assertThat(store.health().up()).isTrue();
            assertThat(store.health().detail()).contains("cannot be read", "+config|get");
        }
    }

    /** A batch of which only a part may be written would not be all or nothing: it is said before. */
    @Test
    void aUserWhoMayNotWriteIsToldSo() {
        try (RedisStore store = RedisStore.open(request(users.machine(), "reader", "right-secret", Tls.OFF))) {
            assertThat(store.commit(put()))
                    .isInstanceOfSatisfying(
                            CommitResult.Failed.class,
                            failed -> assertThat(failed.reason()).contains("this user may not"));
        }
    }

    private static Batch put() {
        return new Batch().put("dkron/jobs/a", "x".getBytes(UTF_8));
    }

    private static StoreRequest request(String machine, String user, String password, Tls tls) {
        return new StoreRequest(
                "redis", List.of(machine), "dkron", user, password, tls, "", "", "", true, Duration.ofSeconds(15));
    }

    static String file(String name) throws URISyntaxException {
        return Path.of(RedisSecurityTest.class.getResource("/tls/" + name).toURI())
                .toString();
    }
}
