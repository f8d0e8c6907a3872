package io.dkron.ejb.raft.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.util.ExtendedUUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentLogTest {
    private static final long SMALL = 2_000;

    private final FaultyDisk disk = new FaultyDisk();
    private final List<SegmentLog> opened = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void close() throws IOException {
        for (SegmentLog log : opened) {
            log.close();
        }
    }

    @Test
    void p6EntriesAreFoundAgainAfterARestart() throws IOException {
        SegmentLog log = open();
        assertThat(log.append(1, entries(1, "a", "b", "c"))).isEqualTo(3);
        log.commitIndex(2);
        log.append(4, entries(2, "d"));

        SegmentLog again = reopened(log);

        assertThat(again.lastAppended()).isEqualTo(4);
        assertThat(texts(again)).containsExactly("1a", "1b", "1c", "2d");
        assertThat(again.commitIndex()).as("known to the last writer").isEqualTo(2);
        assertThat(again.firstAppended()).isEqualTo(1);
    }

    @Test
    void p6InternalAndEmptyEntriesKeepTheirKind() throws IOException {
        SegmentLog log = open();
        byte[] shifted = "xabcx".getBytes(UTF_8);
        log.append(1, new LogEntries().add(new LogEntry(1, shifted, 1, 3, true), new LogEntry(1, null)));

        SegmentLog again = reopened(log);

        assertThat(again.get(1).internal()).isTrue();
        assertThat(new String(again.get(1).command(), UTF_8)).isEqualTo("abc");
        assertThat(again.get(2).command()).isNull();
    }

    @Test
    void p6ManyEntriesOfOneAppendAreForcedOnce() throws IOException {
        SegmentLog log = open();
        long before = disk.forces();
        log.append(1, entries(1, Stream.generate(() -> "x").limit(500).toArray(String[]::new)));
        assertThat(disk.forces() - before).isEqualTo(1);
    }

    @Test
    void p6TermAndVoteAreForcedWhateverIsSaidAboutEntries() throws IOException {
        SegmentLog log = open().useFsync(false);
        disk.calls.clear();
        log.currentTerm(7);
        assertThat(disk.calls).containsExactly("write", "force", "rename ballot");
        disk.calls.clear();
        ExtendedUUID candidate = ExtendedUUID.randomUUID("b");
        log.votedFor(candidate);
        assertThat(disk.calls).containsExactly("write", "force", "rename ballot");

        SegmentLog again = reopened(log);

        assertThat(again.currentTerm()).isEqualTo(7);
        assertThat(again.votedFor()).isEqualTo(candidate);
        assertThatThrownBy(() -> again.votedFor(ExtendedUUID.randomUUID("c")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(again.currentTerm(8).votedFor()).isNull();
    }

    @Test
    void p6TheTermOfEntriesNeverTouchesTheTermThatWasPromised() throws IOException {
        SegmentLog log = open();
        log.currentTerm(9);
        log.votedFor(ExtendedUUID.randomUUID("b"));
        log.append(1, entries(3, "old", "older"));
        log.deleteAllEntriesStartingFrom(2);
        assertThat(log.currentTerm()).isEqualTo(9);
        SegmentLog again = reopened(log);
        assertThat(again.currentTerm()).isEqualTo(9);
        assertThatThrownBy(() -> again.currentTerm(8)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void p6AFullDiskEndsTheLogBeforeAnybodyIsTold() throws IOException {
        SegmentLog log = open();
        log.append(1, entries(1, "kept"));
        List<String> told = new ArrayList<>();
        log.onFailure(failed -> told.add(failed.getMessage()));
        disk.fill();

        assertThatThrownBy(() -> log.append(2, entries(1, "refused")))
                .isInstanceOf(LogFailedException.class)
                .hasMessageContaining("No space left on device")
                .hasMessageContaining(folder.toString());

        assertThat(told).hasSize(1);
        assertThat(log.lastAppended()).isEqualTo(1);
        assertThatThrownBy(() -> log.currentTerm(5)).isInstanceOf(LogFailedException.class);
        assertThat(texts(reopened(log)))
                .as("the half that was written is cut off")
                .containsExactly("1kept");
    }

    @Test
    void p6AForceThatFailsEndsTheLog() throws IOException {
        SegmentLog log = open();
        disk.failForce();
        assertThatThrownBy(() -> log.append(1, entries(1, "a"))).isInstanceOf(LogFailedException.class);
        assertThat(log.failure()).isPresent();
        assertThat(log.lastAppended()).isZero();
    }

    @Test
    void p6ALastWriteCutAnywhereIsCutOffAndNothingElse() throws IOException {
        SegmentLog log = open();
        log.append(1, entries(1, "acknowledged"));
        long before = Files.size(files().get(0));
        log.append(2, entries(1, "y".repeat(700), "z".repeat(700)));
        log.close();
        byte[] whole = Files.readAllBytes(files().get(0));

        for (long length = before; length < whole.length; length += 211) {
            Files.write(files().get(0), java.util.Arrays.copyOf(whole, (int) length));
            assertThat(texts(opened()))
                    .as("cut at byte %d of %d", length, whole.length)
                    .containsExactly("1acknowledged");
        }
        byte[] unwritten = whole.clone();
        java.util.Arrays.fill(unwritten, 1024, unwritten.length, (byte) 0);
        Files.write(files().get(0), unwritten);
        assertThat(texts(opened()))
                .as("the file had grown, the data was missing")
                .containsExactly("1acknowledged");
    }

    @Test
    void p6DamageElsewhereIsAnErrorThatNamesFileAndOffset() throws IOException {
        SegmentLog log = open();
        log.append(1, entries(1, "first"));
        long second = Files.size(files().get(0));
        log.append(2, entries(1, "second"));
        log.append(3, entries(1, "third"));
        log.close();
        damage(files().get(0), second + 20);

        assertThatThrownBy(this::opened)
                .isInstanceOfSatisfying(
                        CorruptLogException.class, e -> assertThat(e.offset()).isEqualTo(second))
                .hasMessageContaining(files().get(0).toString());
    }

    @Test
    void p6DamageOfTheLastWholeWriteIsNotTakenForAnUnfinishedOne() throws IOException {
        SegmentLog log = open();
        log.append(1, entries(1, "first"));
        log.append(2, entries(1, "last"));
        log.close();
        damage(files().get(0), Files.size(files().get(0)) - 2);
        assertThatThrownBy(this::opened).isInstanceOf(CorruptLogException.class);
    }

    @Test
    void p6ADamagedBallotIsAnError() throws IOException {
        SegmentLog log = open();
        log.currentTerm(3);
        log.close();
        damage(folder.resolve("ballot"), 10);
        assertThatThrownBy(this::opened).isInstanceOf(CorruptLogException.class).hasMessageContaining("ballot");
    }

    @Test
    void entriesTakenBackStayAwayAfterARestart() throws IOException {
        SegmentLog log = open();
        log.append(1, entries(1, "a", "b", "c"));
        log.append(4, entries(2, "d"));
        log.deleteAllEntriesStartingFrom(2);
        assertThat(log.lastAppended()).isEqualTo(1);
        log.append(2, entries(3, "e"));

        assertThat(texts(log)).containsExactly("1a", "3e");
        assertThat(texts(reopened(log))).containsExactly("1a", "3e");
    }

    @Test
    void committedEntriesAreNeverTakenBack() throws IOException {
        SegmentLog log = open();
        log.append(1, entries(1, "a", "b"));
        log.commitIndex(1);
        assertThatThrownBy(() -> log.deleteAllEntriesStartingFrom(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theHeadGoesOnlyAsFarAsTheReferenceAndFreesFiles() throws IOException {
        SegmentLog log = open();
        for (int i = 1; i <= 100; i++) {
            log.append(i, entries(1 + i / 60, "e".repeat(100)));
        }
        log.commitIndex(80);
        assertThatThrownBy(() -> log.truncate(80)).isInstanceOf(IllegalStateException.class);
        log.reference(new SnapshotReference(79, 2, List.of("a", "b"), "hash"));
        long bytes = log.sizeInBytes();

        log.truncate(80);

        assertThat(log.firstAppended()).isEqualTo(80);
        assertThat(log.get(79).term()).as("what follows can still be checked").isEqualTo(2);
        assertThat(log.get(78)).isNull();
        assertThat(log.sizeInBytes()).isLessThan(bytes / 2);
        SegmentLog again = reopened(log);
        assertThat(again.lastAppended()).isEqualTo(100);
        assertThat(again.reference()).contains(new SnapshotReference(79, 2, List.of("a", "b"), "hash"));
        assertThat(again.firstAppended()).isLessThanOrEqualTo(80);
    }

    @Test
    void aNewStartForgetsWhatWasBefore() throws IOException {
        SegmentLog log = open();
        log.append(1, entries(1, "a", "b"));
        log.reference(new SnapshotReference(500, 4, List.of("a"), ""));
        log.reinitializeTo(500, new LogEntry(4, null));
        assertThat(log.lastAppended()).isEqualTo(500);
        assertThat(log.commitIndex()).isEqualTo(500);
        assertThat(log.termOf(500)).isEqualTo(4);
        log.append(501, entries(5, "z"));

        SegmentLog again = reopened(log);

        assertThat(again.firstAppended()).isEqualTo(501);
        assertThat(again.lastAppended()).isEqualTo(501);
        assertThat(again.commitIndex()).isEqualTo(500);
        assertThat(again.get(2)).isNull();
        assertThat(files()).hasSize(1);
    }

    @Test
    void anyCourseOfChangesIsFoundAgain() throws IOException {
        long seed = Long.getLong("dkron.tests.seed", System.nanoTime());
        System.out.println("SegmentLogTest seed " + seed);
        Random random = new Random(seed);
        SegmentLog log = open();
        List<String> expected = new ArrayList<>();
        long term = 1;
        for (int step = 0; step < 400; step++) {
            int choice = random.nextInt(10);
            if (choice < 7) {
                String[] texts = new String[1 + random.nextInt(4)];
                for (int i = 0; i < texts.length; i++) {
                    texts[i] = "x".repeat(random.nextInt(300)) + step;
                    expected.add(term + texts[i]);
                }
                log.append(log.lastAppended() + 1, entries(term, texts));
            } else if (choice == 7) {
                term++;
                long from = log.commitIndex() + 1 + random.nextInt(5);
                if (from <= log.lastAppended()) {
                    log.deleteAllEntriesStartingFrom(from);
                    expected.subList((int) from - 1, expected.size()).clear();
                }
            } else if (choice == 8) {
                log.commitIndex(Math.max(0, log.lastAppended() - random.nextInt(4)));
            } else {
                long commit = log.commitIndex();
                log = reopened(log);
                assertThat(log.commitIndex()).isLessThanOrEqualTo(commit);
                log.commitIndex(commit);
            }
            assertThat(log.lastAppended()).isEqualTo(expected.size());
        }
        assertThat(texts(reopened(log))).isEqualTo(expected);
    }

    private SegmentLog open() throws IOException {
        SegmentLog log = new SegmentLog(disk, SMALL);
        log.start(folder);
        opened.add(log);
        return log;
    }

    private SegmentLog opened() throws IOException {
        SegmentLog log = SegmentLog.open(folder);
        opened.add(log);
        return log;
    }

    private SegmentLog reopened(SegmentLog log) throws IOException {
        log.close();
        SegmentLog again = new SegmentLog(Disk.REAL, SMALL);
        again.start(folder);
        opened.add(again);
        return again;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.filter(name -> name.toString().endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    private static void damage(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int was = bytes.read();
            bytes.seek(at);
            bytes.write(was ^ 0x55);
        }
    }

    private static LogEntries entries(long term, String... texts) {
        LogEntries entries = new LogEntries();
        for (String text : texts) {
            entries.add(new LogEntry(term, text.getBytes(UTF_8)));
        }
        return entries;
    }

    private static List<String> texts(SegmentLog log) {
        List<String> texts = new ArrayList<>();
        log.forEach((entry, index) -> texts.add(entry.term() + new String(entry.command(), UTF_8)));
        return texts;
    }
}
