package io.dkron.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Api.Answer;
import io.dkron.tests.support.SharedServer;
import io.dkron.tests.support.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Cases of runs on one server, and known faults of them, that OneNodeIT leaves. */
class RunConformanceIT {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final String OVERLAPPING = "c115-allow";

    @RegisterExtension
    final Workbench bench = new Workbench();

    private final Api api = bench.api();

    /** What takes its time runs beside the other tests. */
    @BeforeAll
    static void startWhatTakesLong() {
        SharedServer.get().api().save(Api.shell(OVERLAPPING, "@every 1s", "sleep 2.2"));
    }

    @Test
    @Tag("F03")
    void c074OtherSavesDoNotDisturbAGrid() {
        JsonNode job = bench.save(Api.shell("c074", "@every 2s", "true"));
        Instant first = Workbench.at(job, "next");
        List<Instant> due = new ArrayList<>();
        await("four firings beside many saves").atMost(LONG).until(() -> {
            bench.save(Api.base("c074-other"));
            bench.save(Api.shell("c074", "@every 2s", "true"));
            due.clear();
            api.get("/v1/jobs/c074/executions?_sort=scheduled_at&_order=ASC")
                    .json()
                    .forEach(e -> due.add(Workbench.at(e, "scheduled_at")));
            return due.size() >= 4;
        });
        assertThat(due.subList(0, 4))
                .containsExactly(first, first.plusSeconds(2), first.plusSeconds(4), first.plusSeconds(6));
    }

    @Test
    void c115WithAllowRunsOverlap() {
        List<JsonNode> ended = bench.awaitEnded(OVERLAPPING, 3);
        assertThat(api.delete("/v1/jobs/" + OVERLAPPING).status()).isEqualTo(200);
        JsonNode later = ended.get(ended.size() - 2);
        JsonNode earlier = ended.get(ended.size() - 1);
        assertThat(Workbench.at(later, "started_at")).isBefore(Workbench.at(earlier, "finished_at"));
    }

    @Test
    void c118InBothDialectsAJobThatNeverRanHasNoStatus() {
        bench.save(Api.base("c118"));
        for (String dialect : List.of("v1", "v4")) {
            assertThat(bench.in(dialect, "GET", "/v1/jobs/c118", "")
                            .json()
                            .path("status")
                            .asText())
                    .isEmpty();
            assertThat(bench.in(dialect, "GET", "/v1/jobs/c118/executions", "").text())
                    .isEqualTo("[]");
        }
    }

    @Test
    void f01WhatNextSaidIsWhenItFired() {
        JsonNode job = bench.save(Api.shell("f01", "*/2 * * * * *", "true").put("timezone", "Asia/Kathmandu"));
        List<JsonNode> ended = bench.awaitEnded("f01", 1);
        assertThat(ended.get(ended.size() - 1).path("scheduled_at").asText())
                .isEqualTo(job.path("next").asText());
    }

    @Test
    void f21AConfigurationOf32KibReachesTheNode() {
        ObjectNode job = Api.shell("f21", "@manually", "test ${#TEXT} = 32768 && echo whole");
        ((ObjectNode) job.get("executor_config")).put("env", "TEXT=" + "x".repeat(32_768));
        bench.save(job);
        bench.run("f21");
        assertThat(bench.onlyExecution("f21").path("output").asText()).isEqualTo("whole\n");
    }

    @Test
    void f22ARunHoldsNobodyUpLongerThanAsked(@TempDir Path files) {
        bench.save(Api.shell("f22", "@manually", "while ! test -e " + files + "/go; do sleep 0.1; done"));
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            long begun = System.nanoTime();
            bench.start("f22");
            best = Math.min(best, System.nanoTime() - begun);
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(100));
        long begun = System.nanoTime();
        Answer waited = api.post("/v1/jobs/f22", "", "Prefer", "wait=1");
        assertThat(waited.status()).isEqualTo(200);
        assertThat(waited.json().path("status").asText()).isEqualTo("running");
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofMillis(900), Duration.ofSeconds(9)); // less than run-wait
        assertThat(api.post("/v1/jobs/f22/cancel").status()).isEqualTo(202);
        bench.awaitEnded("f22", 4);
    }

    @Test
    void f25ADeletedJobFiresNoMoreAndItsLateResultIsNoError(@TempDir Path files) throws Exception {
        Path starts = files.resolve("starts");
        bench.save(Api.shell(
                        "f25",
                        "@every 1s",
                        "echo x >> " + starts + "; while ! test -e " + files + "/go; do sleep 0.1; done")
                .put("concurrency", "forbid"));
        await("it to run").atMost(LONG).until(() -> Files.exists(starts));
        assertThat(api.delete("/v1/jobs/f25").status()).isEqualTo(200);
        int printed = SharedServer.get().printed().length();
        Files.createFile(files.resolve("go"));
        await("nothing of it to run any more, nor to start for two periods")
                .during(Duration.ofSeconds(2))
                .atMost(LONG)
                .until(() -> !api.get("/v1/busy").text().contains("\"f25\"")
                        && Files.readAllLines(starts).size() == 1);
        assertThat(api.get("/v1/jobs/f25").status()).isEqualTo(404);
        assertThat(SharedServer.get().printed().substring(printed)).doesNotContain("ERROR");
    }

    @Test
    void f54ANameWithASlashDoesNotOverwriteOneWithout() {
        bench.save(Api.base("ab").put("owner", "me"));
        assertThat(api.post("/v1/jobs", Api.base("a/b").toString()).status()).isEqualTo(400);
        assertThat(api.job("ab").path("owner").asText()).isEqualTo("me");
    }

    @Test
    void f57ABadConfigurationFailsItsOwnRunAlone() {
        ObjectNode bad = Api.base("f57-bad");
        ((ObjectNode) bad.get("executor_config")).put("command", "");
        bench.save(bad);
        bench.run("f57-bad");
        assertThat(bench.onlyExecution("f57-bad").path("success").asBoolean()).isFalse();
        assertThat(bench.onlyExecution("f57-bad").path("output").asText()).isNotBlank();
        bench.save(Api.base("f57"));
        bench.run("f57");
        assertThat(bench.onlyExecution("f57").path("output").asText()).isEqualTo("hi\n");
    }

    @Test
    void f64AFilesProcessorThatCannotWriteLeavesTheOutput(@TempDir Path files) throws Exception {
        Path noFolder = Files.writeString(files.resolve("file"), "a file, where a folder should be made");
        int printed = SharedServer.get().printed().length();
        for (boolean asText : new boolean[] {true, false}) {
            ObjectNode job = Api.base("f64-" + asText);
            ObjectNode config = job.putObject("processors").putObject("files");
            config.put("log_dir", noFolder + "/logs");
            if (asText) {
                config.put("forward", "false");
            } else {
                config.put("forward", false);
            }
            bench.save(job);
            bench.run("f64-" + asText);
            assertThat(bench.onlyExecution("f64-" + asText).path("output").asText())
                    .contains("hi\n");
        }
        assertThat(SharedServer.get().printed().substring(printed)).contains(noFolder.toString());
    }
}
