package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DueQueueTest {
    private final DueQueue queue = new DueQueue();
    private final JobName a = new JobName("a");
    private final JobName b = new JobName("b");

    private static Instant at(int second) {
        return Bench.START.plusSeconds(second);
    }

    @Test
    void theEarliestComesFirstAndOnlyWhenItIsDue() {
        queue.set(a, Optional.of(at(20)));
        queue.set(b, Optional.of(at(10)));
        assertThat(queue.first()).contains(at(10));
        assertThat(queue.pollDue(at(10).minusNanos(1))).isEmpty();
        assertThat(queue.pollDue(at(10))).contains(b);
        assertThat(queue.pollDue(at(10))).isEmpty();
        assertThat(queue.pollDue(at(20))).contains(a);
        assertThat(queue.first()).isEmpty();
    }

    @Test
    void ofOneInstantNamesDecide() {
        queue.set(b, Optional.of(at(10)));
        queue.set(a, Optional.of(at(10)));
        assertThat(queue.pollDue(at(11))).contains(a);
        assertThat(queue.pollDue(at(11))).contains(b);
    }

    @Test
    void aJobStandsInTheQueueOnceAndCanBeMovedOrTakenAway() {
        queue.set(a, Optional.of(at(10)));
        queue.set(a, Optional.of(at(10)));
        queue.set(a, Optional.of(at(30)));
        queue.set(b, Optional.of(at(20)));
        assertThat(queue.pollDue(at(10))).isEmpty();
        queue.set(b, Optional.empty());
        assertThat(queue.first()).contains(at(30));
        assertThat(queue.pollDue(at(40))).contains(a);
        assertThat(queue.pollDue(at(40))).isEmpty();
        queue.set(a, Optional.of(at(30))); // the same again after it was taken out
        assertThat(queue.pollDue(at(40))).contains(a);
    }
}
