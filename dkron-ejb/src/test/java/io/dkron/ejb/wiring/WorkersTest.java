package io.dkron.ejb.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void workRunsOnTheContainersThreadsWhileItTakesAny() throws Exception {
        ExecutorService container = Executors.newSingleThreadExecutor(work -> new Thread(work, "container"));
        try {
            assertThat(ranOn(Workers.of(container))).isEqualTo("container");
        } finally {
            container.shutdownNow();
        }
    }

    @Test
    void whatComesAfterTheContainerEndedItsThreadsRunsAllTheSame() throws Exception {
        ExecutorService container = Executors.newSingleThreadExecutor();
        Workers workers = Workers.of(container);
        container.shutdownNow();
        for (int i = 0; i < 100; i++) {
            assertThat(ranOn(workers)).isEqualTo("dkron-last-work");
        }
    }

    @Test
    void aContainerThatRefusedOnceIsNotAskedAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Workers workers = Workers.of(work -> {
            asked.incrementAndGet();
            throw new java.util.concurrent.RejectedExecutionException();
        });
        ranOn(workers);
        ranOn(workers);
        assertThat(asked).hasValue(1);
    }

    private static String ranOn(Workers workers) throws Exception {
        CompletableFuture<String> name = new CompletableFuture<>();
        workers.execute(() -> name.complete(Thread.currentThread().getName()));
        return name.get(20, TimeUnit.SECONDS);
    }
}
