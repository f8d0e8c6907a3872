package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Measures a store as the leader uses it: callers put a record each, what waits is one batch under a fence, and one commit is
 * in flight. The same loop over the client library alone, without fence and versions, says what the connector costs. No test: its name is
 * not among those that run by themselves, and nothing is asserted. Lines go to the console, and to the file that {@code dkron.bench.out}
 * names.
 */
public abstract class StoreBenchmark {
    private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int MOST_IN_A_BATCH = 100;
    private static final int LISTED = 10_000;
    private static final byte[] RECORD = "{\"name\":\"benchmark\",\"text\":\"%s\"}"
            .formatted("0123456789".repeat(60))
            .getBytes(UTF_8);

    /** Puts records in one step, all or nothing, and returns when they are durable. */
    protected interface Step extends AutoCloseable {
        void put(Map<String, byte[]> records) throws Exception;

        @Override
        default void close() throws Exception {}
    }

    /** The name to print. */
    protected abstract String backend();

    /** A server that is not started yet; empty for a store that has none. */
    protected abstract Optional<StoreServer> server();

    /** Opens the store, empty. @param machine of the server; empty without one */
    protected abstract StoreClient open(String machine) throws Exception;

    /** The client library alone, on the same server. Keys are of letters, digits and hyphens. */
    protected abstract Step plain(String machine) throws Exception;

    @Test
    void measure() throws Exception {
        Optional<StoreServer> own = server();
        if (own.isEmpty()) {
            measure("");
            return;
        }
        try (StoreServer server = own.get()) {
            server.start();
            measure(server.machine());
        }
    }

    private void measure(String machine) throws Exception {
        try (StoreClient store = open(machine);
                Step plain = plain(machine)) {
            Step fenced = new Fenced(store);
            int most = Math.min(MOST_IN_A_BATCH, store.limits().operations() / 2);
            loop(fenced, most, 16, "warm-up", WARM_NANOS);
            loop(plain, most, 16, "warm-plain", WARM_NANOS);
            for (int callers : new int[] {1, 16, 64}) {
                // By turns, so that both meet the machine in the same mood.
                Figures first = loop(fenced, most, callers, "a" + callers, MEASURED_NANOS / 2);
                Figures alone = loop(plain, most, callers, "p" + callers, MEASURED_NANOS / 2);
                Figures second = loop(fenced, most, callers, "b" + callers, MEASURED_NANOS / 2);
                Figures last = loop(plain, most, callers, "q" + callers, MEASURED_NANOS / 2);
                Figures ours = first.and(second);
                Figures theirs = alone.and(last);
                print(
                        "%s | records/s, %d callers | %.0f | p50 %.1f ms, p99 %.1f ms | client alone %.0f | %.0f %%",
                        backend(),
                        callers,
                        ours.perSecond(),
                        ours.millis(0.5),
                        ours.millis(0.99),
                        theirs.perSecond(),
                        100 * ours.perSecond() / theirs.perSecond());
            }
            list(store, fenced, most);
        }
    }

    private void list(StoreClient store, Step fenced, int most) throws Exception {
        for (int n = 0; n < LISTED; n += most) {
            Map<String, byte[]> records = new LinkedHashMap<>();
            for (int i = n; i < Math.min(n + most, LISTED); i++) {
                records.put("listed/" + String.format("%06d", i), RECORD);
            }
            fenced.put(records);
        }
        long[] took = new long[5];
        for (int round = 0; round < took.length; round++) {
            long start = System.nanoTime();
            int found = 0;
            String after = "";
            Page page;
            do {
                page = store.list("listed/", after, 500);
                found += page.entries().size();
                after = page.entries().get(page.entries().size() - 1).key();
            } while (page.more());
            took[round] = System.nanoTime() - start;
            if (found != LISTED) {
                throw new IllegalStateException(found + " of " + LISTED + " listed");
            }
        }
        Arrays.sort(took);
        print("%s | list of %d | %.0f ms", backend(), LISTED, took[took.length / 2] / 1e6);
    }

    private static Figures loop(Step step, int most, int callers, String prefix, long nanos) throws Exception {
        BlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
        AtomicInteger next = new AtomicInteger();
        long start = System.nanoTime();
        long end = start + nanos;
        List<CompletableFuture<List<Long>>> all = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            CompletableFuture<List<Long>> latencies = new CompletableFuture<>();
            all.add(latencies);
            Thread caller = new Thread(() -> {
                try {
                    latencies.complete(call(queue, next, prefix, end));
                } catch (ExecutionException | InterruptedException | RuntimeException e) {
                    latencies.completeExceptionally(e);
                }
            });
            caller.start();
        }
        while (all.stream().anyMatch(caller -> !caller.isDone())) {
            Waiting first = queue.poll(50, TimeUnit.MILLISECONDS);
            if (first != null) {
                List<Waiting> group = new ArrayList<>(List.of(first));
                queue.drainTo(group, most - 1);
                Map<String, byte[]> records = new LinkedHashMap<>();
                group.forEach(waiting -> records.put(waiting.key(), RECORD));
                step.put(records);
                group.forEach(waiting -> waiting.done().complete(true));
            }
        }
        long took = System.nanoTime() - start;
        List<Long> latencies = new ArrayList<>();
        for (CompletableFuture<List<Long>> caller : all) {
            latencies.addAll(caller.get());
        }
        return new Figures(latencies, took);
    }

    private static List<Long> call(BlockingQueue<Waiting> queue, AtomicInteger next, String prefix, long end)
            throws ExecutionException, InterruptedException {
        List<Long> latencies = new ArrayList<>();
        while (System.nanoTime() < end) {
            long before = System.nanoTime();
            Waiting waiting =
                    new Waiting(String.format("%s-%08d", prefix, next.getAndIncrement()), new CompletableFuture<>());
            queue.add(waiting);
            waiting.done().get();
            latencies.add(System.nanoTime() - before);
        }
        return latencies;
    }

    private static void print(String format, Object... values) throws Exception {
        String line = String.format(Locale.ROOT, format, values);
        System.out.println(line);
        String file = System.getProperty("dkron.bench.out", "");
        if (!file.isEmpty()) {
            Files.writeString(Path.of(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    private record Waiting(String key, CompletableFuture<Boolean> done) {}

    /** Latencies of all callers, in nanoseconds, and how long they took together. */
    private record Figures(List<Long> latencies, long took) {
        Figures and(Figures other) {
            List<Long> all = new ArrayList<>(latencies);
            all.addAll(other.latencies);
            return new Figures(all, took + other.took);
        }

        double perSecond() {
            return latencies.size() * 1e9 / took;
        }

        double millis(double quantile) {
            long[] sorted =
                    latencies.stream().mapToLong(Long::longValue).sorted().toArray();
            return sorted.length == 0 ? 0 : sorted[(int) (quantile * (sorted.length - 1))] / 1e6;
        }
    }

    /** As the leader commits: the fence is compared and written with each batch. */
    private static final class Fenced implements Step {
        private final Store store;
        private long fence = Batch.ABSENT;

        Fenced(Store store) {
            this.store = store;
        }

        @Override
        public void put(Map<String, byte[]> records) {
            Batch batch = new Batch().expect("fence", fence).put("fence", RECORD);
            records.forEach(batch::put);
            CommitResult result = store.commit(batch);
            if (!(result instanceof CommitResult.Committed committed)) {
                throw new IllegalStateException(result.toString());
            }
            fence = committed.version();
        }
    }
}
