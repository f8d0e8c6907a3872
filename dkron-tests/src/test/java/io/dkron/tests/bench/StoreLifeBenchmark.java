package io.dkron.tests.bench;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Node;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole lives of jobs, one server on each backend in turn: created by 16 connections, run at once by an executor that starts nothing,
 * until the last of them is recorded as successful. No test: its name is not among those that run by themselves, and
 * nothing is asserted. Lines go to the console, and to the file that {@code dkron.bench.out} names.
 */
class StoreLifeBenchmark {
    private static final int WARM = 500;
    private static final int JOBS = 3_000;

    @TempDir
    Path base;

    @Test
    void measure() throws Exception {
        try (Cluster cluster = Cluster.of(base.resolve("embedded"), 1, 0, Optional.empty())) {
            measure("embedded", cluster);
        }
        for (StoreServerSource source : ServiceLoader.load(StoreServerSource.class)) {
            try (StoreServer store = source.create()) {
                store.start();
                List<String> flags = new ArrayList<>(source.flags());
                flags.add("--backend=" + source.backend());
                flags.add("--backend-machine=" + store.machine());
                try (Cluster cluster = Cluster.of(
                        base.resolve(source.backend()), 1, 0, Optional.empty(), flags.toArray(String[]::new))) {
                    measure(source.backend(), cluster);
                }
            }
        }
    }

    private static void measure(String backend, Cluster cluster) throws InterruptedException, IOException {
        cluster.start();
        Node server = cluster.leader();
        String figure;
        try {
            lives(server, "warm-", WARM);
            long start = System.nanoTime();
            lives(server, "life-", JOBS);
            figure = String.format(Locale.ROOT, "%.0f", JOBS * 1e9 / (System.nanoTime() - start));
        } catch (IllegalStateException e) { // what takes the place of a store may be too slow for a client's patience
            figure = "none: " + e.getMessage();
        }
        String line = backend + " | jobs created, run and recorded a second, 16 connections | " + figure;
        System.out.println(line);
        String file = System.getProperty("dkron.bench.out", "");
        if (!file.isEmpty()) {
            Files.writeString(Path.of(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private static void lives(Node server, String prefix, int count) throws InterruptedException {
        Load.Result result = Load.run(
                URI.create(server.url()),
                16,
                count,
                (wire, n) -> wire.send("POST", "/v1/jobs?runoncreate=true", job(prefix + n))
                                .status()
                        == 201);
        if (result.failed() > 0) {
            throw new IllegalStateException(result.failed() + " creations failed");
        }
        String succeeded = "/v1/jobs?status=success&q=" + prefix + "&_start=0&_end=1";
        while (!server.api().get(succeeded).header("X-Total-Count").equals(Optional.of(Integer.toString(count)))) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static String job(String name) {
        return "{\"name\":\"" + name + "\",\"schedule\":\"@manually\",\"executor\":\"noop\",\"executor_config\":{}}";
    }
}
