package io.dkron.connectors.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What {@link EtcdStore#LIMITS} promises holds at its border, and servers with narrower limits say so. */
class EtcdLimitsTest {
    private final Random random = new Random(17);

    private static StoreClient open(EtcdServer server) {
        return new EtcdConnector().open(EtcdServer.request(List.of(server.machine()), "dkron", Duration.ofSeconds(20)));
    }

    @Test
    void batchesAtTheLimitsAreTakenAndLargePagesEndEarly() {
        try (EtcdServer server = new EtcdServer()) {
            server.start();
            try (StoreClient store = open(server)) {
                Limits limits = store.limits();
                assertThat(store.commit(onlyKeys(limits))).isInstanceOf(CommitResult.Committed.class);
                assertThat(store.commit(onlyKeys(limits))) // and its refusal, which reads them all
                        .isEqualTo(new CommitResult.Refused(key(limits, 0), version(store, key(limits, 0))));
                for (int i = 0; i < 40; i++) {
                    assertThat(store.commit(new Batch().put("large/" + (i + 100), random(limits.value() - 10))))
                            .isInstanceOf(CommitResult.Committed.class);
                }
                assertThat(store.list("large/", "", 1_000).more())
                        .as("20 MB are not one page")
                        .isTrue();
                assertThat(all(store, "large/")).hasSize(40);
            }
        }
    }

    /** Others may write values up to 1.5 MiB; behind small ones more of them are asked for than one answer may hold. */
    @Test
    void pagesOfValuesLargerThanOursAreReadAllTheSame() throws Exception {
        try (EtcdServer server = new EtcdServer()) {
            server.start();
            List<byte[]> values = new ArrayList<>();
            for (int i = 0; i < 42; i++) {
                byte[] value = random(i < 16 ? 1 : 1_400_000);
                values.add(value);
                Base64.Encoder base64 = Base64.getEncoder();
                server.call(
                        "POST",
                        "/v3/kv/put",
                        "{\"key\": \"" + base64.encodeToString(("large/" + (i + 100)).getBytes(UTF_8))
                                + "\", \"value\": \"" + base64.encodeToString(value) + "\"}");
            }
            try (StoreClient store = open(server)) {
                List<Entry> read = all(store, "large/");
                assertThat(read).hasSize(42);
                for (int i = 0; i < 42; i++) {
                    assertThat(read.get(i).value()).isEqualTo(values.get(i));
                }
            }
        }
    }

    private static List<Entry> all(StoreClient store, String prefix) {
        List<Entry> all = new ArrayList<>();
        Page page;
        do {
            page = store.list(
                    prefix, all.isEmpty() ? "" : all.get(all.size() - 1).key(), 1_000);
            all.addAll(page.entries());
        } while (page.more());
        return all;
    }

    /** As many keys as there may be, that take up all the bytes there may be; expected and written. */
    private static Batch onlyKeys(Limits limits) {
        Batch batch = new Batch();
        for (int i = 0; i < limits.operations(); i++) {
            batch.expect(key(limits, i), Batch.ABSENT).put(key(limits, i), new byte[0]);
        }
        return batch;
    }

    private static String key(Limits limits, int index) {
        String start = String.format("long/%03d/", index);
        return start + "k".repeat(limits.bytes() / limits.operations() - start.length());
    }

    private static long version(StoreClient store, String key) {
        return store.get(key).orElseThrow().version();
    }

    private byte[] random(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void serversWithNarrowerLimitsRefuseAndSayWhichSettingToRaise() {
        try (EtcdServer server = new EtcdServer("--max-txn-ops", "10", "--max-request-bytes", "100000")) {
            server.start();
            try (StoreClient store = open(server)) {
                Batch many = new Batch();
                for (int i = 0; i < 11; i++) {
                    many.put("many/" + i, "x".getBytes(UTF_8));
                }
                assertFailed(store.commit(many), "--max-txn-ops");
                assertFailed(store.commit(new Batch().put("large", random(300_000))), "--max-request-bytes");
                assertThat(store.list("", "", 10).entries()).isEmpty();
            }
        }
    }

    @Test
    void aFullDatabaseIsSaidByCommitsAndHealthAndReadsGoOn() {
        try (EtcdServer server = new EtcdServer("--quota-backend-bytes", "3000000")) {
            server.start();
            try (StoreClient store = open(server)) {
                CommitResult result = store.commit(new Batch().put("a", "one".getBytes(UTF_8)));
                assertThat(result).isInstanceOf(CommitResult.Committed.class);
                for (int i = 0; i < 40 && result instanceof CommitResult.Committed; i++) {
                    result = store.commit(new Batch().put("fill", random(400_000)));
                }
                assertFailed(result, "etcdctl alarm disarm");
                assertThat(store.get("a").orElseThrow().value()).isEqualTo("one".getBytes(UTF_8));
                Health health = store.health();
                assertThat(health.up()).isFalse();
                assertThat(health.detail()).contains("its database is full");
            }
        }
    }

    private static void assertFailed(CommitResult result, String advice) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        CommitResult.Failed.class,
                        failed -> assertThat(failed.reason()).contains(advice));
    }
}
