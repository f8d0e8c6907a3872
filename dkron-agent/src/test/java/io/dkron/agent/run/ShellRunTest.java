package io.dkron.agent.run;

import static io.dkron.agent.run.TestNode.direct;
import static io.dkron.agent.run.TestNode.shell;
import static io.dkron.agent.run.TestNode.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell executor under a runner, with real processes. */
class ShellRunTest {
    private static final String MEANT = "'\"\\$`!*?[]{}()<>|&;#~\n\t\r =%";

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(directory);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void aCommandThatEndsWellIsASuccessWithItsOutput() {
        RunReport report = node.run(direct("echo hello"));
        assertThat(report.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(text(report)).isEqualTo("hello\n");
        assertThat(report.error()).isEmpty();
        assertThat(report.finishedAt()).isAfterOrEqualTo(report.startedAt());
    }

    @Test
    void standardOutputAndErrorComeAsTheyWereWritten() {
        RunReport report = node.run(shell("echo a; echo b >&2; echo c"));
        assertThat(text(report)).isEqualTo("a\nb\nc\n");
    }

    @Test
    void exitStatusAndSignalAreToldApart() {
        assertThat(node.run(shell("exit 3")).error()).isEqualTo("exit status 3");
        assertThat(node.run(shell("exit 137")).error()).isEqualTo("exit status 137");
        assertThat(node.run(shell("kill -9 $$")).error()).isEqualTo("signal: killed");
        assertThat(node.run(shell("kill -15 $$")).error()).isEqualTo("signal: terminated");
        assertThat(node.run(shell("exit 3")).state()).isEqualTo(ExecutionState.FAILED);
    }

    @Test
    @DisplayName("F57: what cannot be started is one failed run that says why, and nothing else")
    void whatCannotBeStartedSaysWhy() {
        assertThat(node.run(direct("")).error()).isEqualTo("shell: Command missing");
        assertThat(node.run(direct("no-such-program-x a")).error())
                .isEqualTo("exec: \"no-such-program-x\": executable file not found in $PATH");
        assertThat(node.run(direct("/no/such")).error()).isEqualTo("fork/exec /no/such: no such file or directory");
        assertThat(node.run(direct("echo a | wc")).error()).contains("needs a shell");
        assertThat(node.run(direct("echo 'a")).error()).isEqualTo("invalid command line string");
        assertThat(node.run(direct("true", "payload", "%%%")).error()).contains("not base64");
        assertThat(node.run(direct("true", "cwd", "/no/such")).error())
                .isEqualTo("chdir /no/such: no such file or directory");
        assertThat(node.run(TestNode.order("nothing")).error()).contains("Specified executor is not present");
        assertThat(node.run(direct("echo works")).state()).isEqualTo(ExecutionState.SUCCESS);
    }

    @Test
    void environmentWorkingDirectoryAndJobNameReachTheCommand() {
        RunReport report = node.run(shell(
                "echo \"$A|$B|$PATH|$ENV_JOB_NAME|$PWD\"",
                "env",
                "A=1 'q',B=$HOME=2,PATH=/usr/bin:/bin",
                "cwd",
                directory.toString()));
        assertThat(text(report)).isEqualTo("1 'q'|$HOME=2|/usr/bin:/bin|job1|" + directory + "\n");
        assertThat(text(node.run(direct("env", "env", "x.y=dot,UID=7")))).contains("x.y=dot\n", "UID=7\n");
    }

    @Tag("C136")
    @Tag("F61")
    @Test
    void aPayloadLargerThanAPipeIsReadWhole() {
        byte[] payload = new byte[1 << 20];
        RunReport report =
                node.run(direct("wc -c", "payload", Base64.getEncoder().encodeToString(payload)));
        assertThat(text(report).strip()).isEqualTo("1048576");
    }

    @Test
    void anyTextReachesTheCommandUnchanged() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<RunOrder> orders = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            StringBuilder word = new StringBuilder();
            for (int n = random.nextInt(40); n >= 0; n--) {
                word.appendCodePoint(
                        random.nextInt(4) > 0
                                ? MEANT.charAt(random.nextInt(MEANT.length()))
                                : 1 + random.nextInt(0xd7fe));
            }
            words.add(word.toString());
            String quoted = "'" + word.toString().replace("'", "'\\''") + "'";
            orders.add(shell(
                    "printf %s " + quoted + "; printf '\\036%s' \"$V\"",
                    "env",
                    "V=" + word.toString().replace(",", "")));
        }
        node.accept(orders.toArray(RunOrder[]::new));
        for (int i = 0; i < orders.size(); i++) {
            String word = words.get(i);
            assertThat(text(node.result(orders.get(i)))).isEqualTo(word + "\036" + word.replace(",", ""));
        }
    }

    @Tag("F60")
    @Test
    void aTimeoutEndsTheWholeTreeAndSaysSo() throws IOException {
        RunReport report =
                node.run(shell("trap '' TERM; sleep 301 & setsid sleep 302 & sleep 303; sleep 304", "timeout", "1s"));
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(report)).endsWith("execution time exceeding defined timeout 1s. Job was killed\n");
        await("no process to be left")
                .atMost(Duration.ofSeconds(20))
                .until(() -> sleepers("30[1-4]").isEmpty());
    }

    private static List<String> sleepers(String seconds) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.toList()) {
                Path file = process.resolve("cmdline");
                if (process.getFileName().toString().matches("\\d+")) {
                    String line = read(file).replace('\0', ' ').strip();
                    if (line.matches("sleep " + seconds)) {
                        found.add(process + " " + line);
                    }
                }
            }
        }
        return found;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it ended
        }
    }

    @Test
    void aCancelledRunEndsAsCancelled() {
        RunOrder order = shell("sleep 305; echo no");
        node.accept(order);
        await("the process").until(() -> !sleepers("305").isEmpty());
        node.runner.cancel(TestNode.FENCE, List.of(order.key()));
        assertThat(node.result(order).state()).isEqualTo(ExecutionState.CANCELLED);
        await("no process to be left").until(() -> sleepers("305").isEmpty());
    }

    @Test
    void theOrdersOwnTimeoutEndsTheRunToo() {
        RunOrder plain = shell("sleep 307");
        RunOrder limited = new RunOrder(
                plain.id(),
                plain.key(),
                plain.job(),
                plain.group(),
                plain.executor(),
                plain.config(),
                Optional.of(Duration.ofMillis(300)),
                plain.deadline());
        RunReport report = node.run(limited);
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(report)).contains("exceeding defined timeout 300ms. Job was killed");
        await("no process to be left").until(() -> sleepers("307").isEmpty());
    }

    @Test
    void aTimeoutOfZeroIsNone() {
        RunReport report = node.run(shell("sleep 0.3; echo done", "timeout", "0s"));
        assertThat(report.error()).isEmpty();
        assertThat(text(report)).isEqualTo("done\n");
    }

    @Test
    void rootMayRunACommandAsAnotherUserAndGroup() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root may change its user");
        assertThat(text(node.run(shell("id -un; id -gn", "su", "nobody")))).isEqualTo("nobody\nnogroup\n");
        assertThat(text(node.run(shell("id -un; id -gn", "su", "nobody:daemon"))))
                .isEqualTo("nobody\ndaemon\n");
        RunReport unknown = node.run(shell("true", "su", "no-such-user"));
        assertThat(unknown.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(unknown.error()).isEqualTo("user: unknown user no-such-user");
        assertThat(node.run(shell("true", "su", "nobody:nobody")).error()).isEqualTo("group: unknown group nobody");
    }

    @Test
    void moreMemoryThanAllowedEndsTheRun() {
        RunReport report =
                node.run(shell("x=$(head -c 60000000 /dev/zero | tr '\\0' x); sleep 306", "mem_limit", "20MB"));
        assertThat(report.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(report)).contains("exceeding defined limit (20971520 bytes). Job was killed");
    }

    @Test
    void aJobIgnoresNoSignalThatItsNodeDoesNotIgnore() throws IOException {
        String ignored = text(node.run(direct("grep SigIgn /proc/self/status"))).strip();
        // What the node was started with, as by nohup, no shell can undo. The C library ignores its own two signals, 32
        // and
        // 33, in what posix_spawn starts.
        String own = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn"))
                .findFirst()
                .orElseThrow();
        assertThat(signals(ignored) & ~signals(own) & 0x7fff_ffffL).isZero();
        assertThat(text(node.run(shell("ls /proc/self/fd | tr '\\n' ' '")))).doesNotContain(" 4 ", " 5 ");
    }

    private static long signals(String line) {
        return Long.parseLong(line.substring(7).strip(), 16);
    }

    @Test
    void theEndOfALongOutputIsKeptWithItsSize() {
        RunReport report = node.run(shell("head -c 1000000 /dev/zero | tr '\\0' a; echo end"));
        assertThat(report.output().size()).isEqualTo(1_000_004);
        assertThat(report.output().bytes()).hasSize(256_000);
        assertThat(text(report)).endsWith("aend\n");
    }

    @Test
    void outputIsThereWhileItRuns() {
        RunOrder order = shell("echo first; sleep 307");
        node.accept(order);
        await("the output so far")
                .until(() -> node.runner
                        .output(order.key(), 0, 100)
                        .filter(s -> new String(s.bytes(), StandardCharsets.UTF_8).equals("first\n") && !s.ended())
                        .isPresent());
        node.runner.cancel(TestNode.FENCE, List.of(order.key()));
        node.result(order);
    }

    @Tag("F60")
    @Tag("F74")
    @Test
    @DisplayName("F27: of a thousand runs none comes without its output; no thread and no descriptor is left")
    void aThousandRunsLeaveNoThreadsAndNoDescriptors() throws IOException {
        for (int i = 0; i < 20; i++) {
            node.run(direct("true"));
        }
        int threads = Thread.activeCount();
        long descriptors = descriptors();
        for (int round = 0; round < 10; round++) {
            RunOrder[] orders =
                    Stream.generate(() -> direct("echo x")).limit(100).toArray(RunOrder[]::new);
            node.accept(orders);
            for (RunOrder order : orders) {
                assertThat(text(node.result(order))).isEqualTo("x\n");
            }
            node.runner.acknowledge(Arrays.stream(orders).map(RunOrder::key).toList());
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 10); // the workers' own eight
        assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 20); // shells kept for later
        try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
            assertThat(runs.filter(p -> !p.endsWith("supervisors")).count()).isEqualTo(20);
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void manyLongRunsGoSideBySide() {
        RunOrder[] orders =
                Stream.generate(() -> shell("sleep 3; echo done")).limit(40).toArray(RunOrder[]::new);
        node.accept(orders);
        await("all to run at once")
                .atMost(Duration.ofSeconds(30))
                .until(() -> sleepers("3").size() == 40);
        for (RunOrder order : orders) {
            assertThat(text(node.result(order))).isEqualTo("done\n");
        }
    }

    @Test
    void aRunGoesOnWhenItsSupervisorIsKilledAndOthersStillRun() throws Exception {
        RunOrder order = shell("echo a; sleep 2; echo b");
        node.accept(order);
        await("the process").until(() -> !sleepers("2").isEmpty());
        String claim = Files.readAllLines(directory.resolve("runs/1/claim")).get(1);
        new ProcessBuilder("/bin/kill", "-9", claim.split(" ", -1)[3]).start().waitFor();
        assertThat(text(node.run(direct("echo works")))).isEqualTo("works\n");
        RunReport report = node.result(order);
        assertThat(report.error()).startsWith("exit status unknown");
        assertThat(text(report)).isEqualTo("a\nb\n");
    }

    @Test
    void diskSpaceOfALongOutputIsGivenBackWhileItRuns() throws Exception {
        node.close();
        RunnerSettings small = new RunnerSettings(
                directory.resolve("runs"),
                1000,
                1 << 20,
                directory.resolve("logs"),
                1 << 30,
                10_000,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        node = new TestNode(directory, small);
        RunOrder order = shell("head -c 20000000 /dev/zero | tr '\\0' a; while [ ! -e " + directory
                + "/go ]; do sleep 0.1; done; echo end");
        node.accept(order);
        Path output = directory.resolve("runs/1/output");
        await("the space to be given back")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Files.exists(output) && Files.size(output) == 20_000_000 && blocks(output) < 4_000_000);
        Files.createFile(directory.resolve("go"));
        RunReport report = node.result(order);
        assertThat(report.output().size()).isEqualTo(20_000_004);
        assertThat(text(report)).hasSize(1000).endsWith("aaaend\n").startsWith("aaa");
        assertThat(node.runner.output(order.key(), 0, 10).orElseThrow().from()).isEqualTo(20_000_004 - (1 << 20));
    }

    private static long blocks(Path file) throws Exception {
        Process du = new ProcessBuilder("du", "-B1", file.toString()).start();
        return Long.parseLong(
                new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\t", -1)[0]);
    }
}
