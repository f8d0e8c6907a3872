package io.dkron.connectors.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.StoreClient;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two sessions at READ COMMITTED in an order that is forced: one has done its part and not committed, the other waits for
 * it, then the first one ends. Protocol P4.
 */
class PostgresInterleavingTest {
    private static final String LEADER = "dkron/_dkron/leader";

    private static PostgresServer server;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private StoreClient store;
    private Connection first;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.create();
        server.start();
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    @BeforeEach
    void open() throws SQLException {
        store = new PostgresConnector()
                .open(PostgresStoreFaultTest.request(
                        List.of(server.machine()), "dkron", "dkron", "", Duration.ofSeconds(20)));
        server.execute("truncate dkron_entry");
        first = server.connect("dkron");
        first.setAutoCommit(false);
        first.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }

    @AfterEach
    void close() throws SQLException {
        first.close();
        store.close();
        threads.shutdownNow();
    }

    @Test
    void P4aStaleLeadersBatchIsRefusedWhenTheTermRoseBeforeIt() throws Exception {
        long term = committed(new Batch().put(LEADER, bytes("term 1")));
        long raised = firstCommits(new Batch().expect(LEADER, term).put(LEADER, bytes("term 2")));
        Future<CommitResult> stale = second(new Batch()
                .expect(LEADER, term)
                .put(LEADER, bytes("term 1, seq 2"))
                .put("dkron/executions/a/1", bytes("stale")));
        first.commit();
        assertThat(ended(stale)).isEqualTo(new CommitResult.Refused(LEADER, raised));
        assertThat(store.get("dkron/executions/a/1")).isEmpty();
        assertThat(text(LEADER)).isEqualTo("term 2");
    }

    @Test
    void P4aTermThatRisesAfterABatchSeesAllOfIt() throws Exception {
        long term = committed(new Batch().put(LEADER, bytes("term 1")));
        long last = firstCommits(new Batch()
                .expect(LEADER, term)
                .put(LEADER, bytes("term 1, seq 2"))
                .put("dkron/executions/a/1", bytes("in time")));
        Future<CommitResult> raise = second(new Batch().expect(LEADER, term).put(LEADER, bytes("term 2")));
        first.commit();
        assertThat(ended(raise)).isEqualTo(new CommitResult.Refused(LEADER, last));
        committed(new Batch().expect(LEADER, last).put(LEADER, bytes("term 2")));
        assertThat(text("dkron/executions/a/1")).isEqualTo("in time");
    }

    @Test
    void aBatchThatWaitedForOneThatWasTakenBackApplies() throws Exception {
        long term = committed(new Batch().put(LEADER, bytes("term 1")));
        firstCommits(
                new Batch().expect(LEADER, term).put(LEADER, bytes("term 2")).delete("a"));
        Future<CommitResult> waiting = second(new Batch()
                .expect(LEADER, term)
                .put(LEADER, bytes("term 1, seq 2"))
                .put("a", bytes("1")));
        first.rollback();
        assertThat(ended(waiting)).isInstanceOf(CommitResult.Committed.class);
        assertThat(text("a")).isEqualTo("1");
    }

    @Test
    void ofTwoWhoExpectAKeyToBeAbsentTheSecondIsRefused() throws Exception {
        long created = firstCommits(new Batch().expect("a", Batch.ABSENT).put("a", bytes("first")));
        Future<CommitResult> second = second(
                new Batch().expect("a", Batch.ABSENT).put("a", bytes("second")).put("b", bytes("second")));
        first.commit();
        assertThat(ended(second)).isEqualTo(new CommitResult.Refused("a", created));
        assertThat(store.get("b")).isEmpty();
        assertThat(text("a")).isEqualTo("first");
    }

    /** No row can be locked that is not there: write skew, were it not for the row that holds its place. */
    @Test
    void aKeyThatIsOnlyExpectedToBeAbsentCannotAppearMeanwhile() throws Exception {
        firstCommits(new Batch().expect("a", Batch.ABSENT).put("b", bytes("since a is absent")));
        Future<CommitResult> second =
                second(new Batch().expect("b", Batch.ABSENT).put("a", bytes("since b is absent")));
        first.commit();
        assertThat(ended(second)).isInstanceOf(CommitResult.Refused.class);
        assertThat(store.get("a")).isEmpty();
        assertThat(text("b")).isEqualTo("since a is absent");
    }

    @Test
    void aDeleteOfAnAbsentKeyAndItsCreationTakeTurns() throws Exception {
        firstCommits(new Batch().put("a", bytes("1")).put("b", bytes("1")));
        Future<CommitResult> second = second(new Batch().delete("a").put("b", bytes("2")));
        first.commit();
        assertThat(ended(second)).isInstanceOf(CommitResult.Committed.class);
        assertThat(store.get("a")).as("deleted after it was made").isEmpty();
        assertThat(text("b")).isEqualTo("2");
    }

