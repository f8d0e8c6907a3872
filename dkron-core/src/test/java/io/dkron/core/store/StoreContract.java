package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every {@link Store} must do, whatever stands behind it. Each test gets an empty store. */
public abstract class StoreContract {
    /** The store of this test, empty at its start; the same one at every call. */
    protected abstract Store store();

    /**
     * Closes the store and opens it again on the same data, so that {@link #store} is another one.
     *
     * @return false where the store keeps nothing over that
     */
    protected boolean reopen() throws Exception {
        return false;
    }

    private int largestBatch() {
        return Math.min(10_000, store().limits().operations());
    }

    private int largestValue() {
        return Math.min(1 << 20, store().limits().value());
    }

    @Test
    void anEmptyStoreHoldsNothing() {
        assertThat(store().get("jobs/a")).isEmpty();
        assertThat(store().list("", "", 10).entries()).isEmpty();
        assertThat(store().list("", "", 10).more()).isFalse();
        assertThat(store().health().up()).isTrue();
    }

    @Test
    void whatIsPutIsReadWithTheVersionOfItsCommit() {
        long version = committed(new Batch().put("jobs/a", bytes("one")));
        Entry entry = store().get("jobs/a").orElseThrow();
        assertThat(entry.key()).isEqualTo("jobs/a");
        assertThat(entry.value()).isEqualTo(bytes("one"));
        assertThat(entry.version()).isEqualTo(version).isNotZero();
    }

    @Test
    void anEmptyValueIsAValue() {
        committed(new Batch().put("jobs/a", new byte[0]));
        assertThat(store().get("jobs/a").orElseThrow().value()).isEmpty();
    }

