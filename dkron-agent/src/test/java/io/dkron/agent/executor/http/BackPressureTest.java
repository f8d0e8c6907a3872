package io.dkron.agent.executor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.run.TestNode;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of an answer is in memory while the disk is slow. */
class BackPressureTest {
    private static final long WHOLE = 64L << 20;

    @TempDir
    Path directory;

    @Test
    @DisplayName("F63: a server cannot send more than sockets hold while the output takes nothing")
    void anAnswerIsReadAsFastAsItIsWrittenDown() throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch firstPart = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicLong written = new AtomicLong();
        ScheduledExecutorService workers = Executors.newScheduledThreadPool(2);
        try (Site site = new Site();
                HttpExecutor executor = new HttpExecutor(Map.of())) {
            site.page("/", exchange -> {
                exchange.sendResponseHeaders(200, WHOLE);
                byte[] block = new byte[1 << 16];
                while (sent.get() < WHOLE) {
                    exchange.getResponseBody().write(block);
                    sent.addAndGet(block.length);
                }
            });
            RunOrder order = TestNode.order("http", "url", site.url("/"), "method", "GET", "timeout", "60");
            Run run = executor.start(new LoneRun(order, directory, workers, (bytes, offset, length) -> {
                firstPart.countDown();
                awaitFor(go);
                written.addAndGet(length);
            }));
            assertThat(firstPart.await(20, TimeUnit.SECONDS)).isTrue();
            long[] seen = {-1};
            await("the server to get no further")
                    .pollInterval(Duration.ofMillis(200))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        long before = seen[0];
                        seen[0] = sent.get();
                        return before == seen[0];
                    });
            assertThat(sent.get()).isLessThan(16L << 20); // buffers of both sockets, and a few of the client's
            go.countDown();
            RunResult result = run.result().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(result.error()).isEmpty();
            assertThat(result.state()).isEqualTo(ExecutionState.SUCCESS);
            assertThat(written.get()).isEqualTo(WHOLE);
        } finally {
            go.countDown();
            workers.shutdownNow();
        }
    }

    private static void awaitFor(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anOutputThatCannotBeWrittenFailsTheRun() throws Exception {
        ScheduledExecutorService workers = Executors.newScheduledThreadPool(1);
        try (Site site = new Site().page("/", 200, "something");
                HttpExecutor executor = new HttpExecutor(Map.of())) {
            RunOrder order = TestNode.order("http", "url", site.url("/"), "method", "GET");
            Run run = executor.start(new LoneRun(order, directory, workers, (bytes, offset, length) -> {
                throw new java.io.UncheckedIOException(new IOException("No space left on device"));
            }));
            assertThat(run.result()
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .error())
                    .isEqualTo("the answer cannot be written down: java.io.IOException: No space left on device");
        } finally {
            workers.shutdownNow();
        }
    }
}
