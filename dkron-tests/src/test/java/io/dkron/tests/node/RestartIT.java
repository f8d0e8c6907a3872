package io.dkron.tests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.DkronProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops, kills and returns of a node. */
class RestartIT {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path base;

    /** Starts a job that waits for a file, so that the test decides when it ends. */
    private static void startWaiting(Api api, String job, Path file, int exit) {
        api.save(Api.shell(
                job,
                "@manually",
                "echo begin; while ! test -e " + file + "; do sleep 0.1; done; echo end; exit " + exit));
        assertThat(api.post("/v1/jobs/" + job, "", "Prefer", "respond-async").status())
                .isEqualTo(202);
        await().atMost(LONG)
                .until(() -> api.executions(job).size() == 1
                        && api.get("/v1/busy").text().contains("begin"));
    }

    private static JsonNode ended(Api api, String job) {
        await("the execution of " + job + " to end")
                .atMost(LONG)
                .until(() ->
                        !api.executions(job).get(0).path("finished_at").asText().startsWith("0001"));
        return api.executions(job).get(0);
    }

    @Test
    void f14F15ARunThatGoesOnWhileItsNodeIsKilledIsFoundAgain() throws IOException {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            startWaiting(server.api(), "across", base.resolve("go"), 7);
            server.kill();
            server.start();
            assertThat(server.api().get("/v1/busy").json()).hasSize(1);
            assertThat(server.api().job("across").path("status").asText()).isEqualTo("running");
            Files.createFile(base.resolve("go"));
            JsonNode execution = ended(server.api(), "across");
            assertThat(execution.path("output").asText()).isEqualTo("exit status 7\nbegin\nend\n");
            assertThat(server.api().executions("across")).hasSize(1);
        }
    }

    @Test
    void aRunThatEndedWhileItsNodeWasAwayIsReported() throws IOException {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            startWaiting(server.api(), "meanwhile", base.resolve("go"), 0);
            server.kill();
            Files.createFile(base.resolve("go"));
            server.start();
            JsonNode execution = ended(server.api(), "meanwhile");
            assertThat(execution.path("success").asBoolean()).isTrue();
            assertThat(execution.path("output").asText()).isEqualTo("begin\nend\n");
        }
    }

    @Test
    void f28AStopLeavesRunningProcessesRunning() throws IOException {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            startWaiting(server.api(), "stays", base.resolve("go"), 0);
            assertThat(server.terminate()).isZero();
            server.start();
            Files.createFile(base.resolve("go"));
            assertThat(ended(server.api(), "stays").path("output").asText()).isEqualTo("begin\nend\n");
            assertThat(server.terminate()).isZero();
        }
    }

    @Test
    void aStopThatWaitsKillsAfterItsLimitAndSaysSoByItsExitCode() {
        try (DkronProcess server = DkronProcess.in(base)
                .with("--stop-jobs=wait", "--drain-timeout=1s", "--kill-grace=1s")
                .start()) {
            startWaiting(server.api(), "never", base.resolve("no"), 0);
            assertThat(server.terminate()).isEqualTo(1);
            server.start();
            JsonNode execution = ended(server.api(), "never");
            assertThat(execution.path("success").asBoolean()).isFalse();
            assertThat(execution.path("output").asText()).contains("begin");
        }
    }

    @Test
    void f05FiringsOfAGapRunOnceOrAreRecordedAsMissed() {
        try (DkronProcess server = DkronProcess.in(base)
                .with("--misfire-grace=60s", "--executions-kept=1000")
                .start()) {
            server.api().save(Api.shell("gap", "@every 1s", "true"));
            await().atMost(LONG).until(() -> server.api().executions("gap").size() >= 2);
            server.kill();
            Instant back = Instant.now().plusSeconds(3);
            await().atMost(LONG).until(() -> Instant.now().isAfter(back));
            server.start();
            Api api = server.api();
            await().atMost(LONG)
                    .until(() -> !api.get("/v1/jobs/gap/missed").text().equals("[]"));
            api.post("/v1/jobs/gap/toggle");
            JsonNode missed = api.get("/v1/jobs/gap/missed").json();
            assertThat(missed.get(missed.size() - 1).path("reason").asText()).isEqualTo("down");
            assertThat(api.job("gap").path("missed_count").asInt()).isPositive();
        }
    }

    @Tag("C150")
    @Test
    void f04ThePhaseOfEverySurvivesARestart() {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            String next = server.api().save(Api.base("phase")).path("next").asText();
            server.kill();
            server.start();
            assertThat(server.api().job("phase").path("next").asText()).isEqualTo(next);
        }
    }

    @Test
    void dataIsForItsOwnerOnlyAndPauseSurvives() throws IOException {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.data())))
                    .isEqualTo("rwx------");
            server.api().post("/v1/pause");
            server.kill();
            server.start();
            assertThat(server.api().get("/v1/pause").text()).isEqualTo("{\"paused\":true}");
        }
    }

    @Test
    void f41LeaveDrainsAnswersAndEnds() {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            Api.Answer answer = server.api().post("/v1/leave");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("{}");
            assertThat(server.awaitEnd()).isZero();
        }
    }
}
