package io.dkron.connectors.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.LocalStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStoreImageTest {
    @TempDir
    Path folder;

    private EmbeddedStore open(String name) {
        return EmbeddedStore.open(folder.resolve(name), true, Duration.ofSeconds(10));
    }

    private static void fill(LocalStore store, int batches) {
        List<Batch> all = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            all.add(new Batch().put("k" + i % 100, ("v" + i).getBytes(StandardCharsets.UTF_8)));
        }
        store.apply(store.applied() + 1, all);
    }

    private static byte[] image(LocalStore store) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LocalStore.Position position = store.writeImage(out);
        assertThat(position).isEqualTo(store.position());
        return out.toByteArray();
    }

    @Test
    void batchesThatAreAppliedTogetherEndAsIfEachWereAlone() {
        try (EmbeddedStore together = open("a");
                EmbeddedStore alone = open("b")) {
            List<Batch> batches = List.of(
                    new Batch().expect("k", Batch.ABSENT).put("k", new byte[] {1}),
                    new Batch().expect("k", Batch.ABSENT).put("k", new byte[] {2}),
                    new Batch(),
                    new Batch().delete("k"));
            List<LocalStore.Settled> settled = together.apply(1, batches);
            assertThat(settled)
                    .extracting(LocalStore.Settled::result)
                    .containsExactly(
                            new CommitResult.Committed(1),
                            new CommitResult.Refused("k", 1),
                            new CommitResult.Committed(3),
                            new CommitResult.Committed(4));
            for (int i = 0; i < batches.size(); i++) {
                alone.apply(i + 1, batches.get(i));
                assertThat(alone.hash()).isEqualTo(settled.get(i).hash());
            }
        }
    }

    @Test
    void p9AnImageReplacesWhatIsThereAndSurvivesTheNextStart() throws Exception {
        LocalStore.Position position;
        try (EmbeddedStore from = open("a");
                EmbeddedStore to = open("b")) {
            fill(from, 1000);
            to.apply(1, new Batch().put("old", new byte[] {1}));
            LocalStore.Replacement replacement = to.receive(new ByteArrayInputStream(image(from)));
            assertThat(to.get("old")).isPresent();
            replacement.putInPlace();
            position = replacement.position();
            assertThat(to.position()).isEqualTo(position).isEqualTo(from.position());
            assertThat(to.get("old")).isEmpty();
            assertThat(to.get("k99").orElseThrow().value())
                    .isEqualTo(from.get("k99").orElseThrow().value());
            assertThat(to.get("k99").orElseThrow().version())
                    .isEqualTo(from.get("k99").orElseThrow().version());
        }
        try (EmbeddedStore again = open("b")) {
            assertThat(again.position()).isEqualTo(position);
            fill(again, 1);
            assertThat(again.applied()).isEqualTo(1001);
        }
    }

    @Test
    void p9ADamagedOrCutImageLeavesWhatIsThere() throws Exception {
        try (EmbeddedStore from = open("a");
                EmbeddedStore to = open("b")) {
            fill(from, 300);
            fill(to, 2);
            byte[] whole = image(from);
            byte[] damaged = whole.clone();
            damaged[whole.length / 2] ^= 1;
            for (byte[] bad : List.of(damaged, Arrays.copyOf(whole, whole.length - 9), new byte[0])) {
                assertThatThrownBy(() -> to.receive(new ByteArrayInputStream(bad)))
                        .isInstanceOf(IOException.class);
            }
            assertThat(to.applied()).isEqualTo(2);
            fill(to, 1);
            assertThat(to.applied()).isEqualTo(3);
        }
    }
}