    @Test
    void aKeyDeletedMeanwhileIsAbsentForWhoWaited() throws Exception {
        long version = committed(new Batch().put("a", bytes("1")));
        firstCommits(new Batch().expect("a", version).delete("a"));
        Future<CommitResult> second = second(new Batch().expect("a", version).put("a", bytes("2")));
        first.commit();
        assertThat(ended(second)).isEqualTo(new CommitResult.Refused("a", Batch.ABSENT));
        Future<CommitResult> again = threads.submit(
                () -> store.commit(new Batch().expect("a", Batch.ABSENT).put("a", bytes("3"))));
        assertThat(ended(again)).isInstanceOf(CommitResult.Committed.class);
        assertThat(text("a")).isEqualTo("3");
    }

    @Tag("F49")
    @Test
    void aDeadlockWithAForeignSessionEndsInACommit() throws Exception {
        committed(new Batch().put("a", bytes("1")).put("b", bytes("1")));
        execute("set local deadlock_timeout = '30s'"); // so that the store's session finds it
        execute("update dkron_entry set value = 'foreign' where key = 'b'");
        Future<CommitResult> batch = second(new Batch().put("a", bytes("2")).put("b", bytes("2")));
        execute("update dkron_entry set value = 'foreign' where key = 'a'"); // waits for the store, which waits for us
        first.commit();
        assertThat(ended(batch)).isInstanceOf(CommitResult.Committed.class);
        assertThat(text("a")).isEqualTo("2");
        assertThat(text("b")).isEqualTo("2");
    }

    @Tag("F49")
    @Test
    void whoWaitsLongerThanTheTimeoutFailsAndLeavesNothing() throws Exception {
        committed(new Batch().put("a", bytes("1")));
        firstCommits(new Batch().put("a", bytes("2")));
        try (StoreClient hasty = new PostgresConnector()
                .open(PostgresStoreFaultTest.request(
                        List.of(server.machine()), "dkron", "dkron", "", Duration.ofSeconds(2)))) {
            CommitResult result = hasty.commit(new Batch().put("a", bytes("3")).put("b", bytes("3")));
            assertThat(result).isNotInstanceOfAny(CommitResult.Committed.class, CommitResult.Refused.class);
        }
        first.commit();
        assertThat(text("a")).isIn("2", "3");
    }

    /** Runs the batch in the first session, and leaves its transaction open. */
    private long firstCommits(Batch batch) throws SQLException {
        List<String> puts = batch.writes().entrySet().stream()
                .filter(write -> write.getValue().isPresent())
                .map(write -> write.getKey())
                .toList();
        try (PreparedStatement call =
                first.prepareStatement("select refused, version from dkron_commit(?, ?, ?, ?, ?, 20000)")) {
            call.setArray(
                    1, first.createArrayOf("text", batch.expected().keySet().toArray()));
            call.setArray(
                    2, first.createArrayOf("bigint", batch.expected().values().toArray()));
            call.setArray(3, first.createArrayOf("text", puts.toArray()));
            call.setArray(
                    4,
                    first.createArrayOf(
                            "bytea",
                            puts.stream()
                                    .map(key -> batch.writes().get(key).orElseThrow())
                                    .toArray(byte[][]::new)));
            call.setArray(
                    5,
                    first.createArrayOf(
                            "text",
                            batch.writes().keySet().stream()
                                    .filter(key -> !puts.contains(key))
                                    .toArray()));
            try (ResultSet row = call.executeQuery()) {
                row.next();
                assertThat(row.getString(1)).isNull();
                return row.getLong(2);
            }
        }
    }

    /** Commits by the store, and returns when that waits for a lock. */
    private Future<CommitResult> second(Batch batch) {
        Future<CommitResult> commit = threads.submit(() -> store.commit(batch));
        await("the second session to wait for the first")
                .atMost(Duration.ofSeconds(15))
                .until(() -> {
                    try (ResultSet waiting =
                            query("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                    + " and query like '%dkron_commit%' and pid <> pg_backend_pid()")) {
                        waiting.next();
                        return waiting.getInt(1) == 1;
                    }
                });
        return commit;
    }

    private ResultSet query(String text) throws SQLException {
        return first.createStatement().executeQuery(text);
    }

    private void execute(String text) throws SQLException {
        first.createStatement().execute(text);
    }

    private static CommitResult ended(Future<CommitResult> commit) throws Exception {
        return commit.get(30, TimeUnit.SECONDS);
    }

    private long committed(Batch batch) {
        CommitResult result = store.commit(batch);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).version();
    }

    private String text(String key) {
        return new String(store.get(key).orElseThrow().value(), UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
