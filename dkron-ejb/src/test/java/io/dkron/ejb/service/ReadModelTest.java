package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.engine.Effect;
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
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.metrics.ServerMetrics;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadModelTest {
    private static final Instant NOW = Instant.parse("2026-01-15T10:20:30Z");
    private static final JobName JOB = new JobName("job1");
    private static final ExecutionId ID = new ExecutionId(7, "n1");

    private final ReadModel model =
            new ReadModel(new LiveHub(Runnable::run), new OutputHub(Runnable::run), new ServerMetrics(), new NoText());
    private long position;

    @Test
    void whatRunsIsSeenUntilItEnds() {
        publish(List.of(job(ID)), List.of(), List.of(running()));
        assertThat(model.unended()).containsExactly(running());
        assertThat(model.running()).isEqualTo(1);
        publish(
                List.of(job()),
                List.of(),
                List.of(running().ended(ExecutionState.SUCCESS, NOW, NOW, OutputTail.EMPTY)));
        assertThat(model.unended()).isEmpty();
    }

    @Test
    void aJobThatGoesWithItsEndLeavesNothingRunning() {
        publish(List.of(job(ID)), List.of(), List.of(running()));
        publish(List.of(), List.of(JOB), List.of());
        assertThat(model.unended()).isEmpty();
        assertThat(model.unended(JOB, ID)).isEmpty();
    }

    @Test
    void anExecutionDeletedInTheCommitThatEndedItIsNotSeenAsRunning() {
        publish(List.of(job(ID)), List.of(), List.of(running()));
        publish(List.of(job()), List.of(), List.of());
        assertThat(model.running()).isZero();
    }

    private void publish(List<Job> jobs, List<JobName> deleted, List<Execution> executions) {
        model.apply(new Effect.Publish(1, ++position, position == 1, jobs, deleted, executions, false));
    }

    private static Job job(ExecutionId... live) {
        JobState state = JobState.created("uid", NOW).with().live(List.of(live)).build();
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

    /** Nobody watches here. */
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
