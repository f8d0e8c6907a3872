package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Layout;
import io.dkron.core.store.MemoryStore;
import io.dkron.ejb.live.EventFilter;
import io.dkron.ejb.live.EventId;
import io.dkron.ejb.live.EventSubscription;
import io.dkron.ejb.live.LiveEvent;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.metrics.ServerMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadModelTest {
    private static final Instant NOW = Instant.parse("2026-01-15T10:20:30Z");
    private static final JobName JOB = new JobName("job1");
    private static final ExecutionId ID = new ExecutionId(7, "n1");

    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(1);
    private final Layout layout = Layout.json("dkron");
    private final MemoryStore store = new MemoryStore();
    private final Node leader = new Node(true);
    private final Node follower = new Node(false);
    private long sequence;

    @BeforeEach
    void loaded() {
        commit(new Batch());
        leader.model.replaced(1);
        follower.model.replaced(1);
    }

    @AfterEach
    void stop() {
        later.shutdownNow();
    }

    @Test
    void whatRunsIsSeenUntilItEnds() {
        apply(jobs(job(ID)), running());
        assertThat(leader.model.unended()).containsExactly(running());
        assertThat(leader.model.running()).isEqualTo(1);
        apply(jobs(job()), ended());
        assertThat(leader.model.unended()).isEmpty();
    }

    @Test
    void aJobThatGoesWithItsEndLeavesNothingRunning() {
        apply(jobs(job(ID)), running());
        apply(new Batch().delete(layout.keys().job(JOB)));
        assertThat(leader.model.unended()).isEmpty();
        assertThat(leader.model.unended(JOB, ID)).isEmpty();
    }

    @Test
    void anExecutionDeletedInTheCommitThatEndedItIsNotSeenAsRunning() {
        apply(jobs(job(ID)), running());
        apply(jobs(job()));
        assertThat(leader.model.running()).isZero();
    }

    @Test
    void aCopyThatIsReadShowsWhatABatchWouldHave() {
        apply(jobs(job(ID)), running());
        apply(new Batch().put(layout.keys().paused(), "t".getBytes(StandardCharsets.UTF_8)));
        Node late = new Node(false);
        assertThat(late.model.loaded()).isFalse();
        late.model.replaced(3);
        assertThat(late.model.unended()).containsExactly(running());
        assertThat(late.model.paused()).isTrue();
        assertThat(late.model.term()).isEqualTo(4);
        assertThat(late.model.jobs().find(JOB).orElseThrow().job()).isEqualTo(job(ID));
    }

    @Test
    void anEphemeralJobIsAnsweredWithTheSuccessThatItWentWith() {
        Job ephemeral = new Job(job().definition().with().ephemeral(true).build(), job(ID).state());
        apply(jobs(ephemeral), running());
        CompletableFuture<Job> end = follower.waits.await(ephemeral, 7);
        apply(new Batch().delete(layout.keys().job(JOB)).delete(layout.keys().execution(JOB, ID)));
        assertThat(end).isDone();
        assertThat(end.join().state().status()).isEqualTo(JobStatus.SUCCESS);
        assertThat(end.join().state().successCount()).isEqualTo(1);
    }

    @Test
    void p25EventsHaveTheSameIdsOnAllServersSoThatAWatcherGoesOnAtAnother() {
        EventSubscription there = follower.watch(Optional.empty());
        EventSubscription here = leader.watch(Optional.empty());
        apply(jobs(job(ID)), running());
        List<LiveEvent> seen = here.drain();
        assertThat(seen).extracting(LiveEvent::type).containsExactly(LiveEvent.Type.JOB, LiveEvent.Type.EXECUTION);
        assertThat(there.drain()).isEqualTo(seen);
        apply(jobs(job()), ended());
        EventSubscription moved = follower.watch(Optional.of(seen.get(0).id()));
        assertThat(moved.drain())
                .extracting(LiveEvent::type)
                .containsExactly(LiveEvent.Type.EXECUTION, LiveEvent.Type.JOB, LiveEvent.Type.EXECUTION);
    }

    @Test
    void p25AServerThatIsBehindTellsAWatcherNothingTwice() {
        EventSubscription here = leader.watch(Optional.empty());
        Batch first = commit(put(jobs(job(ID)), running()));
        leader.model.applied(store.commits(), first, store.commits());
        List<LiveEvent> seen = here.drain();
        EventSubscription moved =
                follower.watch(Optional.of(seen.get(seen.size() - 1).id()));
        follower.model.applied(store.commits(), first, store.commits());
        assertThat(moved.drain()).isEmpty();
        apply(jobs(job()));
        assertThat(moved.drain()).hasSize(1);
    }

    @Test
    void onlyTheLeaderCountsAndNothingTwice() {
        apply(jobs(job(ID)), running());
        Batch end = apply(jobs(job()), ended());
        leader.model.applied(store.commits(), end, store.commits());
        assertThat(leader.metrics.text()).contains("dkron_executions_total{result=\"success\"} 1\n");
        assertThat(follower.metrics.text()).contains("dkron_executions_total{result=\"success\"} 0\n");
        apply(jobs(job()), ended());
        assertThat(leader.metrics.text()).contains("dkron_executions_total{result=\"success\"} 1\n");
    }

    @Test
    void anExecutionThatEndsInTheCommitThatRecordsItCounts() {
        apply(jobs(job()), ended());
        assertThat(leader.metrics.text()).contains("dkron_executions_total{result=\"success\"} 1\n");
    }

    @Test
    void aRecordThatIsBrokenStopsNothing() {
        apply(new Batch().put(layout.keys().job(JOB), new byte[] {1}).put("dkron/executions/x/7-n", new byte[] {2}));
        apply(jobs(job()));
        assertThat(follower.model.jobs().find(JOB)).isPresent();
    }

    private Batch apply(Batch batch, Execution... executions) {
        Batch committed = commit(put(batch, executions));
        leader.model.applied(store.commits(), committed, store.commits());
        follower.model.applied(store.commits(), committed, store.commits());
        return committed;
    }

    private Batch put(Batch batch, Execution... executions) {
        for (Execution e : executions) {
            batch.put(
                    layout.keys().execution(e.job(), e.id()),
                    layout.executions().write(e));
        }
        return batch;
    }

    private Batch commit(Batch batch) {
        LeaderRecord record = new LeaderRecord("c", 4, "n1", "nonce", sequence++, NOW);
        batch.put(layout.keys().leader(), LeaderRecords.JSON.write(record));
        assertThat(store.commit(batch)).isInstanceOf(CommitResult.Committed.class);
        return batch;
    }

    private Batch jobs(Job... jobs) {
        Batch batch = new Batch();
        for (Job job : jobs) {
            batch.put(layout.keys().job(job.name()), layout.jobs().write(job));
        }
        return batch;
    }

    private static Job job(ExecutionId... live) {
        JobState state = JobState.created("uid", NOW)
                .with()
                .live(List.of(live))
                .lastNumber(7)
                .lastGroup(7)
                .build();
        return new Job(JobDefinition.named(JOB.value()).schedule("@daily").build(), state);
    }

    private static Execution running() {
        return new Execution(
                ID,
                JOB,
                new RunKey("uid", "due:7", "n1", 1),
                7,
                Trigger.SCHEDULE,
                Optional.of(NOW),
                Optional.empty(),
                ExecutionState.RUNNING,
                NOW,
                Optional.empty(),
                "j1",
                false,
                OutputTail.EMPTY);
    }

    private static Execution ended() {
        return running().ended(ExecutionState.SUCCESS, NOW, NOW, OutputTail.EMPTY);
    }

    /** A server's model. */
    private final class Node {
        private final LiveHub live = new LiveHub(Runnable::run);
        private final GroupWaits waits = new GroupWaits(Runnable::run);
        private final ServerMetrics metrics = new ServerMetrics();
        private final ReadModel model;

        Node(boolean leads) {
            model = new ReadModel(new ReadModel.Parts(
                    layout,
                    store,
                    live,
                    new OutputHub(Runnable::run),
                    waits,
                    new AppliedIndex(Runnable::run, later),
                    metrics,
                    record -> leads,
                    new NoText()));
        }

        EventSubscription watch(Optional<EventId> after) {
            return live.subscribe(EventFilter.ALL, after, () -> {}).orElseThrow();
        }
    }

    /** Nobody reads it here. */
    private static final class NoText implements ReadModel.EventText {
        @Override
        public String job(Job job) {
            return "{}";
        }

        @Override
        public String deleted(JobName name) {
            return "{}";
        }

        @Override
        public String missed(Job job) {
            return "{}";
        }

        @Override
        public String execution(Execution execution) {
            return "{}";
        }
    }
}
