package io.dkron.agent.run;

import static io.dkron.agent.run.TestNode.shell;
import static io.dkron.agent.run.TestNode.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that print or fork too much. */
@Timeout(90)
class OutputFaultTest {
    private static final int MOST = 4 << 20;

    @TempDir
    Path directory;

    private TestNode node;
    private long threads;
    private long descriptors;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(
                directory,
                new RunnerSettings(
                        directory.resolve("runs"),
                        256_000,
                        MOST,
                        directory.resolve("logs"),
                        64L << 20,
                        10_000,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)));
        node.workers.prestartAllCoreThreads();
        for (int i = 0; i < 5; i++) {
            node.run(shell("echo warm"));
        }
        threads = threads();
        descriptors = descriptors();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    /** Those that watch processes end by themselves after a minute, those of the test with it. */
    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !name.contains("process reaper") && !name.contains("awaitility"))
                .count();
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private void nothingIsLeft() {
        await("threads and descriptors as before")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    assertThat(threads()).isLessThanOrEqualTo(threads);
                    assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 1); // one shell more kept for later
                });
    }

    private static List<String> running(String marker) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process -> process.getFileName().toString().matches("\\d+"))
                    .map(process -> line(process.resolve("cmdline")))
                    .filter(line -> line.contains(marker))
                    .toList();
        }
    }

    private static String line(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).replace('\0', ' ');
        } catch (IOException e) {
            return ""; // it ended
        }
    }

    @Test
    @DisplayName(
            "C141, F27: 10 MB a second for some seconds: the run ends, disk stays bounded, the size is right, nothing is left")
    void c141AFloodOfOutputIsBounded() throws Exception {
        RunOrder order = shell("i=0; while [ $i -lt 30 ]; do head -c 1000000 /dev/zero | tr '\\0' x;"
                + " sleep 0.08; i=$((i+1)); done; echo end");
        node.accept(order);
        Path output = directory.resolve("runs/6/output");
        await("half of it").until(() -> Files.exists(output) && Files.size(output) > 15_000_000);
        RunReport report = node.result(order);
        assertThat(report.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(report.output().size()).isEqualTo(30_000_004);
        assertThat(text(report)).hasSize(256_000).endsWith("xend\n");
        await("the disk space of all but the end to be given back")
                .atMost(Duration.ofSeconds(20))
                .until(() -> blocks(output) <= MOST * 5L / 4 + 4_096);
        node.runner.acknowledge(List.of(order.key()));
        assertThat(output).doesNotExist();
        nothingIsLeft();
    }

    private static long blocks(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        try (InputStream blocks = stat.getInputStream()) {
            return Long.parseLong(new String(blocks.readAllBytes(), StandardCharsets.US_ASCII).strip()) * 512;
        }
    }

    @Test
    @DisplayName("C137: a hundred children that hear no TERM end with their run at its timeout, nothing is left")
    void c137AHundredChildrenEndWithTheirRun() throws Exception {
        String marker = "sleep 7791";
        RunOrder order = shell(
                "trap '' TERM; i=0; while [ $i -lt 100 ]; do " + marker + " & i=$((i+1)); done; wait", "timeout", "2s");
        node.accept(order);
        await("the children").until(() -> running(marker).size() >= 100);
        RunReport report = node.result(order);
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(report)).contains("exceeding defined timeout 2s. Job was killed");
        assertThat(Duration.between(report.startedAt(), report.finishedAt())).isLessThan(Duration.ofSeconds(20));
        await("no child to be left")
                .atMost(Duration.ofSeconds(20))
                .until(() -> running(marker).isEmpty());
        nothingIsLeft();
    }
}
