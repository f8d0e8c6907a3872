package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The form of Dkron 1.x, and a server of 1.x beside ours. */
class RedisLegacyTest {
    private static final String JOB = "{\"name\":\"backup-db\"}";
    private static final Duration OFTEN = Duration.ofMillis(50);

    private static RedisServer server;
    private RedisStore store;

    @BeforeAll
    static void start() {
        server = RedisServer.plain();
        server.start();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @BeforeEach
    void empty() {
        Raw.flush(server.machine());
        store = open();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static RedisStore open() {
        return RedisStore.open(
                StoreRequest.of("redis", List.of(server.machine()), "dkron", Duration.ofSeconds(5)), OFTEN);
    }

    @Test
    void whatWeWriteHasTheFormOfDkron1() {
        long first = committed(new Batch().put("dkron/jobs/backup-db", bytes(JOB)));
        assertThat(raw("/dkron/jobs/backup-db"))
                .isEqualTo("{\"Key\":\"dkron/jobs/backup-db\",\"Value\":\"" + base64(JOB) + "\",\"LastIndex\":" + first
                        + "}");
        long second = committed(new Batch().put("dkron/jobs/backup-db", bytes(JOB)));
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void aKeyOfAnyTextIsJson() {
        String key = "dkron/jobs/\"a\\b\"\n é😀";
        committed(new Batch().put(key, bytes("x")));
        assertThat(raw("/" + key)).startsWith("{\"Key\":\"dkron/jobs/\\\"a\\\\b\\\"\\u000a é😀\",\"Value\":\"eA==\"");
        assertThat(store.get(key).orElseThrow().value()).isEqualTo(bytes("x"));
    }

    @Tag("C160")
    @Test
    void aKeyspaceOfDkron1OpensHoweverLargeItIs() {
        Raw.with(server.machine(), redis -> {
            IntStream.range(0, 2_500).forEach(i -> redis.set("/dkron/jobs/job" + i, wrapped("dkron/jobs/job" + i, 7)));
            redis.set("/dkron2/jobs/other", wrapped("dkron2/jobs/other", 8));
            redis.hset("/dkron/jobs/no-string", "a", "b");
            return redis.set("dkron/jobs/raw-and-slashless", JOB);
        });
        store.close();
        store = open();
        assertThat(store.list("dkron/jobs/", "", 5_000).entries())
                .hasSize(2_501)
                .allSatisfy(entry -> {
                    assertThat(entry.value()).isEqualTo(bytes(JOB));
                    assertThat(entry.version()).isNegative();
                });
        assertThat(store.list("dkron", "", 5_000).entries()).hasSize(2_501);
    }

    @Test
    void aSlashlessValueIsReplacedByOurForm() {
        Raw.with(server.machine(), redis -> redis.set("dkron/jobs/a", JOB));
        Entry raw = store.get("dkron/jobs/a").orElseThrow();
        assertThat(raw.value()).isEqualTo(bytes(JOB));
        committed(new Batch().expect("dkron/jobs/a", raw.version()).put("dkron/jobs/a", bytes("new")));
        assertThat(raw("dkron/jobs/a")).isNull();
        assertThat(raw("/dkron/jobs/a")).contains("\"Key\":\"dkron/jobs/a\"");
        Raw.with(server.machine(), redis -> redis.set("dkron/jobs/b", JOB));
        committed(new Batch().delete("dkron/jobs/b"));
        assertThat(store.get("dkron/jobs/b")).isEmpty();
    }

    /** P21: what a server of 1.x does beside us is seen, and is a write that our preconditions notice. */
    @Test
    void P21whatAnotherProgramWritesIsFoundAndItsWritesAreNoticed() {
        long ours = committed(new Batch().put("dkron/jobs/a", bytes("ours")));
        assertThat(store.list("dkron/jobs/", "", 10).entries()).hasSize(1);
        Raw.with(server.machine(), redis -> {
            redis.set("/dkron/jobs/a", wrapped("dkron/jobs/a", 104857600));
            return redis.set("/dkron/jobs/b", wrapped("dkron/jobs/b", 104857600));
        });
        CommitResult result =
                store.commit(new Batch().expect("dkron/jobs/a", ours).put("dkron/jobs/a", bytes("over it")));
        assertThat(result).isInstanceOf(CommitResult.Refused.class);
        assertThat(((CommitResult.Refused) result).actual())
                .isEqualTo(store.get("dkron/jobs/a").orElseThrow().version());
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(keys()).containsExactly("dkron/jobs/a", "dkron/jobs/b"));
        Raw.with(server.machine(), redis -> redis.del("/dkron/jobs/a"));
        assertThat(keys()).containsExactly("dkron/jobs/b");
    }

    @Test
    void theSameIndexOfDkron1OnAnotherValueIsAnotherVersion() {
        Raw.with(server.machine(), redis -> redis.set("/dkron/jobs/a", wrapped("dkron/jobs/a", 5)));
        long first = store.get("dkron/jobs/a").orElseThrow().version();
        String other = "{\"Key\":\"dkron/jobs/a\",\"Value\":\"" + base64("other") + "\",\"LastIndex\":5}";
        Raw.with(server.machine(), redis -> redis.set("/dkron/jobs/a", other));
        long second = store.get("dkron/jobs/a").orElseThrow().version();
        assertThat(second).isNotEqualTo(first);
        committed(new Batch().expect("dkron/jobs/a", second).put("dkron/jobs/a", bytes("x")));
    }

    @Test
    void aLockOfDkron1IsReadAndGoesWhenItExpires() {
        Raw.with(server.machine(), redis -> redis.psetex("/dkron/leader", 1_500, wrapped("dkron/leader", 3)));
        assertThat(store.get("dkron/leader")).isPresent();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> store.get("dkron/leader").isEmpty());
        assertThat(store.list("dkron/", "", 10).entries()).isEmpty();
        committed(new Batch().expect("dkron/leader", Batch.ABSENT).put("dkron/leader", bytes("node1")));
        long ttl = Raw.with(server.machine(), redis -> redis.ttl("/dkron/leader"));
        assertThat(ttl).isEqualTo(-1);
    }

    @Test
    void aValueThatOnlyLooksLikeTheFormIsAValue() {
        for (String odd : List.of("{\"Key\":\"x\"", "{\"Key\":\"a\",\"Value\":\"!\",\"LastIndex\":5}", "", "{}")) {
            Raw.with(server.machine(), redis -> redis.set("/dkron/jobs/odd", odd));
            Entry entry = store.get("dkron/jobs/odd").orElseThrow();
            assertThat(entry.value()).isEqualTo(bytes(odd));
            committed(new Batch().expect("dkron/jobs/odd", entry.version()).delete("dkron/jobs/odd"));
            committed(new Batch().put("dkron/jobs/odd", bytes(odd)));
            assertThat(store.get("dkron/jobs/odd").orElseThrow().value()).isEqualTo(bytes(odd));
        }
    }

    private List<String> keys() {
        return store.list("dkron/jobs/", "", 10).entries().stream()
                .map(Entry::key)
                .toList();
    }

    private long committed(Batch batch) {
        CommitResult result = store.commit(batch);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).version();
    }

    private static String raw(String key) {
        return Raw.with(server.machine(), redis -> redis.get(key));
    }

    private static String wrapped(String key, long index) {
        return "{\"Key\":\"" + key + "\",\"Value\":\"" + base64(JOB) + "\",\"LastIndex\":" + index + "}";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
