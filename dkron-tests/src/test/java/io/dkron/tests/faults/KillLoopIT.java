package io.dkron.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.DkronProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server killed at random moments, again and again. After each start every acknowledged job is there; in the end what
 * the jobs wrote themselves, the executions and the missed records account for every firing, none lost, none doubled.
 */
class KillLoopIT {
    private static final int ROUNDS = Distribution.longRuns() ? 300 : 30;

    @TempDir
    Path base;

    @Test
    void aServerKilledAtAnyMomentLosesNothingAndDoublesNothing() {
        long seed = Long.getLong("dkron.tests.seed", System.nanoTime());
        System.out.println("kill loop: seed " + seed + ", " + ROUNDS + " rounds (-Ddkron.tests.seed)");
        Random random = new Random(seed);
        History history = new History(base);
        Map<String, Duration> checked = new LinkedHashMap<>();
        Set<String> acknowledged = new TreeSet<>();
        try (DkronProcess server =
                DkronProcess.in(base).with("--executions-kept=1000000").start()) {
            post(server.api(), history, checked);
            for (int round = 1; round <= ROUNDS; round++) {
                writeUntilKilled(server, random, round, acknowledged);
                server.start();
                everythingAcknowledgedIsThere(server.api(), checked.keySet(), acknowledged, history);
            }
            settle(server.api(), checked.keySet());
            int fired = 0;
            for (Map.Entry<String, Duration> job : checked.entrySet()) {
                fired += history.check(server.api(), job.getKey(), job.getValue());
            }
            System.out.println("kill loop: " + fired + " firings ran, " + acknowledged.size() + " jobs acknowledged");
            assertThat(fired).isGreaterThan(ROUNDS);
        }
        assertThat(history.faults()).isEmpty();
    }

    private void post(Api api, History history, Map<String, Duration> checked) {
        String[][] jobs = {
            {"quick", "1", "0"},
            {"second", "1", "0.4"},
            {"spanning", "2", "3"},
            {"long", "7", "12"},
            {"alone", "1", "1.7"}
        };
        for (String[] job : jobs) {
            ObjectNode body = Api.shell(job[0], "@every " + job[1] + "s", history.command(job[0], job[2]));
            if (job[0].equals("alone")) {
                body.put("concurrency", "forbid");
            }
            api.save(body);
            checked.put(job[0], Duration.ofSeconds(Long.parseLong(job[1])));
        }
    }

    /** Posts jobs on another thread and kills the server in between, at a moment that chance picks. */
    private static void writeUntilKilled(DkronProcess server, Random random, int round, Set<String> acknowledged) {
        long life = 200 + random.nextInt(2_500);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(life);
        Api api = server.api();
        Thread writer = new Thread(
                () -> {
                    for (int i = 0; i < 150; i++) {
                        String name = "ack-" + round + "-" + i;
                        try {
                            if (api.post("/v1/jobs", Api.base(name).toString()).status() == 201) {
                                synchronized (acknowledged) {
                                    acknowledged.add(name);
                                }
                            }
                        } catch (UncheckedIOException e) {
                            return; // killed: this one was never acknowledged
                        }
                        if (i % 20 == 19) {
                            Thread.yield();
                        }
                    }
                },
                "writer-" + round);
        writer.start();
        await().atMost(10, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() >= end);
        server.kill();
        try {
            writer.join(70_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(writer.isAlive()).isFalse();
        deleteSome(acknowledged, random);
    }

    /** Keeps the check cheap: a sample of the older ones is enough. */
    private static void deleteSome(Set<String> acknowledged, Random random) {
        if (acknowledged.size() > 3_000) {
            acknowledged.removeIf(n -> random.nextInt(4) == 0);
        }
    }

    private static void everythingAcknowledgedIsThere(
            Api api, Set<String> checked, Set<String> acknowledged, History history) {
        Set<String> stored = new TreeSet<>();
        for (JsonNode job : api.get("/v1/jobs").json()) {
            stored.add(job.path("name").asText());
        }
        for (String name : checked) {
            if (!stored.contains(name)) {
                history.fault("lost job " + name);
            }
        }
        for (String name : acknowledged) {
            if (!stored.contains(name)) {
                history.fault("lost acknowledged job " + name);
            }
        }
    }

    /** Disables the jobs, and waits until all their executions have ended. */
    private static void settle(Api api, Set<String> jobs) {
        for (String job : jobs) {
            assertThat(api.post("/v1/jobs/" + job + "/toggle").status()).isEqualTo(200);
        }
        await("every execution to end").atMost(60, TimeUnit.SECONDS).until(() -> {
            for (String job : jobs) {
                for (JsonNode execution : api.executions(job)) {
                    if (execution.path("finished_at").asText().startsWith("0001")) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    @Test
    void aSecondProcessOnTheSameDataIsRefused() throws IOException {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            Path other = Files.createDirectory(base.resolve("other"));
            DkronProcess second = DkronProcess.in(other)
                    .with("--data-dir=" + server.data())
                    .build()
                    .launch();
            assertThat(second.awaitEnd()).isEqualTo(1);
            assertThat(second.printed()).contains("in use by process " + server.pid());
            assertThat(server.api().get("/v1/jobs").status()).isEqualTo(200);
        }
    }
}