    @Test
    void valuesAreAnyBytes() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        committed(new Batch().put("jobs/a", all));
        assertThat(store().get("jobs/a").orElseThrow().value()).isEqualTo(all);
    }

    @Test
    void anOverwriteChangesTheVersion() {
        long first = committed(new Batch().put("jobs/a", bytes("one")));
        long second = committed(new Batch().put("jobs/a", bytes("two")));
        assertThat(second).isNotEqualTo(first);
        assertThat(text("jobs/a")).contains("two");
    }

    @Test
    void anOverwriteWithTheSameValueChangesTheVersion() {
        long first = committed(new Batch().put("jobs/a", bytes("one")));
        long second = committed(new Batch().put("jobs/a", bytes("one")).put("jobs/b", bytes("two")));
        assertThat(second).isNotEqualTo(first);
        assertThat(store().get("jobs/a").orElseThrow().version()).isEqualTo(second);
        long third = committed(new Batch().expect("jobs/a", second).put("jobs/a", bytes("one")));
        assertThat(third).isNotEqualTo(second);
        assertThat(store().get("jobs/a").orElseThrow().version()).isEqualTo(third);
    }

    @Test
    void aCommitLeavesTheVersionsOfOtherKeys() {
        long first = committed(new Batch().put("jobs/a", bytes("one")));
        committed(new Batch().put("jobs/b", bytes("two")));
        assertThat(store().get("jobs/a").orElseThrow().version()).isEqualTo(first);
    }

    @Test
    void aDeletedKeyIsGone() {
        committed(new Batch().put("jobs/a", bytes("one")).put("jobs/b", bytes("two")));
        committed(new Batch().delete("jobs/a"));
        assertThat(store().get("jobs/a")).isEmpty();
        assertThat(keys("jobs/")).containsExactly("jobs/b");
    }

    @Test
    void deletingAKeyThatDoesNotExistIsNoError() {
        committed(new Batch().delete("jobs/none").put("jobs/a", bytes("one")));
        assertThat(keys("")).containsExactly("jobs/a");
        committed(new Batch().delete("jobs/none"));
    }

    @Test
    void theLastWriteOfAKeyInABatchCounts() {
        committed(new Batch()
                .put("a", bytes("one"))
                .delete("a")
                .put("b", bytes("one"))
                .put("b", bytes("two")));
        committed(new Batch().put("c", bytes("one")).delete("c").put("c", bytes("three")));
        assertThat(store().get("a")).isEmpty();
        assertThat(text("b")).contains("two");
        assertThat(text("c")).contains("three");
    }

    @Test
    void aListIsOrderedByTheUtf8BytesOfItsKeys() {
        List<String> sorted = List.of("a", "a b", "a-b", "a/", "a/b", "aa", "z", "é", "日本", "\uE000", "\uFFFD", "😀");
        List<String> shuffled = new ArrayList<>(sorted);
        Collections.shuffle(shuffled, new Random(7));
        for (String key : shuffled) {
            committed(new Batch().put(key, bytes(key)));
        }
        List<String> byBytes = new ArrayList<>(sorted);
        byBytes.sort((a, b) -> Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8)));
        assertThat(keys("")).isEqualTo(byBytes).isEqualTo(sorted);
        assertThat(pagedKeys("", 1)).isEqualTo(byBytes);
        for (String key : sorted) {
            assertThat(text(key)).contains(key);
        }
    }

    @Test
    void aPrefixListsOnlyWhatStartsWithIt() {
        committed(new Batch()
                .put("executions/a/1", bytes("1"))
                .put("executions/a/2", bytes("2"))
                .put("executions/ab/1", bytes("3"))
                .put("executions/a-b/1", bytes("4"))
                .put("executions/a", bytes("5"))
                .put("jobs/a", bytes("6")));
        assertThat(keys("executions/a/")).containsExactly("executions/a/1", "executions/a/2");
        assertThat(keys("executions/a"))
                .containsExactly(
                        "executions/a", "executions/a-b/1", "executions/a/1", "executions/a/2", "executions/ab/1");
        assertThat(keys("executions/none/")).isEmpty();
    }

    @Test
    void aPrefixTakesNoPartOfASurrogatePairOrOfAnyOtherCharacter() {
        committed(new Batch()
                .put("é", bytes("1"))
                .put("è", bytes("2"))
                .put("😀", bytes("3"))
                .put("😁", bytes("4")));
        assertThat(keys("é")).containsExactly("é");
        assertThat(keys("😀")).containsExactly("😀");
    }

    @Test
    void pagesJoinToTheWholeList() {
        List<String> expected = new ArrayList<>();
        Batch batch = new Batch();
        for (int i = 0; i < 57; i++) {
            String key = String.format("jobs/%03d", i);
            batch.put(key, bytes(key));
            expected.add(key);
            if (i % 19 == 18) {
                committed(batch);
                batch = new Batch();
            }
        }
        committed(new Batch().put("jobs", bytes("before")).put("jobt", bytes("after")));
        for (int limit : new int[] {1, 2, 19, 56, 57, 58, 1000}) {
            assertThat(pagedKeys("jobs/", limit)).as("limit %d", limit).isEqualTo(expected);
        }
        assertThat(store().list("jobs/", "", 57).more()).isFalse();
        assertThat(store().list("jobs/", "", 56).more()).isTrue();
    }

    @Test
    void aPageBeginsAfterItsBoundWhetherThatExistsOrNot() {
        committed(new Batch().put("b/1", bytes("1")).put("b/3", bytes("3")).put("b/5", bytes("5")));
        assertThat(keysAfter("b/", "b/1")).containsExactly("b/3", "b/5");
        assertThat(keysAfter("b/", "b/2")).containsExactly("b/3", "b/5");
        assertThat(keysAfter("b/", "b/5")).isEmpty();
        assertThat(keysAfter("b/", "a")).containsExactly("b/1", "b/3", "b/5");
        assertThat(keysAfter("b/", "c")).isEmpty();
    }

    @Test
    void aPreconditionThatHoldsLetsTheBatchApply() {
        long first = committed(new Batch().expect("jobs/a", Batch.ABSENT).put("jobs/a", bytes("one")));
        committed(new Batch().expect("jobs/a", first).put("jobs/a", bytes("two")));
        assertThat(text("jobs/a")).contains("two");
    }

    @Test
    void aPreconditionThatFailsRefusesTheWholeBatchAndNamesTheKey() {
        long first = committed(new Batch().put("jobs/a", bytes("one")).put("jobs/b", bytes("one")));
        CommitResult result = store().commit(new Batch()
                .expect("jobs/b", first)
                .expect("jobs/a", first + 77)
                .put("jobs/a", bytes("two"))
                .delete("jobs/b")
                .put("jobs/c", bytes("two")));
        assertThat(result).isEqualTo(new CommitResult.Refused("jobs/a", first));
        assertThat(text("jobs/a")).contains("one");
        assertThat(keys("")).containsExactly("jobs/a", "jobs/b");
    }

    @Test
    void anAbsentKeyIsExpectedByVersionZero() {
        long first = committed(new Batch().put("jobs/a", bytes("one")));
        assertThat(store().commit(new Batch().expect("jobs/a", Batch.ABSENT).put("jobs/a", bytes("two"))))
                .isEqualTo(new CommitResult.Refused("jobs/a", first));
        assertThat(store().commit(new Batch().expect("jobs/b", first).put("jobs/b", bytes("two"))))
                .isEqualTo(new CommitResult.Refused("jobs/b", Batch.ABSENT));
        assertThat(keys("")).containsExactly("jobs/a");
    }

    @Test
    void aKeyMayBeExpectedWithoutBeingWritten() {
        long leader = committed(new Batch().put("_dkron/leader", bytes("1")));
        committed(new Batch().expect("_dkron/leader", leader).put("jobs/a", bytes("one")));
        committed(new Batch().put("_dkron/leader", bytes("2")));
        assertThat(store().commit(new Batch().expect("_dkron/leader", leader).put("jobs/a", bytes("two"))))
                .isInstanceOf(CommitResult.Refused.class);
        assertThat(text("jobs/a")).contains("one");
    }

    @Test
    void P4aBatchOfExpectationsAloneTellsWhetherTheyHold() {
        long leader = committed(new Batch().put("_dkron/leader", bytes("seq 1")));
        assertThat(store().commit(new Batch().expect("_dkron/leader", leader)))
                .isInstanceOf(CommitResult.Committed.class);
        long next = committed(new Batch().expect("_dkron/leader", leader).put("_dkron/leader", bytes("seq 2")));
        assertThat(store().commit(new Batch().expect("_dkron/leader", leader)))
                .isEqualTo(new CommitResult.Refused("_dkron/leader", next));
        assertThat(text("_dkron/leader")).contains("seq 2");
    }

    @Test
    void anEmptyBatchCommits() {
        assertThat(store().commit(new Batch())).isInstanceOf(CommitResult.Committed.class);
        assertThat(keys("")).isEmpty();
    }

    @Test
    void aVersionIsNeverUsedAgainAfterDeleteAndRecreate() {
        List<Long> versions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            versions.add(committed(new Batch().expect("jobs/a", Batch.ABSENT).put("jobs/a", bytes("same"))));
            committed(new Batch().delete("jobs/a"));
        }
        assertThat(versions).doesNotHaveDuplicates();
        long last = committed(new Batch().put("jobs/a", bytes("same")));
        for (long old : versions) {
            assertThat(store().commit(new Batch().expect("jobs/a", old).delete("jobs/a")))
                    .isEqualTo(new CommitResult.Refused("jobs/a", last));
        }
    }

    @Test
    void aLargeBatchIsOneCommit() {
        int size = largestBatch();
        Batch batch = new Batch();
        for (int i = 0; i < size; i++) {
            batch.put(String.format("jobs/%06d", i), bytes("value of " + i));
        }
        committed(batch);
        assertThat(pagedKeys("jobs/", 1000)).hasSize(size);
        Batch refused = new Batch().expect("jobs/000000", Batch.ABSENT);
        for (int i = 0; i < size; i++) {
            refused.delete(String.format("jobs/%06d", i));
        }
        assertThat(store().commit(refused)).isInstanceOf(CommitResult.Refused.class);
        assertThat(pagedKeys("jobs/", 1000)).hasSize(size);
    }

    @Test
    void aLargeValueComesBackWhole() {
        byte[] value = new byte[largestValue()];
        new Random(11).nextBytes(value);
        committed(new Batch().put("executions/a/1", value));
        committed(new Batch().put("executions/a/2", bytes("small")));
        assertThat(store().get("executions/a/1").orElseThrow().value()).isEqualTo(value);
        assertThat(store().list("executions/a/", "", 2).entries().get(0).value())
                .isEqualTo(value);
    }

    /** F45: a read, a change and a write by version lose nothing. */
    @Tag("F45")
    @Test
    void aCounterRaisedByManyByComparingVersionsIsExact() throws Exception {
        committed(new Batch().put("counter", bytes("0")));
        int callers = 8;
        int rounds = 25;
        inParallel(callers, caller -> {
            for (int i = 0; i < rounds; i++) {
                boolean raised = false;
                while (!raised) {
                    Entry entry = store().get("counter").orElseThrow();
                    long next = Long.parseLong(new String(entry.value(), UTF_8)) + 1;
                    raised = store().commit(new Batch()
                                    .expect("counter", entry.version())
                                    .put("counter", bytes(Long.toString(next))))
                            instanceof CommitResult.Committed;
                }
            }
        });
        assertThat(text("counter")).contains(Integer.toString(callers * rounds));
    }

    @Test
    void ofManyWhoCreateOneKeyOneWins() throws Exception {
        List<Boolean> wins = Collections.synchronizedList(new ArrayList<>());
        inParallel(
                8,
                caller -> wins.add(
                        store().commit(new Batch()
                                        .expect("leader", Batch.ABSENT)
                                        .put("leader", bytes("caller " + caller)))
                                instanceof CommitResult.Committed));
        assertThat(wins).hasSize(8).containsOnlyOnce(true);
    }

    /** P15: what a commit of this node acknowledged is seen by all its reads from then on. */
    @Test
    void P15everyCallerReadsItsOwnWrites() throws Exception {
        inParallel(6, caller -> {
            for (int i = 0; i < 40; i++) {
                String key = "own/" + caller + "/" + i;
                long version = committed(new Batch().put(key, bytes(key)));
                assertThat(store().get(key).orElseThrow().version()).isEqualTo(version);
                assertThat(store().list(key, "", 2).entries()).hasSize(1);
            }
        });
        assertThat(pagedKeys("own/", 100)).hasSize(240);
    }

    @Test
    void aBatchFilledToItsLimitsIsOneCommit() {
        Limits limits = store().limits();
        int count = Math.min(limits.operations(), 100);
        int each = Math.min(limits.value(), Math.min(limits.bytes(), 4 << 20) / count - 20);
        Random random = new Random(13);
        Batch batch = new Batch();
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[each];
            random.nextBytes(value);
            values.add(value);
            batch.expect(String.format("full/%03d", i), Batch.ABSENT).put(String.format("full/%03d", i), value);
        }
        committed(batch);
        List<byte[]> read = new ArrayList<>();
        String after = "";
        Page page;
        do {
            page = store().list("full/", after, 7);
            page.entries().forEach(entry -> read.add(entry.value()));
            after = page.entries().get(page.entries().size() - 1).key();
        } while (page.more());
        assertThat(read).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(read.get(i)).isEqualTo(values.get(i));
        }
    }

    /** Who saw a part of a commit sees the whole of it with the next call. */
    @Test
    void whoSawPartOfABatchSeesTheRestNext() throws Exception {
        committed(new Batch().put("pair/1", bytes("0")).put("pair/2", bytes("0")));
        inParallel(4, caller -> {
            for (int i = 0; i < 50; i++) {
                if (caller == 0) {
                    committed(new Batch().put("pair/1", bytes("" + i)).put("pair/2", bytes("" + i)));
                } else {
                    String seen = caller == 1 ? "pair/1" : "pair/2";
                    String other = caller == 1 ? "pair/2" : "pair/1";
                    int first = number(
                            caller == 3
                                    ? store().list("pair/", "", 10).entries().get(1)
                                    : entry(seen));
                    assertThat(number(entry(caller == 3 ? "pair/1" : other))).isGreaterThanOrEqualTo(first);
                }
            }
        });
    }

    private Entry entry(String key) {
        return store().get(key).orElseThrow();
    }

    private static int number(Entry entry) {
        return Integer.parseInt(new String(entry.value(), UTF_8));
    }

    @Test
    void closingAndOpeningAgainKeepsEverything() throws Exception {
        Map<String, Entry> before = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            committed(new Batch().put("jobs/" + i % 60, bytes("value " + i)).delete("jobs/" + i * 7 % 60));
        }
        store().list("", "", 1000).entries().forEach(entry -> before.put(entry.key(), entry));
        long last = committed(new Batch().put("last", bytes("x")));
        if (!reopen()) {
            return; // a store in memory keeps nothing
        }
        List<Entry> after = store().list("jobs/", "", 1000).entries();
        assertThat(after).hasSameSizeAs(before.keySet());
        for (Entry entry : after) {
            assertThat(entry.value()).isEqualTo(before.get(entry.key()).value());
            assertThat(entry.version()).isEqualTo(before.get(entry.key()).version());
        }
        assertThat(store().get("last").orElseThrow().version()).isEqualTo(last);
        assertThat(committed(new Batch().put("last", bytes("y")))).isNotEqualTo(last);
    }

    @Test
    void aLimitBelowOneIsWrongUse() {
        assertThatThrownBy(() -> store().list("", "", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    protected final long committed(Batch batch) {
        CommitResult result = store().commit(batch);
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
        return ((CommitResult.Committed) result).version();
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private Optional<String> text(String key) {
        return store().get(key).map(entry -> new String(entry.value(), UTF_8));
    }

    private List<String> keys(String prefix) {
        return keysAfter(prefix, "");
    }

    private List<String> keysAfter(String prefix, String after) {
        return store().list(prefix, after, 1000).entries().stream()
                .map(Entry::key)
                .toList();
    }

    private List<String> pagedKeys(String prefix, int limit) {
        List<String> keys = new ArrayList<>();
        Page page = store().list(prefix, "", limit);
        while (true) {
            assertThat(page.entries().size()).isLessThanOrEqualTo(limit);
            page.entries().forEach(entry -> keys.add(entry.key()));
            if (!page.more()) {
                return keys;
            }
            page = store().list(prefix, keys.get(keys.size() - 1), limit);
        }
    }

    private interface Work {
        void run(int caller) throws Exception;
    }

    private static void inParallel(int callers, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            List<Callable<Void>> tasks = IntStream.range(0, callers)
                    .<Callable<Void>>mapToObj(caller -> () -> {
                        work.run(caller);
                        return null;
                    })
                    .toList();
            for (Future<Void> done : threads.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
