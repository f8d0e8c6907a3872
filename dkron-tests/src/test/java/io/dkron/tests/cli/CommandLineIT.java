package io.dkron.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.DkronProcess;
import io.dkron.tests.support.SharedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of {@code bin/dkron}. */
class CommandLineIT {
    @TempDir
    Path files;

    private record Result(int exit, String output) {}

    private Result dkron(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(Distribution.home().resolve("bin/dkron").toString()));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(files, "out", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(files.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("dkron " + List.of(arguments) + " did not end");
        }
        return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    @Test
    void keygenPrintsOnlyAKey() throws Exception {
        Result result = dkron("keygen");
        assertThat(result.exit).isZero();
        assertThat(Base64.getDecoder().decode(result.output.strip())).hasSize(16);
    }

    @Test
    void versionPrintsV1sLinesThenJavas() throws Exception {
        Result result = dkron("version");
        assertThat(result.exit).isZero();
        List<String> lines = result.output.lines().toList();
        assertThat(lines.get(0)).startsWith("Dkron ");
        assertThat(lines.get(1)).isEqualTo("Agent Protocol: 5 (Understands back to: 2)");
        assertThat(lines.get(2)).contains("Java");
    }

    @Test
    void docWritesAPageForEachCommand() throws Exception {
        assertThat(dkron("doc", "--dir", files + "/doc").exit).isZero();
        assertThat(files.resolve("doc/dkron_agent.md")).content().contains("--http-addr", "--data-dir");
    }

    @Tag("F77")
    @Test
    void allMistakesAreRefusedTogetherEachByName() throws Exception {
        Result result = dkron(
                "agent",
                "--server",
                "--htp-addr=:8080",
                "--rpc-port=seven",
                "--log-level=loud",
                "--api-compat=v9",
                "--retry-join=provider=aws",
                "--data-dir=" + files + "/data");
        assertThat(result.exit).isEqualTo(1);
        assertThat(result.output)
                .contains(
                        "--htp-addr",
                        "http-addr",
                        "rpc-port",
                        "seven",
                        "log-level",
                        "loud",
                        "api-compat",
                        "v9",
                        "retry-join",
                        "provider");
        assertThat(files.resolve("data")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--http-user=me", "--statsd-addr=localhost:8125"})
    void whatIsNotAvailableYetIsRefusedByName(String flag) throws Exception {
        Result result = dkron("agent", "--server", flag, "--data-dir=" + files + "/data");
        assertThat(result.exit).isEqualTo(1);
        assertThat(result.output).contains(flag.substring(2, flag.indexOf('='))).contains("not available yet");
    }

    @Test
    void f79ListeningWiderNeedsADecisionSomebodyTyped() throws Exception {
        Result result = dkron("agent", "--server", "--http-addr=0.0.0.0:0", "--data-dir=" + files + "/data");
        assertThat(result.exit).isEqualTo(1);
        assertThat(result.output).contains("http-addr", "--insecure");
    }

    @Test
    void flagBeatsEnvironmentBeatsFile() throws Exception {
        Path config = files.resolve("dkron.yml");
        Files.writeString(
                config, "node-name: from-file\ntags:\n  zone: file\napi_compat: v1\nwat: 1\nexecutions-kept: 7\n");
        try (DkronProcess server = DkronProcess.in(files)
                .named("from-flag")
                .with("--config=" + config)
                .env("DKRON_NODE_NAME", "from-env")
                .env("DKRON_API_COMPAT", "v4")
                .env("DKRON_SERVICE_HOST", "10.0.0.1")
                .start()) {
            var index = server.api().get("/v1").json();
            assertThat(index.path("agent").path("name").asText()).isEqualTo("from-flag");
            assertThat(index.path("tags").path("zone").asText()).isEqualTo("file");
            assertThat(server.api().get("/v1/members").json().get(0).has("statusText"))
                    .as("the environment's v4 beats the file's v1")
                    .isTrue();
            assertThat(server.printed()).contains("wat").doesNotContain("DKRON_SERVICE_HOST");
        }
    }

    @Test
    void aBrokenConfigurationFileIsAnErrorWithItsLine() throws Exception {
        Path config = files.resolve("dkron.json");
        Files.writeString(config, "{\n  \"node-name\": \"a\",\n  oops\n}");
        Result result = dkron("agent", "--server", "--config=" + config, "--data-dir=" + files + "/data");
        assertThat(result.exit).isEqualTo(1);
        assertThat(result.output).contains("dkron.json").contains("3");
    }

    @Test
    void leaveEndsANodeByItsRpcAddress() throws Exception {
        int rpc = Distribution.freePort();
        try (DkronProcess server =
                DkronProcess.in(files).with("--rpc-port=" + rpc).start()) {
            Result result = dkron("leave", "--rpc-addr=127.0.0.1:" + rpc);
            assertThat(result.exit).as(result.output).isZero();
            assertThat(server.awaitEnd()).isZero();
        }
        Result nobody = dkron("leave", "--rpc-addr=127.0.0.1:" + rpc);
        assertThat(nobody.exit).isEqualTo(1);
        assertThat(nobody.output).contains("127.0.0.1:" + rpc);
    }

    @Test
    void followedLogsComeWhileTheJobRunsAndEndWithIt() throws Exception {
        Path gate = files.resolve("gate");
        Path job = files.resolve("gated.yaml");
        Files.writeString(
                job,
                "name: gated\nschedule: '@manually'\nexecutor: shell\nexecutor_config:\n  shell: true\n"
                        + "  command: echo one; while [ ! -e " + gate + " ]; do sleep 0.1; done; echo two; exit 3\n");
        String server = "--server=" + SharedServer.get().url();
        assertThat(dkron("apply", "-f", job.toString(), server).output).contains("gated created");
        assertThat(dkron(
                                "job",
                                "run",
                                "gated",
                                "--no-wait",
                                "--server",
                                SharedServer.get().url())
                        .exit)
                .isZero();
        Path output = files.resolve("followed.txt");
        Process follower = new ProcessBuilder(
                        Distribution.home().resolve("bin/dkron").toString(), "job", "logs", "gated", "-f", server)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            await("the first line")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(output).hasContent("one"));
            assertThat(follower.isAlive()).isTrue();
            Files.createFile(gate);
            assertThat(follower.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output).as("each byte once").hasContent("one\ntwo\ndkron: node1: failed");
            assertThat(follower.exitValue()).isEqualTo(1);
        } finally {
            follower.destroyForcibly();
            dkron("job", "delete", "gated", "-y", server);
        }
    }

    @Test
    void oneLineSaysThatItIsReadyAndForWhom() {
        try (DkronProcess server = DkronProcess.in(files).named("ready1").start()) {
            // The API may answer a moment before the line is printed.
            await("the line")
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(server.printed()
                                    .lines()
                                    .filter(l -> l.contains("ready1") && l.contains(server.url()))
                                    .toList())
                            .hasSize(1)
                            .allMatch(l -> l.contains("server") && l.contains("embedded")));
        }
    }
}
