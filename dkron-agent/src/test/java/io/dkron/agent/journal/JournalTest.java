package io.dkron.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    @TempDir
    Path directory;

    private Instant now = NOW;

    private Journal open() {
        return Journal.open(directory, (InstantSource) () -> now);
    }

    private static RunKey key(int number) {
        return new RunKey("uid", "request:" + number, "n1", 1);
    }

    private static RunOrder order(int number) {
        return new RunOrder(
                new ExecutionId(number, "n1"),
                key(number),
                new JobName("job" + number),
                number,
                "shell",
                new TreeMap<>(Map.of("command", "echo ä€😀", "shell", "true")),
                Optional.of(Duration.ofMillis(1500)),
                NOW.plusSeconds(60));
    }

    private static RunReport report(int number, byte[] output) {
        return new RunReport(
                new ExecutionId(number, "n1"),
                key(number),
                new JobName("job" + number),
                ExecutionState.FAILED,
                NOW,
                NOW.plusSeconds(1),
                "exit status 3",
                new OutputTail(output, output.length + 5L));
    }

    @Test
    void whatWasWrittenIsThereAfterOpeningAgain() {
        String id;
        try (Journal journal = open()) {
            id = journal.id();
            assertThat(journal.admit(new Fence("c", 4))).isTrue();
            assertThat(journal.accept(List.of(order(1), order(2), order(3)))
                            .get(2)
                            .number())
                    .isEqualTo(3);
            journal.finish(List.of(report(2, "out".getBytes()), report(3, new byte[0])));
            assertThat(journal.forget(List.of(key(3), key(3), key(1), key(9))))
                    .singleElement()
                    .satisfies(a -> assertThat(a.order()).isEqualTo(order(3)));
        }
        try (Journal journal = open()) {
            assertThat(journal.id()).isNotEqualTo(id);
            assertThat(journal.ids()).containsExactly(journal.id(), id);
            assertThat(journal.fence()).contains(new Fence("c", 4));
            assertThat(journal.open()).containsExactly(new Accepted(1, order(1), NOW));
            assertThat(journal.unreported()).containsExactly(new Accepted(2, order(2), NOW));
            assertThat(journal.result(key(2))).contains(report(2, "out".getBytes()));
            assertThat(journal.knows(key(3))).isEqualTo(Journal.Knowledge.OVER);
            assertThat(journal.accept(List.of(order(4))).get(0).number()).isEqualTo(4);
        }
    }

    @Test
    void p19KeysOfPastRunsAreKnownFor24Hours() {
        try (Journal journal = open()) {
            journal.accept(List.of(order(1), order(2)));
            journal.finish(List.of(report(1, new byte[0]), report(2, new byte[0])));
            journal.forget(List.of(key(1)));
            now = NOW.plus(Duration.ofHours(23));
            journal.forget(List.of(key(2)));
            assertThat(journal.knows(key(1))).isEqualTo(Journal.Knowledge.OVER);
            now = NOW.plus(Duration.ofHours(25));
            journal.forget(List.of());
            assertThat(journal.knows(key(1))).isEqualTo(Journal.Knowledge.UNKNOWN);
            assertThat(journal.knows(key(2))).isEqualTo(Journal.Knowledge.OVER);
        }
    }

    @Test
    void p1TheHighestFenceWinsAndOtherClustersAreRefused() {
        try (Journal journal = open()) {
            assertThat(journal.admit(new Fence("c", 4))).isTrue();
            assertThat(journal.admit(new Fence("c", 3))).isFalse();
            assertThat(journal.admit(new Fence("d", 9))).isFalse();
            assertThat(journal.admit(new Fence("c", 5))).isTrue();
            assertThat(journal.isCurrent(new Fence("c", 4))).isFalse();
        }
    }

    @Test
    void aCrashAtAnyByteKeepsAllThatWasAcknowledgedBefore() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path file = directory.resolve("journal");
        long[] ends = new long[41];
        try (Journal journal = open()) {
            ends[0] = Files.size(file);
            for (int i = 1; i <= 40; i++) {
                journal.accept(List.of(order(i)));
                ends[i] = Files.size(file);
            }
        }
        byte[] whole = Files.readAllBytes(file);
        for (int round = 0; round < 200; round++) {
            int cut = (int) ends[0] + random.nextInt(whole.length - (int) ends[0]);
            Files.write(file, java.util.Arrays.copyOf(whole, cut));
            if (random.nextBoolean()) {
                byte[] junk = new byte[random.nextInt(300)]; // blocks that the disk never wrote
                Files.write(file, junk, java.nio.file.StandardOpenOption.APPEND);
            }
            int expected = 0;
            while (expected < 40 && ends[expected + 1] <= cut) {
                expected++;
            }
            try (Journal journal = open()) {
                assertThat(journal.open()).as("cut at %s", cut).hasSize(expected);
                journal.accept(List.of(order(100)));
            }
            try (Journal journal = open()) {
                assertThat(journal.open()).as("cut at %s", cut).hasSize(expected + 1);
            }
        }
    }

    @Test
    void damageInTheMiddleCostsOnlyWhatItHitAndIsKeptAside() throws IOException {
        Path file = directory.resolve("journal");
        long at;
        String before;
        try (Journal journal = open()) {
            before = journal.id();
            journal.accept(List.of(order(1)));
            at = Files.size(file);
            journal.accept(List.of(order(2)));
            journal.accept(List.of(order(3)));
        }
        try (RandomAccessFile damage = new RandomAccessFile(file.toFile(), "rw")) {
            damage.seek(at + 20);
            damage.write(0xff);
        }
        try (Journal journal = open()) {
            assertThat(journal.open()).extracting(a -> a.order().key()).containsExactly(key(1), key(3));
            assertThat(journal.ids())
                    .as("what it took before it does not know for sure")
                    .containsExactly(journal.id())
                    .doesNotContain(before);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(f -> f.getFileName().toString())).anyMatch(n -> n.startsWith("journal.damaged-"));
        }
    }

    @Test
    void compactingKeepsEverythingThatIsNeeded() throws IOException {
        Path file = directory.resolve("journal");
        try (Journal journal = open()) {
            journal.admit(new Fence("c", 4));
            for (int i = 1; i <= 200; i++) {
                journal.accept(List.of(order(i)));
                journal.finish(List.of(report(i, new byte[1000])));
                if (i > 2) {
                    journal.forget(List.of(key(i)));
                }
            }
            journal.accept(List.of(order(201)));
            long before = Files.size(file);
            journal.compact();
            assertThat(Files.size(file)).isLessThan(before / 5);
            assertThat(journal.result(key(2))).contains(report(2, new byte[1000]));
            journal.accept(List.of(order(202)));
        }
        try (Journal journal = open()) {
            assertThat(journal.open()).extracting(Accepted::number).containsExactly(201L, 202L);
            assertThat(journal.unreported()).extracting(Accepted::number).containsExactly(1L, 2L);
            assertThat(journal.result(key(1))).contains(report(1, new byte[1000]));
            assertThat(journal.knows(key(77))).isEqualTo(Journal.Knowledge.OVER);
            assertThat(journal.fence()).contains(new Fence("c", 4));
        }
    }

    @Test
    void aDirectoryInUseIsRefused() {
        try (Journal journal = open()) {
            assertThat(journal.id()).isNotEmpty();
            assertThatThrownBy(this::open).isInstanceOf(JournalException.class).hasMessageContaining("in use");
        }
    }
}
