package io.dkron.connectors.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedStoreFaultTest {
    private static final int JOBS = 300;

    @TempDir
    Path folder;

    @Test
    void P9nothingIsWrittenBeforeTheCommitHoweverMuchABatchHolds() throws Exception {
        Path path = folder.resolve("dkron.store");
        StoreFile.create(path, UUID.randomUUID());
        long before = Files.size(path);
        StoreFile file = StoreFile.open(path);
        for (int i = 0; i < 64_000; i++) { // three times MVStore's own buffer
            file.put("jobs/" + i, new StoredValue(1, new byte[1000]));
        }
        assertThat(Files.size(path)).isEqualTo(before);
        file.abandon();
        StoreFile again = StoreFile.open(path);
        assertThat(again.applied().index()).isZero();
        assertThat(again.get("jobs/1")).isEmpty();
        again.close();
    }

    @Test
    void P8aReplayedIndexIsSkippedAGapIsRefusedAndARefusalTakesItsIndex() {
        try (EmbeddedStore store = open()) {
            assertThat(store.apply(1, new Batch().put("a", bytes("1")))).isEqualTo(new CommitResult.Committed(1));
            assertThat(store.apply(1, new Batch().put("a", bytes("2")))).isInstanceOf(CommitResult.Committed.class);
            assertThat(store.get("a").orElseThrow().value()).isEqualTo(bytes("1"));
            assertThatThrownBy(() -> store.apply(3, new Batch().put("a", bytes("3"))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(store.apply(2, new Batch().expect("a", 9).put("a", bytes("2"))))
                    .isEqualTo(new CommitResult.Refused("a", 1));
            assertThat(store.applied()).isEqualTo(2);
        }
        try (EmbeddedStore store = open()) {
            assertThat(store.applied()).isEqualTo(2);
            assertThat(store.commit(new Batch().put("a", bytes("3")))).isEqualTo(new CommitResult.Committed(3));
        }
    }

    @Test
    void P8theHashOfTwoStoresAgreesWhileTheirBatchesDo() {
        try (EmbeddedStore one = EmbeddedStore.open(folder.resolve("one"), false, Duration.ofSeconds(5));
                EmbeddedStore two = EmbeddedStore.open(folder.resolve("two"), false, Duration.ofSeconds(5))) {
            for (int i = 1; i <= 20; i++) {
                Batch batch = new Batch().put("job" + i % 3, bytes("" + i)).delete("job" + i % 2);
                one.apply(i, batch);
                two.apply(i, batch);
                assertThat(one.hash()).isEqualTo(two.hash());
            }
            one.apply(21, new Batch().put("a", bytes("1")));
            two.apply(21, new Batch().put("a", bytes("2")));
            assertThat(one.hash()).isNotEqualTo(two.hash());
        }
    }

    @Test
    void aStoreInUseIsRefusedByName() {
        try (EmbeddedStore store = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining(store().toString())
                    .hasMessageContaining("in use by another process");
            assertThat(store.health().up()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDamagedOrCutFileIsNeverReadAsIfItWereWhole(boolean cleanlyClosed) throws Exception {
        fill(cleanlyClosed);
        Path whole = folder.resolve("whole");
        Files.copy(store(), whole);
        long size = Files.size(whole);
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 150; i++) {
            Files.copy(whole, store(), StandardCopyOption.REPLACE_EXISTING);
            String fault = i % 5 == 0 ? cut(random.nextLong(size)) : flip(random.nextLong(size), random.nextInt(8));
            if (!readsWhole(fault)) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
        Files.copy(whole, store(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(readsWhole("none")).isTrue();
    }

    @Test
    void aMissingOrEmptyFileIsNoEmptyStore() throws Exception {
        fill(true);
        Files.write(store(), new byte[0]);
        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("damaged");
        Files.delete(store());
        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("missing");
        assertThat(store()).doesNotExist();
    }

    @Test
    void anOlderCopyIsRefusedUntilTheOperatorAcceptsIt() throws Exception {
        fill(true);
        Path older = folder.resolve("older");
        Files.copy(store(), older);
        try (EmbeddedStore store = open()) {
            store.commit(new Batch().put("later", bytes("x")));
        }
        Files.copy(older, store(), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(store().toString())
                .hasMessageContaining("was acknowledged")
                .hasMessageContaining("dkron.mark");
        Files.delete(folder.resolve("store/dkron.mark"));
        try (EmbeddedStore store = open()) {
            assertThat(store.list("jobs/", "", 1000).entries()).hasSize(JOBS);
        }
    }

    @Test
    void aNewestCommitWithoutItsMiddleGivesWayToTheOneBefore() throws Exception {
        fill(true);
        long acknowledged;
        try (EmbeddedStore store = open()) {
            acknowledged = store.applied();
        }
        Path mark = folder.resolve("mark");
        Files.copy(folder.resolve("store/dkron.mark"), mark);
        byte[] before = Files.readAllBytes(store());
        StoreFile file = StoreFile.open(store());
        file.put("jobs/000", new StoredValue(acknowledged + 1, bytes("never acknowledged".repeat(2000))));
        file.commit(file.applied().after(new Batch(), false));
        file.abandon();
        loseMiddleOfTheNewestChunk(before);
        try (EmbeddedStore store = open()) {
            assertThat(store.applied()).isEqualTo(acknowledged);
            assertThat(store.get("jobs/000").orElseThrow().value()).isEqualTo(bytes("job 0"));
            assertThat(store.commit(new Batch().put("jobs/000", bytes("new"))))
                    .isInstanceOf(CommitResult.Committed.class);
        }
        try (EmbeddedStore store = open()) {
            assertThat(store.get("jobs/000").orElseThrow().value()).isEqualTo(bytes("new"));
        }
    }

    @Test
    void aFullDiskFailsTheBatchAloneAndTheStoreGoesOnWhenThereIsRoom() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()), "may not mount");
        try (EmbeddedStore store = EmbeddedStore.open(disk.resolve("store"), true, Duration.ofSeconds(10))) {
            Path ballast = disk.resolve("ballast");
            Files.write(ballast, new byte[300_000]);
            int written = 0;
            CommitResult result = store.commit(twoParts(written));
            while (result instanceof CommitResult.Committed) {
                written++;
                result = store.commit(twoParts(written));
            }
            assertThat(result).isInstanceOf(CommitResult.Failed.class);
            assertThat(result.toString()).contains("dkron.store").contains("Make room");
            assertThat(store.get("part1/" + written)).isEmpty();
            assertThat(store.get("part2/" + written)).isEmpty();
            assertThat(store.list("part1/", "", 1000).entries()).hasSize(written);
            assertThat(store.list("part2/", "", 1000).entries()).hasSize(written);
            assertThat(store.applied()).isEqualTo(written);
            Files.delete(ballast);
            assertThat(store.commit(twoParts(written))).isInstanceOf(CommitResult.Committed.class);
            assertThat(store.health().up()).isTrue();
            assertThat(store.list("part2/", "", 1000).entries()).hasSize(written + 1);
        } finally {
            run("umount", disk.toString());
        }
    }

    @Test
    void anInterruptedCallerDoesNotCloseTheStoreForOthers() throws Exception {
        fill(true);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicBoolean stop = new AtomicBoolean();
        try (EmbeddedStore store = open()) {
            List<Thread> workers = java.util.Collections.synchronizedList(new ArrayList<>());
            List<Future<Integer>> done = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int worker = t;
                done.add(threads.submit(() -> {
                    workers.add(Thread.currentThread());
                    int count = 0;
                    while (!stop.get()) {
                        assertThat(store.list("jobs/", "", 1000).entries()).hasSize(JOBS);
                        count += store.commit(new Batch().put("own/" + worker, bytes("" + count)))
                                        instanceof CommitResult.Committed
                                ? 1
                                : 0;
                    }
                    return count;
                }));
            }
            for (int i = 0; i < 200; i++) {
                workers.forEach(Thread::interrupt);
                assertThat(store.get("jobs/000")).isPresent();
                store.commit(new Batch().put("steady", bytes("" + i)));
            }
            stop.set(true);
            for (Future<Integer> future : done) {
                assertThat(future.get(30, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(store.health().up()).isTrue();
        } finally {
            threads.shutdownNow();
        }
    }

    @Tag("F48")
    @Test
    void steadyOverwritesDoNotGrowTheFileBeyondThreeTimesItsContent() {
        try (EmbeddedStore store = EmbeddedStore.open(folder.resolve("store"), true, Duration.ofSeconds(10))) {
            int keys = 8000;
            Random random = new Random(5);
            for (int i = 0; i < keys; i += 100) {
                Batch batch = new Batch();
                for (int k = i; k < i + 100; k++) {
                    batch.put(String.format("jobs/%05d", k), new byte[1500]);
                }
                store.commit(batch);
            }
            long largest = 0;
            for (int i = 0; i < 1500; i++) {
                Batch batch = new Batch();
                for (int k = 0; k < 8; k++) {
                    batch.put(String.format("jobs/%05d", random.nextInt(keys)), new byte[1500]);
                }
                store.commit(batch);
                largest = Math.max(largest, store.size());
            }
            System.out.println("live " + keys * 1500 / 1024 + " kB, largest file " + largest / 1024 + " kB");
            assertThat(largest).isLessThan(3L * keys * 1500);
        }
    }

    /** What a server with a hundred jobs commits at 100 runs a second, as fast as it goes. */
    @Test
    @DisplayName(
            "F48: through 360,000 runs, a twentieth outside profile long, the file stays below three times what is alive")
    void manyRunsDoNotGrowTheFileBeyondThreeTimesItsContent() {
        int runs = Boolean.getBoolean("dkron.tests.long") ? 360_000 : 18_000;
        int together = 50;
        int jobs = 100;
        int kept = 100 * jobs;
        byte[] job = new byte[1_500];
        byte[] started = new byte[500];
        byte[] ended = new byte[1_200];
        long live = (long) jobs * job.length + (long) kept * ended.length;
        long largest = 0;
        try (EmbeddedStore store = open()) {
            for (int run = 0; run < runs; run += together) {
                Batch starts = new Batch();
                Batch ends = new Batch();
                for (int i = run; i < run + together; i++) {
                    starts.put("jobs/" + i % jobs, job).put(execution(i, jobs), started);
                    ends.put("jobs/" + i % jobs, job).put(execution(i, jobs), ended);
                    if (i >= kept) {
                        ends.delete(execution(i - kept, jobs));
                    }
                }
                store.commit(starts);
                store.commit(ends);
                largest = run < kept ? 0 : Math.max(largest, store.size());
            }
            assertThat(store.list("executions/", "", runs).entries()).hasSize(kept);
        }
        System.out.println("live " + live / 1024 + " kB, largest file " + largest / 1024 + " kB");
        assertThat(largest).isBetween(live, 3 * live);
    }

    private static String execution(int run, int jobs) {
        return String.format("executions/%03d/%07d", run % jobs, run);
    }

    private static Batch twoParts(int number) {
        return new Batch().put("part1/" + number, new byte[20_000]).put("part2/" + number, new byte[20_000]);
    }

    private EmbeddedStore open() {
        return EmbeddedStore.open(folder.resolve("store"), true, Duration.ofSeconds(10));
    }

    private Path store() {
        return folder.resolve("store/dkron.store");
    }

    private void fill(boolean cleanly) throws IOException {
        EmbeddedStore store = open();
        for (int i = 0; i < JOBS; i += 10) {
            Batch batch = new Batch();
            for (int k = i; k < i + 10; k++) {
                batch.put(String.format("jobs/%03d", k), bytes("job " + k + " ".repeat(k)));
            }
            store.commit(batch);
        }
        if (cleanly) {
            store.close();
        } else { // as a kill leaves it
            Files.copy(store(), folder.resolve("killed"));
            store.close();
            Files.move(folder.resolve("killed"), store(), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** @return false when the store says that it is damaged; anything but that or the whole content fails */
    private boolean readsWhole(String fault) {
        try (EmbeddedStore store = open()) {
            List<Entry> entries = store.list("", "", 1000).entries();
            assertThat(entries).as(fault).hasSize(JOBS);
            for (int k = 0; k < JOBS; k++) {
                assertThat(store.get(String.format("jobs/%03d", k))
                                .orElseThrow()
                                .value())
                        .as(fault)
                        .isEqualTo(bytes("job " + k + " ".repeat(k)));
            }
            return true;
        } catch (StoreException e) {
            assertThat(e.getMessage()).as(fault).contains(store().toString()).contains("backup");
            assertThat(store()).exists();
            return false;
        }
    }

    private String cut(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(store(), StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
        return "cut to " + size;
    }

    private String flip(long at, int bit) throws IOException {
        try (FileChannel channel = FileChannel.open(store(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).rewind();
            channel.write(one, at);
        }
        return "bit " + bit + " of byte " + at + " flipped";
    }

    /** Writes noise into all blocks that the last commit changed, but its first and last, which MVStore checks. */
    private void loseMiddleOfTheNewestChunk(byte[] before) throws IOException {
        byte[] after = Files.readAllBytes(store());
        int first = -1;
        int last = -1;
        for (int block = 2; block * 4096 < after.length; block++) {
            int from = block * 4096;
            boolean same = from + 4096 <= before.length
                    && java.util.Arrays.equals(after, from, from + 4096, before, from, from + 4096);
            if (!same) {
                first = first < 0 ? block : first;
                last = block;
            }
        }
        assertThat(last).as("a chunk of three blocks or more").isGreaterThan(first + 1);
        for (int at = (first + 1) * 4096; at < last * 4096; at++) {
            after[at] = 0;
        }
        Files.write(store(), after);
    }

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
