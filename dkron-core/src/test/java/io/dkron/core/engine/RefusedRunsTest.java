package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.Concurrency;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RetryPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An agent without room refuses before it writes anything down: the firing has happened, its run has failed. */
class RefusedRunsTest {
    private final Bench bench = Bench.led();

    @Test
    void aRefusedRunFailsWithTheReasonIsRetriedAndCountedAndBlocksNothing() {
        bench.save(Bench.every("a", 10).concurrency(Concurrency.FORBID).retry(new RetryPolicy(1, "4s", "10s", 1, 0)));
        bench.save(Bench.manual("child").parent(new JobName("a")));
        bench.refuseDispatches = true;
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a")).hasSize(2);
        assertThat(bench.executions("a").get(0).state()).isEqualTo(ExecutionState.FAILED);
        assertThat(bench.executions("a").get(1).state()).isEqualTo(ExecutionState.WAITING);
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);

        bench.pass(Duration.ofSeconds(4));
        assertThat(bench.executions("a")).allSatisfy(e -> {
            assertThat(e.state()).isEqualTo(ExecutionState.FAILED);
            assertThat(e.finishedAt().orElseThrow()).isAfterOrEqualTo(e.startedAt());
            assertThat(new String(e.output().bytes(), StandardCharsets.UTF_8))
                    .isEqualTo("node node1 refused the run: test\n");
        });
        assertThat(bench.job("a").state().errorCount()).isEqualTo(2);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
        assertThat(bench.job("a").state().live()).isEmpty();

        bench.refuseDispatches = false; // room again: forbid does not hold back the next firing
        bench.passInSeconds(6);
        assertThat(bench.orders).hasSize(1);
        assertThat(bench.job("a").state().skippedCount()).isZero();
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().successCount()).isEqualTo(1);
        assertThat(bench.job("a").state().errorCount()).isEqualTo(2);
        assertThat(bench.executions("a"))
                .extracting(Execution::trigger)
                .containsExactly(Trigger.SCHEDULE, Trigger.RETRY, Trigger.SCHEDULE);
        assertThat(bench.executions("child")).hasSize(1);
    }
}
