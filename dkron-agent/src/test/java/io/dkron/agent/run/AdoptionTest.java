package io.dkron.agent.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of runs when their node is killed (protocol P13). */
class AdoptionTest {
    @TempDir
    Path directory;

    private final List<Process> hosts = new ArrayList<>();

    @AfterEach
    void killHosts() {
        hosts.forEach(Process::destroyForcibly);
    }

    private Process host(String... commands) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RunnerHost.class.getName(),
                directory.toString()));
        line.addAll(List.of(commands));
        Process host = new ProcessBuilder(line).redirectErrorStream(true).start();
        hosts.add(host);
        BufferedReader out = new BufferedReader(new InputStreamReader(host.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder seen = new StringBuilder();
        for (String read = out.readLine(); !"accepted".equals(read); read = out.readLine()) {
            assertThat(read).as("host ended: %s", seen).isNotNull();
            seen.append(read).append('\n');
        }
        return host;
    }

    private static RunOrder order(int number) {
        return RunnerHost.order(number, "");
    }

    private void awaitFile(String name) {
        await(name).atMost(Duration.ofSeconds(30)).until(() -> Files.exists(directory.resolve(name)));
    }

    private String waiting(String text) {
        return "echo before; touch " + directory + "/" + text + "; while [ ! -e " + directory
                + "/go ]; do sleep 0.05; done; echo after; exit 3";
    }

    @Test
    void p13ARunOutlivesItsKilledNodeAndIsFoundAgain() throws Exception {
        Process host = host(waiting("started"));
        awaitFile("started");
        host.destroyForcibly().waitFor();
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.runner.list(TestNode.FENCE).runs())
                    .containsExactly(new Listing.Known(order(1).key(), false));
            Files.createFile(directory.resolve("go"));
            RunReport report = node.result(order(1));
            assertThat(report.error()).isEqualTo("exit status 3");
            assertThat(TestNode.text(report)).isEqualTo("before\nafter\n");
        }
    }

    @Test
    void p13ARunThatEndedWhileItsNodeWasDownGivesItsResult() throws Exception {
        Process host = host(waiting("started"));
        awaitFile("started");
        host.destroyForcibly().waitFor();
        Files.createFile(directory.resolve("go"));
        await("the status")
                .until(() ->
                        Files.readString(directory.resolve("runs/1/status")).contains("exit 3"));
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.result(order(1)).error()).isEqualTo("exit status 3");
        }
    }

    @Test
    void p13AResultSurvivesTheKillAndIsNotRunAgain() throws Exception {
        Process host = host("echo once >> " + directory + "/count");
        awaitFile("count");
        host.destroyForcibly().waitFor();
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.result(order(1)).state()).isEqualTo(ExecutionState.SUCCESS);
            assertThat(node.accept(order(1))).allMatch(RunAnswer::accepted);
            node.runner.acknowledge(List.of(order(1).key()));
            assertThat(node.accept(order(1))).noneMatch(RunAnswer::accepted);
        }
        assertThat(Files.readAllLines(directory.resolve("count"))).containsExactly("once");
    }

    @Test
    void p13ARunWhoseSupervisorIsGoneTooIsWatchedToItsEnd() throws Exception {
        Process host = host(waiting("started"));
        awaitFile("started");
        host.destroyForcibly().waitFor();
        killSupervisor();
        try (TestNode node = new TestNode(directory)) {
            Files.createFile(directory.resolve("go"));
            assertThat(node.result(order(1)).error()).startsWith("exit status unknown");
            assertThat(TestNode.text(node.result(order(1)))).isEqualTo("before\nafter\n");
        }
    }

    private void killSupervisor() throws Exception {
        String parent =
                Files.readAllLines(directory.resolve("runs/1/claim")).get(1).split(" ")[3];
        assertThat(new ProcessBuilder("/bin/kill", "-9", parent).start().waitFor())
                .isZero();
    }

    @Test
    void p13AClaimOfAnotherBootMeansThatTheRunIsGone() throws Exception {
        forge("11111111-2222-3333-4444-555555555555\n", "1 (x) S 1 1 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 42 0 0\n");
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.result(order(1)).error()).isEqualTo("the machine was restarted while it ran");
        }
    }

    @Test
    void p13AnotherProcessWithTheSamePidIsNotTheRun() throws Exception {
        String self = Files.readString(Path.of("/proc/self/stat"));
        String[] fields = self.split(" ");
        fields[21] = Long.toString(Long.parseLong(fields[21]) - 1);
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
        forge(boot, String.join(" ", fields));
        try (TestNode node = new TestNode(directory)) {
            node.runner.cancel(TestNode.FENCE, List.of(order(1).key())); // must not end this test's process
            assertThat(node.result(order(1)).error())
                    .isIn("exit status unknown: its supervisor was gone when it ended", "cancelled");
        }
    }

    /** A journal with an open run, whose claim says this. */
    private void forge(String boot, String stat) throws Exception {
        Process host = host(waiting("started"));
        awaitFile("started");
        host.destroyForcibly().waitFor();
        Files.createFile(directory.resolve("go"));
        Path status = directory.resolve("runs/1/status");
        await("the status").until(() -> Files.readString(status).contains("exit 3"));
        Files.writeString(status, " ".repeat(256));
        Files.writeString(directory.resolve("runs/1/claim"), boot + stat);
    }

    @Test
    void p13AnAcceptedRunThatNobodyClaimedIsStartedAfterAll() throws Exception {
        Process host = host("echo once >> " + directory + "/count");
        awaitFile("count");
        await("the result")
                .until(() ->
                        Files.readString(directory.resolve("runs/1/status")).contains("exit 0"));
        host.destroyForcibly().waitFor();
        Path other = directory.resolve("other");
        try (TestNode node = new TestNode(other)) {
            node.journal.admit(TestNode.FENCE);
            node.journal.accept(List.of(RunnerHost.order(9, "echo ran")));
        }
        try (TestNode node = new TestNode(other)) {
            assertThat(TestNode.text(node.result(order(9)))).isEqualTo("ran\n");
        }
    }
}
