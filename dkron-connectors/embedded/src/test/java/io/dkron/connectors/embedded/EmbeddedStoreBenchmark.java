package io.dkron.connectors.embedded;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Commits a second by callers, and how long 10,000 jobs take to load: {@code main [folder] [fsync] [seconds]}. */
final class EmbeddedStoreBenchmark {
    private EmbeddedStoreBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "bench");
        boolean fsync = Boolean.parseBoolean(arguments[1]);
        int seconds = Integer.parseInt(arguments[2]);
        try (EmbeddedStore store = EmbeddedStore.open(folder, fsync, Duration.ofSeconds(30))) {
            long begin = System.nanoTime();
            for (int i = 0; i < 10_000; i += 100) {
                Batch batch = new Batch();
                for (int k = i; k < i + 100; k++) {
                    batch.put(key(k), new byte[1200]);
                }
                store.commit(batch);
            }
            report("10,000 jobs of 1,200 bytes written", begin, 1, store);
            for (int callers : new int[] {1, 16, 64, 1, 16, 64}) {
                run(store, callers, seconds);
            }
        }
        long begin = System.nanoTime();
        try (EmbeddedStore store = EmbeddedStore.open(folder, fsync, Duration.ofSeconds(30))) {
            System.out.printf("opened in %.1f ms%n", (System.nanoTime() - begin) / 1e6);
            int found = store.list("jobs/", "", 10_000).entries().size();
            report("opened, and " + found + " jobs listed", begin, 1, store);
        }
    }

    private static void run(EmbeddedStore store, int callers, int seconds) throws Exception {
        AtomicLong commits = new AtomicLong();
        AtomicLong slowest = new AtomicLong();
        long begin = System.nanoTime();
        long end = begin + Duration.ofSeconds(seconds).toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < callers; c++) {
            Thread thread = new Thread(() -> {
                long now = System.nanoTime();
                while (now < end) {
                    Batch batch =
                            new Batch().put(key(ThreadLocalRandom.current().nextInt(10_000)), new byte[300]);
                    if (!(store.commit(batch) instanceof CommitResult.Committed)) {
                        throw new IllegalStateException();
                    }
                    commits.incrementAndGet();
                    long after = System.nanoTime();
                    long took = after - now;
                    slowest.accumulateAndGet(took, Math::max);
                    now = after;
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        report(callers + " callers, slowest " + slowest.get() / 1_000_000 + " ms", begin, commits.get(), store);
    }

    private static void report(String what, long begin, long count, EmbeddedStore store) {
        double took = (System.nanoTime() - begin) / 1e9;
        System.out.printf("%s: %.3f s, %.0f/s, file %d kB%n", what, took, count / took, store.size() / 1024);
    }

    private static String key(int number) {
        return String.format("jobs/job%05d", number);
    }
}
