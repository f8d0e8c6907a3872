package io.dkron.connectors.consul;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What {@link ConsulStore#LIMITS} promises holds at its border. */
class ConsulLimitsTest {
    private static final ConsulServer SERVER = new ConsulServer();

    private final Random random = new Random(19);

    @BeforeAll
    static void start() {
        SERVER.start();
    }

    @AfterAll
    static void end() {
        SERVER.close();
    }

    private static StoreClient open() {
        return new ConsulConnector()
                .open(ConsulServer.request(List.of(SERVER.machine()), "dkron", "", Duration.ofSeconds(20)));
    }

    /** As many keys as there may be, as long as they may be, and values that fill what is left; all put over old ones. */
    @Test
    void aBatchAtTheLimitsIsTaken() {
        try (StoreClient store = open()) {
            Limits limits = store.limits();
            long version = committed(store, full(limits, Batch.ABSENT));
            version = committed(store, full(limits, version));
            committed(store, full(limits, version));
            committed(store, new Batch().put("one", random(limits.value())));
        }
    }

    private Batch full(Limits limits, long version) {
        Batch batch = new Batch();
        for (int i = 0; i < limits.operations(); i++) {
            String start = String.format("full/%03d/", i);
            String key = start + "k".repeat(1024 - start.length());
            byte[] value = random(limits.bytes() / limits.operations() - key.length());
            batch.expect(key, version).put(key, value);
        }
        return batch;
    }

    @Test
    void aBatchWhoseKeysAreTooLongFailsBeforeItIsSent() {
        try (StoreClient store = open()) {
            Batch batch = new Batch();
            for (int i = 0; i < 32; i++) {
                batch.put("k".repeat(10_000) + i, new byte[0]);
            }
            assertThat(store.commit(batch))
                    .isInstanceOfSatisfying(
                            CommitResult.Failed.class,
                            failed -> assertThat(failed.reason()).contains("keys are too long"));
            assertThat(store.list("k", "", 1).entries()).isEmpty();
        }
    }

    @Test
    void largePagesEndEarlyAndJoinToTheWholeList() {
        try (StoreClient store = open()) {
            List<byte[]> values = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                values.add(random(store.limits().value() - 10));
                committed(store, new Batch().put("large/" + (i + 100), values.get(i)));
            }
            List<Entry> read = new ArrayList<>();
            int pages = 0;
            Page page;
            do {
                page = store.list(
                        "large/",
                        read.isEmpty() ? "" : read.get(read.size() - 1).key(),
                        1_000);
                read.addAll(page.entries());
                pages++;
            } while (page.more());
            assertThat(pages).as("12 MB are not one page").isGreaterThan(1);
            assertThat(read).hasSize(40);
            for (int i = 0; i < 40; i++) {
                assertThat(read.get(i).value()).isEqualTo(values.get(i));
            }
        }
    }

    /** The form of Dkron 1.x: the plain value, with the flags of the library that it used. */
    @Tag("C160")
    @Test
    void whatDkron1WroteIsReadAndWhatIsWrittenHasItsForm() throws Exception {
        SERVER.call("PUT", "/v1/kv/old/jobs/backup-db?flags=" + ConsulBatch.FLAGS, "{\"name\":\"backup-db\"}");
        try (StoreClient store = open()) {
            Entry old = store.list("old/jobs/", "", 10).entries().get(0);
            assertThat(new String(old.value(), UTF_8)).isEqualTo("{\"name\":\"backup-db\"}");
            committed(store, new Batch().expect(old.key(), old.version()).put(old.key(), "{}".getBytes(UTF_8)));
            committed(store, new Batch().put("old/jobs/new", "{}".getBytes(UTF_8)));
            assertThat(SERVER.call("GET", "/v1/kv/old/jobs/backup-db?raw", "")).isEqualTo("{}");
            for (String name : List.of("backup-db", "new")) {
                assertThat(SERVER.call("GET", "/v1/kv/old/jobs/" + name, ""))
                        .contains("\"Flags\":" + ConsulBatch.FLAGS);
            }
        }
    }

    private static long committed(StoreClient store, Batch batch) {
        CommitResult result = store.commit(batch);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).version();
    }

    private byte[] random(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
