package io.dkron.connectors.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.connectors.embedded.DiskRecorder.Disk;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a disk may hold after a kill or a loss of power, at every kind of moment: the store opens with all that was acknowledged. */
class EmbeddedStorePowerLossTest {
    private static final boolean LONG = Boolean.getBoolean("dkron.tests.long");
    private static final int MOMENTS = 30;

    @TempDir
    Path folder;

    private enum Use {
        /** Each commit is forced before it is acknowledged. */
        ALONE(60, 3_000, 6),
        /** The same with a file that is compacted meanwhile. */
        ALONE_LARGE(250, 60_000, 1),
        /** Commits come from a log, which is cut after the store was forced, now and then. */
        BEHIND_A_LOG(60, 3_000, 6),
        BEHIND_A_LOG_LARGE(250, 60_000, 1);

        final int keys;
        final int longest;
        final int histories;

        Use(int keys, int longest, int histories) {
            this.keys = keys;
            this.longest = longest;
            this.histories = LONG ? 10 * histories : histories;
        }
    }

    /** What the store holds after each batch. */
    private final List<Map<String, byte[]>> states = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(Use.class)
    void P9whateverTheDiskLostOfWhatWasNotForcedAllThatWasAcknowledgedIsThere(Use use) throws Exception {
        for (int history = 0; history < use.histories; history++) {
            long seed = System.nanoTime();
            Random random = new Random(seed);
            DiskRecorder disk = live(use, random, folder.resolve("live-" + history));
            for (int i = 0; i < MOMENTS; i++) {
                int moment = random.nextInt(disk.moments() + 1);
                boolean kill = random.nextInt(3) == 0;
                Disk left = kill ? disk.killedAt(moment) : disk.powerLostAt(moment, random);
                if (left.acknowledged() > 0) {
                    check(left, random, use + " seed " + seed + " moment " + moment + (kill ? " killed" : ""));
                }
            }
        }
    }

    private DiskRecorder live(Use use, Random random, Path place) {
        states.clear();
        states.add(Map.of());
        try (DiskRecorder disk = new DiskRecorder();
                EmbeddedStore store = EmbeddedStore.open(place, true, Duration.ofSeconds(10))) {
            int batches = use.keys + random.nextInt(200);
            for (int i = 1; i <= batches; i++) {
                Batch batch = batch(use, random);
                if (use == Use.ALONE || use == Use.ALONE_LARGE) {
                    store.commit(batch);
                    disk.acknowledged(i);
                } else {
                    store.apply(i, List.of(batch));
                    if (random.nextInt(20) == 0) {
                        store.sync();
                        disk.acknowledged(i);
                    }
                }
            }
            return disk;
        }
    }

    private Batch batch(Use use, Random random) {
        Batch batch = new Batch();
        Map<String, byte[]> state = new TreeMap<>(states.get(states.size() - 1));
        for (int k = random.nextInt(4); k >= 0; k--) {
            String key = "key/" + random.nextInt(use.keys);
            if (batch.writes().containsKey(key)) {
                continue;
            }
            if (random.nextInt(8) == 0 && state.remove(key) != null) {
                batch.delete(key);
            } else {
                byte[] value = new byte[random.nextInt(use.longest)];
                random.nextBytes(value);
                batch.put(key, value);
                state.put(key, value);
            }
        }
        states.add(state);
        return batch;
    }

    /** Twice, with a commit between, so that what the first opening did counts too. */
    private void check(Disk left, Random random, String what) throws IOException {
        Path place = Files.createDirectories(folder.resolve("left"));
        Files.write(place.resolve("dkron.store"), left.content());
        Files.deleteIfExists(place.resolve("dkron.mark"));
        Applied found;
        try (StoreFile file = StoreFile.open(place.resolve("dkron.store"))) {
            found = file.applied();
        }
        new Mark(place.resolve("dkron.mark")).write(new Applied(found.storeId(), left.acknowledged(), 0));
        long at;
        try (EmbeddedStore store = EmbeddedStore.open(place, true, Duration.ofSeconds(10))) {
            at = store.applied();
            assertThat(at).as(what).isGreaterThanOrEqualTo(left.acknowledged());
            assertHolds(store, states.get((int) at), what);
        }
        try (EmbeddedStore store = EmbeddedStore.open(place, true, Duration.ofSeconds(10))) {
            assertThat(store.applied()).as(what + " opened again").isEqualTo(at);
            store.commit(new Batch().put("more", new byte[random.nextInt(9000)]));
        }
        try (EmbeddedStore store = EmbeddedStore.open(place, true, Duration.ofSeconds(10))) {
            assertThat(store.applied()).as(what + " written again").isEqualTo(at + 1);
            store.commit(new Batch().delete("more"));
            assertHolds(store, states.get((int) at), what + " written again");
        }
    }

    private static void assertHolds(EmbeddedStore store, Map<String, byte[]> expected, String what) {
        Map<String, Entry> found =
                store.list("", "", 10_000).entries().stream().collect(Collectors.toMap(Entry::key, entry -> entry));
        assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((key, value) ->
                assertThat(found.get(key).value()).as(what + " " + key).isEqualTo(value));
    }
}
