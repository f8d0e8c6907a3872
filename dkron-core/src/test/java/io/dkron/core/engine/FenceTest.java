package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.job.RetryPolicy;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Store;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batches of a lead that is over come late, and must not land, whatever they hold (protocol P4). */
class FenceTest {
    private final Bench bench = Bench.led();
    private final HistoryChecker history =
            new HistoryChecker(bench.layout, new ScheduleTimetables(java.time.ZoneOffset.UTC), bench.store);
    private final Store observed = history.observing(bench.store);

    @Tag("F19")
    @Test
    void p4ADelayedBatchThatTouchesNoJobCannotUndoWhatTheNextLeadStored() {
        bench.save(Bench.manual("a").retry(new RetryPolicy(1, "4s", "10s", 1, 0)));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        bench.holdCommits = true;
        bench.pass(Duration.ofSeconds(4));
        Effect.Commit delayed = bench.held.get(0); // the retry begins
        assertThat(delayed.batch().writes())
                .doesNotContainKey(bench.layout.keys().job(new JobName("a")));

        bench.holdCommits = false;
        bench.restart(Reason.DOWN);
        bench.finishAll(ExecutionState.SUCCESS);
        CommitResult late = observed.commit(fencedOnly(delayed.batch()));

        assertThat(late).isInstanceOf(CommitResult.Refused.class);
        assertThat(bench.executions("a"))
                .extracting(Execution::state)
                .containsExactly(ExecutionState.FAILED, ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.SUCCESS);
        assertThat(history.violations).isEmpty();
    }

    /** Without the version of the job, which would keep it out too. */
    private Batch fencedOnly(Batch batch) {
        Batch fenced = new Batch()
                .expect(
                        bench.layout.keys().leader(),
                        batch.expected().get(bench.layout.keys().leader()));
        batch.writes().forEach((key, value) -> fenced.put(key, value.orElseThrow()));
        return fenced;
    }

    @Test
    void p4ADelayedBatchCannotLandBetweenTheTakeoversReadAndTheNextLeadsFirstCommit() {
        bench.save(Bench.every("a", 10));
        bench.save(Bench.every("b", 10));
        bench.holdCommits = true;
        bench.pass(Duration.ofSeconds(10));
        Effect.Commit delayed = bench.held.get(0);

        bench.restart(Reason.DOWN);
        CommitResult late = observed.commit(delayed.batch());
        assertThat(late).isInstanceOf(CommitResult.Refused.class);
        bench.releaseCommits();
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.all(Effect.Reload.class)).isEmpty();
        assertThat(bench.orders).hasSize(2);
    }
}
