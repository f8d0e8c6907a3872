package io.dkron.ejb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GroupWaitsTest {
    private static final JobName JOB = new JobName("a");

    private final GroupWaits waits = new GroupWaits(Runnable::run);

    @Test
    void whoWaitsIsToldOfTheEndOfTheGroupAndOfNoOther() {
        CompletableFuture<Job> first = waits.await(job("u", 1), 1);
        CompletableFuture<Job> second = waits.await(job("u", 2), 2);
        Job now = job("u", 2, 2);
        waits.changed(now, group -> group == 1);
        assertThat(first).isNotDone();
        assertThat(second).isCompletedWithValue(now);
    }

    @Test
    void aCopyThatDoesNotKnowTheGroupYetSaysNothing() {
        CompletableFuture<Job> wait = waits.await(job("u", 7), 7);
        waits.changed(job("u", 6, 6), group -> false);
        assertThat(wait).isNotDone();
    }

    @Test
    void aGroupThatIsNoLongerListedHasEndedWhenNothingOfItRuns() {
        CompletableFuture<Job> wait = waits.await(job("u", 7), 7);
        Job later = new Job(
                job("u", 90).definition(),
                job("u", 90).state().with().recent(List.of()).build());
        waits.changed(later, group -> group == 7);
        assertThat(wait).isNotDone();
        waits.changed(later, group -> false);
        assertThat(wait).isCompletedWithValue(later);
    }

    @Test
    void aJobThatWentWithItsGroupIsRemembered() {
        CompletableFuture<Job> before = waits.await(job("u", 1), 1);
        Job last = job("u", 1, 1);
        waits.deleted(last, List.of(1L));
        assertThat(before).isCompletedWithValue(last);
        assertThat(waits.await(job("u", 1), 1)).isCompletedWithValue(last);
    }

    @Test
    void aJobCreatedAnewUnderTheNameEndsTheWait() {
        CompletableFuture<Job> wait = waits.await(job("u", 1), 1);
        waits.changed(job("v", 0), group -> true);
        assertThat(wait).isDone();
    }

    @Test
    void whoGaveUpIsForgotten() {
        CompletableFuture<Job> wait = waits.await(job("u", 1), 1);
        waits.forget(JOB, wait);
        waits.changed(job("u", 1, 1), group -> false);
        assertThat(wait).isNotDone();
        assertThat(waits.awaited()).isEmpty();
    }

    private static Job job(String uid, long lastGroup, long... ended) {
        List<RecentGroup> recent = new ArrayList<>();
        for (long group = 1; group <= lastGroup && lastGroup < 10; group++) {
            long number = group;
            boolean over = java.util.Arrays.stream(ended).anyMatch(e -> e == number);
            recent.add(
                    new RecentGroup(group, Instant.EPOCH, over ? JobStatus.SUCCESS : JobStatus.RUNNING, Duration.ZERO));
        }
        JobState state = JobState.created(uid, Instant.EPOCH)
                .with()
                .lastGroup(lastGroup)
                .recent(recent)
                .build();
        return new Job(JobDefinition.named(JOB.value()).build(), state);
    }
}
