package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Commits a second through groups of one and of three in one process, 300 bytes each, forced; run by hand. */
public final class CommitBenchmark {
    private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private CommitBenchmark() {}

    /** @param arguments none */
    public static void main(String[] arguments) throws Exception {
        for (int servers : new int[] {1, 1, 3, 3}) {
            Path folder = Files.createTempDirectory("raft-benchmark");
            Map<String, Peer> gossip = TestPeers.nobody();
            List<TestServer> group = new ArrayList<>();
            long started = System.nanoTime();
            for (int i = 0; i < servers; i++) {
                group.add(new TestServer("s" + i, folder, gossip)
                        .expecting(servers)
                        .start());
            }
            while (group.stream().noneMatch(TestServer::leads)) {
                Thread.sleep(2);
            }
            System.out.println("servers=" + servers + " lead after ms=" + (System.nanoTime() - started) / 1_000_000);
            TestServer leader =
                    group.stream().filter(TestServer::leads).findFirst().orElseThrow();
            run(leader, 16);
            for (int callers : new int[] {1, 64}) {
                System.out.println("servers=" + servers + " callers=" + callers + " " + run(leader, callers));
            }
            group.forEach(TestServer::close);
            Folders.delete(folder);
        }
        System.exit(0);
    }

    private static String run(TestServer leader, int callers) throws InterruptedException {
        AtomicLong next = new AtomicLong();
        long[][] took = new long[callers][];
        List<Thread> threads = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            Thread thread = new Thread(() -> took[caller] = commits(leader, next, begun));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        long[] all = Arrays.stream(took).flatMapToLong(Arrays::stream).sorted().toArray();
        return String.format(
                "commits/s=%.0f p50=%.2fms p99=%.2fms",
                all.length / seconds, all[all.length / 2] / 1e6, all[all.length * 99 / 100] / 1e6);
    }

    private static long[] commits(TestServer leader, AtomicLong next, long begun) {
        List<Long> times = new ArrayList<>();
        byte[] value = new byte[300];
        while (System.nanoTime() - begun < RUN_NANOS) {
            long start = System.nanoTime();
            CommitResult result = leader.store().commit(new Batch().put("k" + next.incrementAndGet() % 20_000, value));
            if (!(result instanceof CommitResult.Committed)) {
                throw new IllegalStateException(result.toString());
            }
            times.add(System.nanoTime() - start);
        }
        return times.stream().mapToLong(Long::longValue).toArray();
    }
}
