package io.dkron.tests.bench;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A closed loop: so many connections, each sending its next request when the last is answered. */
final class Load {
    /** One request of a load. */
    interface Request {
        /** Sends the request of this number; answers whether it went well. */
        boolean send(Wire wire, int number) throws IOException;
    }

    /** What a load measured; latencies in nanoseconds, ascending. */
    record Result(int requests, int failed, long nanos, long[] latencies) {
        double perSecond() {
            return requests * 1e9 / nanos;
        }

        double millis(double quantile) {
            return latencies.length == 0 ? 0 : latencies[(int) (quantile * (latencies.length - 1))] / 1e6;
        }

        @Override
        public String toString() {
            return String.format(
                    "%,.0f/s  p50 %.2f  p99 %.2f  max %.2f ms  (%d requests, %d failed)",
                    perSecond(), millis(0.5), millis(0.99), millis(1), requests, failed);
        }
    }

    private Load() {}

    static Result run(URI server, int connections, int requests, Request request) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        CountDownLatch ready = new CountDownLatch(connections);
        CountDownLatch go = new CountDownLatch(1);
        long[] latencies = new long[requests];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(
                    () -> {
                        try (Wire wire = new Wire(server)) {
                            ready.countDown();
                            go.await();
                            for (int n = next.getAndIncrement(); n < requests; n = next.getAndIncrement()) {
                                long start = System.nanoTime();
                                if (!request.send(wire, n)) {
                                    failed.incrementAndGet();
                                }
                                latencies[n] = System.nanoTime() - start;
                            }
                        } catch (IOException e) {
                            failed.incrementAndGet();
                            System.err.println("connection lost: " + e);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        } finally {
                            ready.countDown();
                        }
                    },
                    "load-" + i);
            thread.start();
            threads.add(thread);
        }
        ready.await();
        long start = System.nanoTime();
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        long nanos = System.nanoTime() - start;
        Arrays.sort(latencies);
        return new Result(requests, failed.get(), nanos, latencies);
    }
}
