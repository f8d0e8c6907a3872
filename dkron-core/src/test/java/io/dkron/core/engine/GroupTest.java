package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupTest {
    private static final long NUMBER = Nanos.of(Bench.START);

    private final Group group = new Group(NUMBER);

    /** Puts an attempt that was recorded {@code second} seconds after the group, and ended a second later if it has. */
    private void put(String node, int attempt, int second, ExecutionState state) {
        Instant at = Bench.START.plusSeconds(second);
        group.put(new Execution(
                new ExecutionId(Nanos.of(at), node),
                new JobName("a"),
                new RunKey("uid", "due:1", node, attempt),
                NUMBER,
                attempt == 1 ? Trigger.SCHEDULE : Trigger.RETRY,
                Optional.empty(),
                Optional.empty(),
                state,
                at,
                state.ended() ? Optional.of(at.plusSeconds(1)) : Optional.empty(),
                "j1",
                false,
                OutputTail.EMPTY));
    }

    @Test
    void itRunsWhileOneOfItRunsOrWaits() {
        put("n1", 1, 0, ExecutionState.SUCCESS);
        put("n2", 1, 0, ExecutionState.RUNNING);
        assertThat(group.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(group.took()).isEqualTo(Duration.ZERO);
        put("n2", 1, 0, ExecutionState.FAILED);
        put("n2", 2, 5, ExecutionState.WAITING);
        assertThat(group.ended()).isFalse();
        assertThat(group.status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void theHighestAttemptOfANodeCounts() {
        put("n1", 1, 0, ExecutionState.FAILED);
        put("n1", 2, 5, ExecutionState.SUCCESS);
        assertThat(group.status()).isEqualTo(JobStatus.SUCCESS);
        put("n1", 3, 7, ExecutionState.FAILED);
        assertThat(group.status()).isEqualTo(JobStatus.FAILED);
        assertThat(group.took()).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void someGoodAndSomeBadNodesArePartiallyFailed() {
        put("n1", 1, 0, ExecutionState.SUCCESS);
        put("n2", 1, 0, ExecutionState.FAILED);
        put("n2", 2, 5, ExecutionState.FAILED);
        assertThat(group.status()).isEqualTo(JobStatus.PARTIALLY_FAILED);
    }

    @Test
    void allBadAndLostOnesHaveFailed() {
        put("n1", 1, 0, ExecutionState.LOST);
        assertThat(group.status()).isEqualTo(JobStatus.FAILED);
        put("n2", 1, 0, ExecutionState.FAILED);
        assertThat(group.status()).isEqualTo(JobStatus.FAILED);
        put("n3", 1, 0, ExecutionState.SUCCESS);
        assertThat(group.status()).isEqualTo(JobStatus.PARTIALLY_FAILED);
    }

    @Test
    void aCancelledOneCountsOnlyWhereNothingElseEnded() {
        put("n1", 1, 0, ExecutionState.CANCELLED);
        assertThat(group.status()).isEqualTo(JobStatus.CANCELLED);
        put("n2", 1, 0, ExecutionState.SUCCESS);
        assertThat(group.status()).isEqualTo(JobStatus.SUCCESS);
        assertThat(group.cancelled()).isTrue();
        put("n2", 1, 0, ExecutionState.FAILED);
        assertThat(group.status()).isEqualTo(JobStatus.FAILED);
    }
}
