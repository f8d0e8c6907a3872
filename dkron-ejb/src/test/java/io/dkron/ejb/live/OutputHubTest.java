package io.dkron.ejb.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutputHubTest {
    private static final OutputHub.Source SOURCE = new OutputHub.Source(new JobName("a"), new ExecutionId(1, "node1"));

    private final AtomicInteger woken = new AtomicInteger();
    private final OutputHub hub = new OutputHub(Runnable::run);

    @Test
    void aWatcherTakesChunksInOrderAndIsToldOfTheEnd() {
        OutputSubscription watcher =
                hub.subscribe(SOURCE, woken::incrementAndGet).orElseThrow();
        hub.output(SOURCE, new OutputChunk(0, new byte[3]));
        hub.output(SOURCE, new OutputChunk(3, new byte[2]));
        hub.ended(SOURCE);
        assertThat(watcher.drain()).extracting(OutputChunk::offset).containsExactly(0L, 3L);
        assertThat(watcher.ended()).isTrue();
        assertThat(hub.isWatched(SOURCE)).isFalse();
    }

    @Test
    void aSlowWatcherSeesTheGapByTheOffset() {
        OutputSubscription watcher =
                hub.subscribe(SOURCE, woken::incrementAndGet).orElseThrow();
        int part = OutputSubscription.CAPACITY / 2;
        for (int i = 0; i < 4; i++) {
            hub.output(SOURCE, new OutputChunk((long) i * part, new byte[part]));
        }
        assertThat(watcher.drain()).extracting(OutputChunk::offset).isEqualTo(List.of(2L * part, 3L * part));
        assertThat(woken).hasValue(1);
    }

    @Test
    void aClosedWatcherIsForgotten() {
        hub.subscribe(SOURCE, woken::incrementAndGet).orElseThrow().close();
        assertThat(hub.isWatched(SOURCE)).isFalse();
    }
}
