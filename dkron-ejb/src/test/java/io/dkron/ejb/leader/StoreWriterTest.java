package io.dkron.ejb.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.cluster.Trust;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.store.Batch;
import io.dkron.core.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreWriterTest {
    private final MemoryStore store = new MemoryStore();
    private final List<Event> told = new CopyOnWriteArrayList<>();
    private final AtomicInteger takings = new AtomicInteger();
    private volatile int failures;
    private final StoreWriter writer = new StoreWriter(
            store,
            () -> {
                if (takings.incrementAndGet() <= failures) {
                    throw new IllegalStateException("store away");
                }
                return now -> new Event.Deposed(now, "test");
            },
            new Trust(Duration.ofSeconds(2)),
            System::nanoTime,
            event -> told.add(event.apply(Instant.EPOCH)));
    private final Thread thread = new Thread(writer, "writer");

    @AfterEach
    void stop() throws InterruptedException {
        writer.stop();
        thread.join();
    }

    @Test
    void theEngineHearsOfACommit() {
        thread.start();
        writer.commit(new Effect.Commit(7, new Batch().put("k", new byte[] {1})));
        await().atMost(10, TimeUnit.SECONDS).until(() -> !told.isEmpty());
        long version = store.get("k").orElseThrow().version();
        assertThat(told).containsExactly(new Event.Committed(Instant.EPOCH, 7, version));
    }

    @Test
    void theEngineHearsWhyACommitWasRefused() {
        thread.start();
        writer.commit(new Effect.Commit(7, new Batch().expect("k", 99).put("k", new byte[] {1})));
        await().atMost(10, TimeUnit.SECONDS).until(() -> !told.isEmpty());
        assertThat(told)
                .containsExactly(new Event.CommitLost(Instant.EPOCH, 7, "refused: k has version 0", Optional.of("k")));
    }

    @Test
    void f43ATakeoverIsTriedUntilTheStoreAnswers() {
        failures = 3;
        thread.start();
        writer.elected("start");
        await().atMost(10, TimeUnit.SECONDS).until(() -> writer.trouble().isPresent());
        await().atMost(30, TimeUnit.SECONDS).until(() -> !told.isEmpty());
        assertThat(takings).hasValue(4);
        assertThat(writer.trouble()).isEmpty();
    }

    @Test
    void oneWhoMayNotLeadStopsTryingAndTheEngineHearsOfItInOrder() {
        failures = Integer.MAX_VALUE;
        thread.start();
        writer.elected("start");
        await().atMost(10, TimeUnit.SECONDS).until(() -> takings.get() > 0);
        writer.deposed("another has the majority");
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> told.contains(new Event.Deposed(Instant.EPOCH, "another has the majority")));
        assertThat(writer.trouble()).contains("another has the majority");
        int tried = takings.get();

        writer.take("commit lost");
        await().atMost(30, TimeUnit.SECONDS).until(() -> told.size() >= 3);
        assertThat(told).allSatisfy(e -> assertThat(e).isInstanceOf(Event.Deposed.class));
        assertThat(takings).hasValue(tried);
    }
}
