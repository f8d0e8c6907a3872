package io.dkron.agent.run;

import static io.dkron.agent.run.TestNode.shell;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.LogLimits;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Outputs that stay after their results, of real runs. */
@Timeout(90)
class KeptLogsTest {
    private static final LogLimits FOR_EVER = new LogLimits(Optional.empty(), Optional.empty());

    @TempDir
    Path directory;

    private static LogLimits size(long bytes) {
        return new LogLimits(Optional.of(bytes), Optional.empty());
    }

    private static RunOrder keeping(RunOrder order, String uid, LogLimits limits) {
        return new RunOrder(
                order.id(),
                new RunKey(uid, order.key().cause(), order.key().node(), 1),
                order.job(),
                order.group(),
                order.executor(),
                order.config(),
                order.timeout(),
                order.deadline(),
                "",
                Optional.of(limits));
    }

    /** Runs it to its end; its result is stored. */
    private static RunOrder stored(TestNode node, RunOrder order) {
        node.run(order);
        node.runner.acknowledge(List.of(order.key()));
        return order;
    }

    private static RunOrder stored(TestNode node, String command, LogLimits limits) {
        return stored(node, keeping(shell(command), "uid", limits));
    }

    private static String read(TestNode node, RunOrder order, long from, int limit) {
        return node.runner
                .output(order.key(), from, limit)
                .map(slice -> new String(slice.bytes(), StandardCharsets.UTF_8))
                .orElse("none");
    }

