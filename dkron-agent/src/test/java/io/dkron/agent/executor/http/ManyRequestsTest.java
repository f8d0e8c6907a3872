package io.dkron.agent.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.agent.run.Heap;
import io.dkron.agent.run.TestNode;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.executor.RunResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Very many requests: all of them in profile {@code long}, a twentieth else. */
class ManyRequestsTest {
    private static final int REQUESTS = Boolean.getBoolean("dkron.tests.long") ? 100_000 : 5_000;
    private static final int AT_ONCE = 50;

    @TempDir
    Path directory;

    @Test
    @DisplayName("F63: the heap after 100,000 requests is the heap before them")
    void theHeapStaysAsItWas() throws Exception {
        ScheduledThreadPoolExecutor workers = new ScheduledThreadPoolExecutor(2);
        workers.setRemoveOnCancelPolicy(true); // as a node's: a limit of time that is not needed any more goes
        AtomicLong printed = new AtomicLong();
        try (Site site = new Site().page("/", 200, "a short answer");
                HttpExecutor executor = new HttpExecutor(Map.of())) {
            ask(executor, site, workers, printed, 1_000); // classes, threads, buffers
            long before = Heap.used();
            ask(executor, site, workers, printed, REQUESTS);
            assertThat(Heap.used() - before).isLessThan(4L << 20);
            assertThat(printed.get()).isEqualTo((REQUESTS + 1_000L) * "a short answer".length());
        } finally {
            workers.shutdownNow();
        }
    }

    private void ask(
            HttpExecutor executor, Site site, ScheduledExecutorService workers, AtomicLong printed, int requests)
            throws Exception {
        for (int i = 0; i < requests; i += AT_ONCE) {
            List<CompletableFuture<RunResult>> results = IntStream.range(0, AT_ONCE)
                    .mapToObj(n -> {
                        RunOrder order = TestNode.order("http", "url", site.url("/"), "method", "POST", "body", "x");
                        return executor.start(new LoneRun(
                                        order,
                                        directory,
                                        workers,
                                        (bytes, offset, length) -> printed.addAndGet(length)))
                                .result()
                                .toCompletableFuture();
                    })
                    .toList();
            for (CompletableFuture<RunResult> result : results) {
                assertThat(result.get(30, TimeUnit.SECONDS).state()).isEqualTo(ExecutionState.SUCCESS);
            }
            assertThat(site.asked).hasSize(AT_ONCE);
            site.asked.clear();
        }
    }
}
