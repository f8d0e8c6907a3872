package io.dkron.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.DkronProcess;
import io.dkron.tests.support.Vitals;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server under equal portions of load, which soon holds after each what it held before. In profile {@code long} for
 * half an hour, or as many minutes as {@code -Ddkron.tests.soak} says: 1440 are a day.
 */
class SoakIT {
    private static final int JOBS = 20;
    private static final int RUNS = 1_600;
    private static final int PROCESSES = 30;
    private static final int REFUSED = 150;
    private static final int READS = 300;
    private static final int WATCHERS = 80;
    private static final int SAVED = 150;
    private static final Duration PORTION = Duration.ofMinutes(4); // when to give up, no claim of speed

    /** Ids of requests are remembered for half an hour, so many at most, by so many bytes each. */
    private static final int IDS = 20_000;

    private static final long BYTES_AN_ID = 400;
    private static final int ASKED = RUNS + PROCESSES + REFUSED + 2 * SAVED; // requests of a portion that have an id

    /** Pages of the store are kept in memory, more at one time than another: so much more after a portion, and at most. */
    private static final long PAGES = 2 << 20;

    private static final long MOST_PAGES = 12 << 20;

    /** A cache fills or a pool grows in one portion or another; what leaks grows in each. */
    private static final int MOST_PORTIONS_TO_SETTLE = 4;

    private static final int DESCRIPTORS_MARGIN = 15;
    private static final int THREADS_MARGIN = 10; // pools of the container come and go

    private static DkronProcess server;
    private static Api api;
    private static ExecutorService clients;

    @BeforeAll
    static void start(@TempDir Path base) {
        server = DkronProcess.in(base)
                .env("DKRON_JAVA_OPTS", "-Xmx256m -Ddkron.noop-executor=true")
                .start();
        api = server.api();
        clients = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        clients.shutdownNow();
        server.close();
    }

    @Test
    @DisplayName(
            "F74: a server under load soon holds no more memory, descriptors and threads after a portion of it than before")
    void f74WhatAServerHoldsDoesNotGrow() throws Exception {
        for (int i = 0; i < JOBS; i++) {
            api.save(job("noop-" + i, "noop"));
        }
        api.save(job("process", "shell"));
        ObjectNode refused = job("refused", "http");
        refused.putObject("executor_config")
                .put("method", "GET")
                .put("url", "http://127.0.0.1:" + Distribution.freePort() + "/")
                .put("timeout", "5");
        api.save(refused);
        portion(0); // what is kept, as the last executions of a job, is full
        int portion = 1;
        portion(portion);
        Vitals settled = Vitals.of(server.pid());
        for (int tries = 1; !holdsNoMoreThan(settled, 1, ++portion); tries++) {
            assertThat(tries).as("portions that all left more behind").isLessThan(MOST_PORTIONS_TO_SETTLE);
            settled = Vitals.of(server.pid());
        }
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes());
        for (int more = 2; System.nanoTime() - until < 0; more++) {
            assertThat(holdsNoMoreThan(settled, more, ++portion))
                    .as("it holds no more than " + settled)
                    .isTrue();
        }
        assertThat(server.printed()).doesNotContain("OutOfMemoryError");
    }

    /**
     * Whether the server, after another portion, comes back to what it held before.
     *
     * @param portions since then, with this one
     */
    private static boolean holdsNoMoreThan(Vitals before, int portions, int portion) throws Exception {
        long kept = BYTES_AN_ID * Math.min(IDS, (long) portions * ASKED) + Math.min(MOST_PAGES, portions * PAGES);
        portion(portion);
        try {
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        Vitals now = Vitals.of(server.pid());
                        System.out.println("soak: it held " + before + ", after portion " + portion + " " + now);
                        return now.heap() < before.heap() + kept
                                && now.descriptors() <= before.descriptors() + DESCRIPTORS_MARGIN
                                && now.threads() <= before.threads() + THREADS_MARGIN;
                    });
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private static int minutes() {
        return Integer.getInteger("dkron.tests.soak", Distribution.longRuns() ? 30 : 0);
    }

    private static ObjectNode job(String name, String executor) {
        ObjectNode job = Api.JSON.createObjectNode();
        job.put("name", name).put("schedule", "@manually").put("executor", executor);
        job.putObject("executor_config").put("command", "true");
        return job;
    }

    private static void portion(int number) throws InterruptedException, ExecutionException {
        List<Future<?>> all = new ArrayList<>();
        int begun = ended();
        for (int half = 0; half < 2; half++) {
            int part = half;
            all.add(clients.submit(() -> times(RUNS / 2, i -> run("noop-" + i % JOBS))));
            all.add(clients.submit(
                    () -> times(SAVED / 2, i -> saveAndDelete("soak-" + number + "-" + part + "-" + i))));
        }
        all.add(clients.submit(() -> times(PROCESSES, i -> run("process"))));
        all.add(clients.submit(() -> times(REFUSED, i -> run("refused"))));
        all.add(clients.submit(() -> times(READS, SoakIT::read)));
        all.add(clients.submit(() -> times(WATCHERS, i -> watchABit())));
        for (Future<?> each : all) {
            each.get();
        }
        await("the runs of portion " + number)
                .atMost(PORTION)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> ended() == begun + RUNS + PROCESSES + REFUSED);
    }

    /** How many runs have ended. */
    private static int ended() {
        int ended = 0;
        for (JsonNode job : api.get("/v1/jobs").json()) {
            ended += job.path("success_count").asInt() + job.path("error_count").asInt();
        }
        return ended;
    }

    /** Something a client does. */
    private interface Doing {
        void once(int i) throws IOException;
    }

    private static Void times(int count, Doing doing) throws IOException {
        for (int i = 0; i < count; i++) {
            doing.once(i);
        }
        return null;
    }

    private static void run(String job) {
        Api.Answer answer = api.post("/v1/jobs/" + job, "", "Prefer", "respond-async");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    }

    private static void saveAndDelete(String name) {
        api.save(job(name, "noop"));
        assertThat(api.delete("/v1/jobs/" + name).status()).isEqualTo(200);
    }

    private static void read(int i) {
        List<String> paths = List.of(
                "/v1/jobs",
                "/v1/jobs/noop-1/executions",
                "/v1/overview?range=1h",
                "/metrics",
                "/v1/members",
                "/v1/busy");
        Api.Answer answer = api.get(paths.get(i % paths.size()));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    /** A client of the stream of events that hears its first bytes and goes without a word. */
    private static void watchABit() throws IOException {
        URI at = URI.create(server.url());
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            socket.getOutputStream()
                    .write(("GET /v1/events HTTP/1.1\r\nHost: " + at.getAuthority()
                                    + "\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] head = socket.getInputStream().readNBytes(12);
            assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        }
    }
}