    private List<String> files(String under) throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve(under))) {
            return all.map(p -> p.getFileName().toString())
                    .filter(name -> !name.equals("supervisors"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    @DisplayName(
            "keep_logs: the whole output stays after the result was stored, with what went wrong, and over a restart")
    void theWholeOutputStaysAlsoOverARestart() throws IOException {
        RunOrder order;
        RunOrder plain;
        try (TestNode node = new TestNode(directory)) {
            order = stored(node, "head -c 600000 /dev/zero | tr '\\0' a; echo end; exit 3", FOR_EVER);
            plain = stored(node, shell("echo gone"));
            assertThat(read(node, plain, 0, 10)).isEqualTo("none");
            assertThat(files("runs")).isEmpty();
            assertThat(node.runner.keptLogs(TestNode.FENCE, Set.of())).isEqualTo(new KeptJobs("", Set.of("uid")));
        }
        try (TestNode node = new TestNode(directory)) {
            OutputSlice slice = node.runner.output(order.key(), 599_998, 100).orElseThrow();
            assertThat(new String(slice.bytes(), StandardCharsets.UTF_8)).isEqualTo("aaend\n");
            assertThat(slice.size()).isEqualTo(600_004);
            assertThat(slice.ended()).isTrue();
            assertThat(slice.error()).isEqualTo("exit status 3");
            assertThat(node.accept(order)).as("it ran already").noneMatch(RunAnswer::accepted);
        }
    }

    @Test
    @DisplayName(
            "keep_logs: size is of all outputs of the job on the node together, the oldest go; of a larger one the end stays")
    void sizeIsOfAllOutputsOfAJobTogether() throws IOException {
        try (TestNode node = new TestNode(directory)) {
            LogLimits limits = size(100_000);
            RunOrder first = stored(node, "head -c 40000 /dev/zero", limits);
            RunOrder second = stored(node, "head -c 40000 /dev/zero", limits);
            RunOrder other = stored(node, keeping(shell("head -c 90000 /dev/zero"), "other", limits));
            RunOrder third = stored(node, "head -c 40000 /dev/zero", limits);
            assertThat(read(node, first, 0, 9)).isEqualTo("none");
            assertThat(read(node, second, 0, 9)).hasSize(9);
            assertThat(read(node, third, 0, 9)).hasSize(9);
            assertThat(read(node, other, 0, 9)).hasSize(9);
            RunOrder large = stored(node, "head -c 500000 /dev/zero | tr '\\0' a; echo end", limits);
            assertThat(read(node, third, 0, 9)).isEqualTo("none");
            OutputSlice slice = node.runner.output(large.key(), 0, 9).orElseThrow();
            assertThat(slice.from()).isEqualTo(400_004);
            assertThat(slice.size()).isEqualTo(500_004);
            assertThat(read(node, large, 500_000, 9)).isEqualTo("end\n");
            assertThat(files("logs")).hasSize(2);
        }
    }

    @Test
    void whatAllJobsKeepIsBoundedEachCountingAtLeastSoMuch() throws IOException {
        RunnerSettings settings = new RunnerSettings(
                directory.resolve("runs"),
                1_000,
                1 << 20,
                directory.resolve("logs"),
                4 * KeptLogs.LEAST,
                10_000,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        try (TestNode node = new TestNode(directory, settings)) {
            RunOrder[] orders = new RunOrder[6];
            for (int i = 0; i < orders.length; i++) {
                orders[i] = stored(node, keeping(shell("echo " + i), "uid" + i, FOR_EVER));
            }
            assertThat(read(node, orders[1], 0, 9)).isEqualTo("none");
            assertThat(read(node, orders[2], 0, 9)).isEqualTo("2\n");
            assertThat(files("logs")).hasSize(4);
            assertThat(node.runner.keptLogs(TestNode.FENCE, Set.of()).jobs())
                    .containsExactlyInAnyOrder("uid2", "uid3", "uid4", "uid5");
        }
    }

    @Test
    void whatIsTooOldGoesAndAnEmptyOutputIsNotKept() throws IOException {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        LogLimits hour = new LogLimits(Optional.empty(), Optional.of(Duration.ofHours(1)));
        RunOrder order;
        try (TestNode node = new TestNode(directory, TestNode.settings(directory), now::get)) {
            order = stored(node, "echo x", hour);
            stored(node, "true", hour);
            assertThat(read(node, order, 0, 9)).isEqualTo("x\n");
            assertThat(files("logs")).hasSize(1);
        }
        now.set(now.get().plus(Duration.ofMinutes(61)));
        try (TestNode node = new TestNode(directory, TestNode.settings(directory), now::get)) {
            assertThat(read(node, order, 0, 9)).isEqualTo("none");
            assertThat(files("logs")).isEmpty();
        }
    }

    @Test
    @DisplayName("keep_logs: the leader tells which jobs are gone; one whose lead is over is not heard")
    void whatOfDeletedJobsIsKeptGoes() throws IOException {
        try (TestNode node = new TestNode(directory)) {
            RunOrder order = stored(node, "echo x", FOR_EVER);
            Fence stale = new Fence("c1", 3);
            assertThat(node.runner.keptLogs(stale, Set.of("uid")).refusal()).contains("stale fence");
            assertThat(read(node, order, 0, 9)).isEqualTo("x\n");
            assertThat(node.runner
                            .keptLogs(TestNode.FENCE, Set.of("uid", "none"))
                            .jobs())
                    .isEmpty();
            assertThat(read(node, order, 0, 9)).isEqualTo("none");
            assertThat(files("logs")).isEmpty();
        }
    }

    @Test
    @DisplayName("keep_logs: what a crash left half made or half deleted is no error and goes; whole ones stay")
    void whatACrashLeftHalfGoes() throws IOException {
        RunOrder whole;
        RunOrder half;
        RunOrder torn;
        try (TestNode node = new TestNode(directory)) {
            whole = stored(node, "echo whole", FOR_EVER);
            half = stored(node, "echo half", FOR_EVER);
            torn = stored(node, "echo torn", FOR_EVER);
        }
        List<String> logs = files("logs");
        Files.delete(directory.resolve("logs/" + logs.get(1) + "/log.properties"));
        Files.writeString(directory.resolve("logs/" + logs.get(2) + "/log.properties"), "uid=uid\n");
        Files.createDirectories(directory.resolve("runs/4711")); // deleted in its journal already
        Files.writeString(directory.resolve("runs/4711/output"), "x");
        try (TestNode node = new TestNode(directory)) {
            assertThat(read(node, whole, 0, 9)).isEqualTo("whole\n");
            assertThat(read(node, half, 0, 9)).isEqualTo("none");
            assertThat(read(node, torn, 0, 9)).isEqualTo("none");
            assertThat(files("logs")).containsExactly(logs.get(0));
            assertThat(files("runs")).isEmpty();
        }
    }

    @Test
    void aCrashBetweenKeepingAndForgettingLosesNothing() throws IOException {
        RunOrder order = keeping(shell("echo x; exit 4"), "uid", FOR_EVER);
        try (TestNode node = new TestNode(directory)) {
            node.run(order);
            KeptLogs before = new KeptLogs(directory.resolve("logs"), 1 << 20, 1 << 20, Instant::now);
            before.load();
            assertThat(before.keep(
                            directory.resolve("runs/1"),
                            order,
                            node.journal.result(order.key()).orElseThrow()))
                    .isTrue(); // and the node is killed
        }
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.journal.unreported()).hasSize(1);
            assertThat(read(node, order, 0, 9)).isEqualTo("x\n");
            node.runner.acknowledge(List.of(order.key()));
            assertThat(read(node, order, 0, 9)).isEqualTo("x\n");
            assertThat(files("logs")).hasSize(1);
        }
    }

    @Test
    void theJournalRemembersWhatIsToBeKept() throws Exception {
        RunOrder order = keeping(
                shell("sleep 1; echo x"),
                "uid",
                new LogLimits(Optional.of(7L), Optional.of(Duration.ofNanos(5_000_000_009L))));
        try (TestNode node = new TestNode(directory)) {
            node.accept(order);
            assertThat(node.journal.open())
                    .singleElement()
                    .satisfies(open -> assertThat(open.order()).isEqualTo(order));
        }
        try (TestNode node = new TestNode(directory)) {
            node.result(order);
            assertThat(node.journal
                            .unreported(order.key())
                            .orElseThrow()
                            .order()
                            .keep())
                    .isEqualTo(order.keep());
        }
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.journal
                            .unreported(order.key())
                            .orElseThrow()
                            .order()
                            .keep())
                    .isEqualTo(order.keep());
            assertThat(TestNode.text(node.result(order))).isEqualTo("x\n");
        }
    }
}
