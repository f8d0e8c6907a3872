package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.engine.Effect;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobState;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GroupWaitsTest {
    private final GroupWaits waits = new GroupWaits(Runnable::run);
    private final Job job = new Job(JobDefinition.named("a").build(), JobState.created("u", Instant.EPOCH));

    @Test
    void whoWaitsIsToldOfTheEndOfTheGroupAndOfNoOther() {
        CompletableFuture<Job> first = waits.await(job.name(), 1);
        CompletableFuture<Job> second = waits.await(job.name(), 2);
        waits.ended(new Effect.GroupEnded(job, 2));
        assertThat(first).isNotDone();
        assertThat(second).isCompletedWithValue(job);
    }

    @Test
    void aGroupThatEndedBeforeIsRemembered() {
        waits.ended(new Effect.GroupEnded(job, 1));
        assertThat(waits.await(job.name(), 1)).isCompletedWithValue(job);
    }

    @Test
    void whoGaveUpIsForgotten() {
        CompletableFuture<Job> wait = waits.await(job.name(), 1);
        waits.forget(job.name(), 1, wait);
        waits.ended(new Effect.GroupEnded(job, 1));
        assertThat(wait).isNotDone();
    }
}
