package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisDurabilityTest {
    @TempDir
    Path backup;

    /** P14: versions of the lost time are not used again, so that nothing passes for what it was. */
    @Test
    void P14dataThatWentBackInTimeShowTheirOldVersions() throws Exception {
        try (RedisServer server = RedisServer.plain()) {
            server.start();
            try (RedisStore store = open(server, "dkron")) {
                long first = committed(store, new Batch().put("dkron/_dkron/leader", bytes("seq 1")));
                server.kill();
                copy(server.data(), backup);
                server.start();
                awaitService(store);
                long lost = committed(
                        store, new Batch().expect("dkron/_dkron/leader", first).put("dkron/_dkron/leader", bytes("2")));
                server.kill();
                copy(backup, server.data());
                server.start();
                awaitService(store);
                Entry shown = store.get("dkron/_dkron/leader").orElseThrow();
                assertThat(shown.version()).isEqualTo(first);
                assertThat(shown.value()).isEqualTo(bytes("seq 1"));
                assertThat(store.list("dkron/_dkron/", "", 10).entries())
                        .singleElement()
                        .extracting(Entry::version)
                        .isEqualTo(first);
                assertThat(store.commit(new Batch().expect("dkron/_dkron/leader", lost)))
                        .isEqualTo(new CommitResult.Refused("dkron/_dkron/leader", first));
                assertThat(committed(store, new Batch().put("dkron/_dkron/leader", bytes("again"))))
                        .isGreaterThan(lost);
            }
        }
    }

    @Test
    void settingsThatLoseCommitsAreSaidInHealth() {
        try (RedisServer server = RedisServer.plain(
                "--appendfsync", "everysec", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")) {
            server.start();
            try (RedisStore store = open(server, "dkron")) {
                Health health = store.health();
                assertThat(health.up()).isTrue();
                assertThat(health.detail()).contains(server.machine(), "appendfsync everysec", "allkeys-lru");
            }
        }
    }

    @Test
    void aFullServerRefusesWithoutWritingAnything() {
        try (RedisServer server = RedisServer.plain("--maxmemory-policy", "noeviction")) {
            server.start();
            try (RedisStore store = open(server, "dkron")) {
                committed(store, new Batch().put("dkron/jobs/a", bytes("one")));
                Raw.with(server.machine(), redis -> redis.configSet("maxmemory", "1mb"));
                assertThat(store.commit(
                                new Batch().put("dkron/jobs/a", bytes("two")).put("dkron/jobs/b", bytes("two"))))
                        .isInstanceOfSatisfying(
                                CommitResult.Failed.class,
                                failed -> assertThat(failed.reason()).contains("OOM", "maxmemory"));
                assertThat(store.get("dkron/jobs/a").orElseThrow().value()).isEqualTo(bytes("one"));
                assertThat(store.list("dkron/jobs/", "", 10).entries()).hasSize(1);
                Raw.with(server.machine(), redis -> redis.configSet("maxmemory", "0"));
                committed(store, new Batch().put("dkron/jobs/b", bytes("two")));
            }
        }
    }

    @Test
    void scriptsThatAServerForgotAreSentAgain() {
        try (RedisServer server = RedisServer.plain()) {
            server.start();
            try (RedisStore store = open(server, "dkron")) {
                committed(store, new Batch().put("dkron/jobs/a", bytes("one")));
                Raw.with(server.machine(), redis -> redis.scriptFlush());
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> store.commit(new Batch().put("dkron/jobs/a", bytes("two")))
                                instanceof CommitResult.Committed);
            }
        }
    }

    @Test
    void keyspacesOfOneDatabaseAreApart() {
        try (RedisServer server = RedisServer.plain()) {
            server.start();
            try (RedisStore one = open(server, "dkron");
                    RedisStore two = open(server, "dkron*?[x]")) {
                committed(one, new Batch().put("dkron/jobs/a", bytes("one")));
                committed(two, new Batch().put("dkron*?[x]/jobs/b", bytes("two")));
                assertThat(one.list("dkron", "", 10).entries()).hasSize(1);
                assertThat(two.list("dkron", "", 10).entries()).hasSize(1);
            }
        }
    }

    private static RedisStore open(RedisServer server, String keyspace) {
        return RedisStore.open(StoreRequest.of("redis", List.of(server.machine()), keyspace, Duration.ofSeconds(5)));
    }

    private static void awaitService(RedisStore store) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreException(StoreException.class)
                .until(() -> store.get("any").isEmpty());
    }

    private static long committed(RedisStore store, Batch batch) {
        CommitResult result = store.commit(batch);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).version();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
