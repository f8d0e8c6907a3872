package io.dkron.connectors.embedded.bolt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.connectors.embedded.EmbeddedConnector;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Of a file that the library itself wrote, in three transactions: 60 jobs with an execution each, one job that is longer
 * than a page, and a second bucket that is small enough to stand in its parent.
 */
class BoltStoreTest {
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void unpack() throws IOException {
        file = folder.resolve("dkron.db");
        try (InputStream packed = new GZIPInputStream(getClass().getResourceAsStream("dkron.db.gz"))) {
            Files.copy(packed, file);
        }
    }

    @Tag("C160")
    @Test
    void allJobsAndExecutionsAreReadInOrder() {
        try (BoltStore store = BoltStore.open(file, "dkron")) {
            List<String> jobs = keys(store, "dkron/jobs/", 7);
            assertThat(jobs)
                    .hasSize(61)
                    .isSorted()
                    .startsWith("dkron/jobs/job-000")
                    .endsWith("dkron/jobs/zz-large");
            assertThat(keys(store, "dkron/executions/", 100)).hasSize(60).isSorted();
            assertThat(keys(store, "dkron/executions/job-007/", 100)).hasSize(1);
            assertThat(keys(store, "", 1_000)).hasSize(121);
            assertThat(keys(store, "dkron/none/", 10)).isEmpty();
        }
    }

    @Test
    void aValueIsTheWholeOfTheNewestWithoutTheCounterBeforeIt() {
        try (BoltStore store = BoltStore.open(file, "dkron")) {
            assertThat(text(store.get("dkron/jobs/job-041").orElseThrow()))
                    .startsWith("{\"name\":\"job-041\",")
                    .contains("\"success_count\":41,")
                    .endsWith("}");
            assertThat(text(store.get("dkron/jobs/zz-large").orElseThrow()))
                    .hasSizeGreaterThan(2 * PAGE)
                    .endsWith("\"owner\":\"round 2\"}");
            assertThat(store.get("dkron/jobs/job")).isEmpty();
            assertThat(store.get("dkron/jobs/zzz")).isEmpty();
        }
    }

    @Test
    void aBucketThatStandsInItsParentIsReadToo() {
        StoreRequest request = StoreRequest.of("boltdb", List.of(file.toString()), "other", Duration.ofSeconds(1));
        try (StoreClient store = new EmbeddedConnector().open(request)) {
            assertThat(text(store.get("other/jobs/inline").orElseThrow())).contains("@every 3h");
        }
    }

    @Test
    void nothingIsEverWritten() throws IOException {
        byte[] before = Files.readAllBytes(file);
        try (BoltStore store = BoltStore.open(file, "dkron")) {
            assertThat(store.commit(new Batch().put("dkron/jobs/a", new byte[0])))
                    .isInstanceOf(CommitResult.Failed.class);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void whatIsWrongIsSaid() throws IOException {
        assertThatThrownBy(() -> BoltStore.open(file, "nobody"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("has no bucket nobody");
        assertThatThrownBy(() -> BoltStore.open(folder.resolve("none"), "dkron"))
                .isInstanceOf(StoreException.class)
                .hasMessageEndingWith("does not exist");
        Path other = Files.writeString(folder.resolve("text"), "no database".repeat(1_000));
        assertThatThrownBy(() -> BoltStore.open(other, "dkron"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is no BoltDB file");
    }

    @Test
    void ofTwoStatesTheNewerWholeOneIsRead() throws IOException {
        for (int damaged = 0; damaged < 2; damaged++) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[damaged * PAGE + 40] ^= 1;
            Path half = Files.write(folder.resolve("half-" + damaged), bytes);
            try (BoltStore store = BoltStore.open(half, "dkron")) {
                // The last transaction is seen, or, where its state is damaged, the one before.
                assertThat(text(store.get("dkron/jobs/zz-large").orElseThrow())).containsPattern("round [12]\"}$");
            }
        }
    }

    @Test
    void aFileThatIsCutOffOrDamagedIsAFailureAndNothingElse() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        int read = 0;
        for (int size = 0; size < whole.length; size += PAGE / 2) {
            read += readable(Arrays.copyOf(whole, size)) ? 1 : 0;
        }
        for (int at = 2 * PAGE; at < whole.length; at += 331) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xA5;
            read += readable(damaged) ? 1 : 0;
        }
        assertThat(read)
                .as("damage of a page that is free, or of a text, shows nowhere")
                .isPositive();
    }

    private boolean readable(byte[] bytes) throws IOException {
        Path damaged = Files.write(folder.resolve("damaged"), bytes);
        try (BoltStore store = BoltStore.open(damaged, "dkron")) {
            keys(store, "", 1_000);
            return true;
        } catch (StoreException e) {
            assertThat(e).hasMessageStartingWith(damaged + ": ");
            return false;
        }
    }

    private static List<String> keys(BoltStore store, String prefix, int limit) {
        List<String> keys = new ArrayList<>();
        String after = "";
        Page page;
        do {
            page = store.list(prefix, after, limit);
            page.entries().forEach(entry -> keys.add(entry.key()));
            after = keys.isEmpty() ? "" : keys.get(keys.size() - 1);
        } while (page.more());
        return keys;
    }

    private static String text(Entry entry) {
        return new String(entry.value(), UTF_8);
    }
}
