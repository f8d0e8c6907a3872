package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The form of Dkron 1.x, and a server of 1.x beside ours. */
class ZooKeeperLegacyTest {
    private static final String JOB = "{\"name\":\"backup-db\"}";

    private static ZooKeeperServer server;
    private Raw raw;
    private ZooKeeperStore store;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.plain();
        server.start();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @BeforeEach
    void empty() throws Exception {
        raw = new Raw(server.machine());
        raw.removeAll();
        store = open();
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        raw.close();
    }

    private static ZooKeeperStore open() {
        return ZooKeeperStore.open(StoreRequest.of("zk", List.of(server.machine()), "dkron", Duration.ofSeconds(10)));
    }

    @Test
    void whatWeWriteHasTheFormOfDkron1() throws Exception {
        committed(new Batch().put("dkron/jobs/backup-db", bytes(JOB)));
        assertThat(stored("/dkron/jobs/backup-db")).isEqualTo(bytes(JOB));
        assertThat(stored("/dkron/jobs")).isEmpty();
        committed(new Batch().delete("dkron/jobs/backup-db"));
        assertThat(raw.zookeeper().exists("/dkron/jobs/backup-db", false)).isNull();
    }

    @Tag("C160")
    @Test
    void whatDkron1WroteIsReadAndWhatItLeftHalfMadeIsAbsent() throws Exception {
        raw.put("/dkron/jobs/backup-db", bytes(JOB));
        raw.put("/dkron/jobs/half", new byte[0]);
        raw.put("/dkron/jobs/half-too", new byte[] {1});
        raw.put("/dkron/executions/gone", new byte[0]);
        raw.put("/dkron/leader/_c_0123456789abcdef0123456789abcdef-lock-0000000007", bytes("node1"));
        assertThat(keys("dkron/jobs/")).containsExactly("dkron/jobs/backup-db");
        assertThat(keys("dkron/executions/")).isEmpty();
        assertThat(keys("dkron/leader")).hasSize(1);
        Entry job = store.get("dkron/jobs/backup-db").orElseThrow();
        assertThat(job.value()).isEqualTo(bytes(JOB));
        assertThat(store.get("dkron/jobs/half")).isEmpty();
        assertThat(store.get("dkron/jobs/half-too")).isEmpty();
        committed(new Batch()
                .expect("dkron/jobs/backup-db", job.version())
                .expect("dkron/jobs/half-too", Batch.ABSENT)
                .put("dkron/jobs/half-too", bytes("made")));
        assertThat(keys("dkron/jobs/")).containsExactly("dkron/jobs/backup-db", "dkron/jobs/half-too");
    }

    @Test
    void ourEmptyValueIsNoHalfMadeNode() throws Exception {
        byte[] one = {1};
        byte[] marked = {1, 2};
        committed(new Batch()
                .put("dkron/_dkron/paused", new byte[0])
                .put("a", one)
                .put("b", marked));
        assertThat(store.get("dkron/_dkron/paused").orElseThrow().value()).isEmpty();
        assertThat(store.get("a").orElseThrow().value()).isEqualTo(one);
        assertThat(store.get("b").orElseThrow().value()).isEqualTo(marked);
        assertThat(stored("/dkron/_dkron/paused")).isEqualTo(marked);
    }

    /** P21: also where the node is as new as the one that we knew. */
    @Test
    void P21aJobThatAnotherProgramMadeAnewIsNotOverwritten() throws Exception {
        long ours = committed(new Batch().put("dkron/jobs/a", bytes("ours")).put("dkron/_dkron/leader", bytes("1")));
        raw.zookeeper().delete("/dkron/jobs/a", -1);
        raw.put("/dkron/jobs/a", bytes("theirs"));
        Stat stat = raw.zookeeper().exists("/dkron/jobs/a", false);
        assertThat(stat.getVersion()).as("what ZooKeeper compares").isZero();
        assertThat(store.commit(new Batch()
                        .expect("dkron/_dkron/leader", ours)
                        .expect("dkron/jobs/a", ours)
                        .put("dkron/_dkron/leader", bytes("2"))
                        .put("dkron/jobs/a", bytes("over it"))))
                .isEqualTo(new CommitResult.Refused("dkron/jobs/a", stat.getMzxid()));
        assertThat(store.get("dkron/jobs/a").orElseThrow().value()).isEqualTo(bytes("theirs"));
    }

    /** The same by two of our own nodes: what the one remembers is void as soon as the other commits. */
    @Test
    void aKeyThatAnotherNodeMadeAnewIsNotTakenForTheOldOne() {
        long first = committed(new Batch().put("dkron/_dkron/x", bytes("1")));
        try (ZooKeeperStore other = open()) {
            other.commit(new Batch().delete("dkron/_dkron/x"));
            other.commit(new Batch().put("dkron/_dkron/x", bytes("2")));
            assertThat(store.commit(new Batch().expect("dkron/_dkron/x", first).put("dkron/_dkron/x", bytes("3"))))
                    .isEqualTo(new CommitResult.Refused(
                            "dkron/_dkron/x",
                            other.get("dkron/_dkron/x").orElseThrow().version()));
        }
    }

    @Test
    void aKeyBelowWhichOthersLieLosesItsValueAndTheyStay() throws Exception {
        committed(new Batch().put("dkron/a", bytes("1")).put("dkron/a/b", bytes("2")));
        committed(new Batch().delete("dkron/a"));
        assertThat(keys("dkron/")).containsExactly("dkron/a/b");
        assertThat(store.commit(new Batch().expect("dkron/a", Batch.ABSENT).put("dkron/a", bytes("3"))))
                .isInstanceOf(CommitResult.Committed.class);
        committed(new Batch().delete("dkron/a").delete("dkron/a/b").put("dkron/a/c", bytes("4")));
        assertThat(keys("dkron/")).containsExactly("dkron/a/c");
    }

    @Test
    void nodesThatAreNoKeysOfOursAreLeftOut() throws Exception {
        raw.put("/dkron/jobs/a%41", bytes(JOB));
        committed(new Batch().put("dkron/jobs/b", bytes(JOB)));
        assertThat(keys("")).containsExactly("dkron/jobs/b");
    }

    @Test
    void manyChildrenAreListedPageByPageAlsoWhileTheyChange() {
        for (int part = 0; part < 5; part++) {
            Batch batch = new Batch();
            for (int i = 0; i < 400; i++) {
                batch.put(String.format("dkron/jobs/%04d", part * 400 + i), bytes("x"));
            }
            committed(batch);
        }
        assertThat(store.list("dkron/jobs/", "dkron/jobs/0999", 500).entries())
                .hasSize(500)
                .extracting(Entry::key)
                .startsWith("dkron/jobs/1000")
                .endsWith("dkron/jobs/1499");
        committed(new Batch().put("dkron/jobs/1000a", bytes("x")).delete("dkron/jobs/1001"));
        assertThat(store.list("dkron/jobs/", "dkron/jobs/0999", 3).entries())
                .extracting(Entry::key)
                .containsExactly("dkron/jobs/1000", "dkron/jobs/1000a", "dkron/jobs/1002");
    }

    private List<String> keys(String prefix) {
        return store.list(prefix, "", 100).entries().stream().map(Entry::key).toList();
    }

    private long committed(Batch batch) {
        CommitResult result = store.commit(batch);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).version();
    }

    private byte[] stored(String path) throws Exception {
        return raw.zookeeper().getData(path, false, null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
