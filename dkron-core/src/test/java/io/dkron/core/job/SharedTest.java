package io.dkron.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SharedTest {
    @Test
    void jobsWithEqualPartsHoldTheSameObjects() {
        JobDefinition one = job("one").build();
        JobDefinition other = job("other").build();
        assertThat(one.executorConfig()).isSameAs(other.executorConfig()).isEqualTo(Map.of("command", "true"));
        assertThat(one.schedule()).isSameAs(other.schedule());
        assertThat(one.retry()).isSameAs(other.retry());
        assertThat(one.tags()).isSameAs(other.metadata()).isEmpty();
    }

    @Test
    void whatAJobHoldsIsItsOwnWhoeverChangesWhatItWasMadeFrom() {
        SortedMap<String, String> tags = new TreeMap<>(Map.of("role", "web"));
        JobDefinition job = job("one").tags(tags).build();
        tags.put("role", "db");
        assertThat(job.tags()).isEqualTo(Map.of("role", "web"));
        assertThatThrownBy(() -> job.tags().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void valuesThatFallIntoOneSlotStayWhatTheyAre() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(Shared.text("text " + i)).isEqualTo("text " + i);
            assertThat(Shared.value(Instant.ofEpochSecond(i))).isEqualTo(Instant.ofEpochSecond(i));
        }
    }

    private static JobDefinition.Builder job(String name) {
        return JobDefinition.named(name)
                .schedule(String.valueOf("0 0 3 * * *".toCharArray()))
                .executor("shell")
                .executorConfig(Map.of("command", String.valueOf("true".toCharArray())))
                .retry(new RetryPolicy(3, "", "60s", 2, 0.2));
    }
}
