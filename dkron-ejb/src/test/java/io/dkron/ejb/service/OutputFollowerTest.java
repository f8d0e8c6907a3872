package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputExtent;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.live.OutputSubscription;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutputFollowerTest {
    private final Execution execution = new Execution(
            new ExecutionId(1, "node1"),
            new JobName("a"),
            new RunKey("u", "request:1", "node1", 1),
            1,
            Trigger.MANUAL,
            Optional.empty(),
            Optional.empty(),
            ExecutionState.RUNNING,
            Instant.EPOCH,
            Optional.empty(),
            "",
            false,
            OutputTail.EMPTY);
    private final OutputHub.Source source = new OutputHub.Source(execution.job(), execution.id());
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final OutputHub hub = new OutputHub(Runnable::run);
    private final OutputFollower follower =
            new OutputFollower(hub, s -> Optional.of(execution), new Printed(), Runnable::run);

    @Test
    void aWatcherIsToldWhatIsPrintedAfterItCame() {
        print("before");
        OutputSubscription watcher = hub.subscribe(source, () -> {}).orElseThrow();
        follower.run();
        assertThat(watcher.drain()).isEmpty();
        print("more");
        follower.run();
        follower.run();
        assertThat(watcher.drain())
                .singleElement()
                .satisfies(chunk -> assertThat(chunk.offset()).isEqualTo(6))
                .satisfies(chunk -> assertThat(new String(chunk.bytes(), StandardCharsets.UTF_8))
                        .isEqualTo("more"));
    }

    private void print(String text) {
        printed.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What was printed, as the node has it. */
    private final class Printed implements NodeOutputs {
        @Override
        public Optional<OutputTail> tail(Execution of, int limit) {
            byte[] all = printed.toByteArray();
            return Optional.of(
                    new OutputTail(Arrays.copyOfRange(all, Math.max(0, all.length - limit), all.length), all.length));
        }

        @Override
        public Optional<OutputChunk> read(Execution of, long offset, int limit) {
            byte[] all = printed.toByteArray();
            return Optional.of(new OutputChunk(offset, Arrays.copyOfRange(all, (int) offset, all.length)));
        }

        @Override
        public Optional<OutputExtent> extent(Execution of) {
            return Optional.of(new OutputExtent(0, printed.size(), ""));
        }
    }
}
