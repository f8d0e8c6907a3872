package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.RetryPolicy;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RetryPauseTest {
    private final SplittableRandom random = new SplittableRandom(1);

    private Duration pause(RetryPolicy policy, long failedMillis, int attempt) {
        return RetryPause.of(policy, Duration.ofMillis(failedMillis), attempt, random);
    }

    @Test
    void withoutADelayItIsThatOfDkron4() {
        assertThat(pause(RetryPolicy.NONE, 499, 2)).isEqualTo(Duration.ZERO);
        assertThat(pause(RetryPolicy.NONE, 500, 2)).isEqualTo(Duration.ofSeconds(1));
        assertThat(pause(RetryPolicy.NONE, 1000, 2)).isEqualTo(Duration.ofMillis(1500));
        assertThat(pause(RetryPolicy.NONE, 1999, 3)).isEqualTo(Duration.ofSeconds(2));
        assertThat(pause(RetryPolicy.NONE, 60_000, 2)).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void aDelayGrowsByItsFactorUpToTheLongest() {
        RetryPolicy policy = new RetryPolicy(9, "2s", "10s", 2, 0);
        assertThat(pause(policy, 0, 2)).isEqualTo(Duration.ofSeconds(2));
        assertThat(pause(policy, 0, 3)).isEqualTo(Duration.ofSeconds(4));
        assertThat(pause(policy, 0, 5)).isEqualTo(Duration.ofSeconds(10));
        assertThat(pause(policy, 0, 1000)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void jitterAddsOrTakesItsPart() {
        RetryPolicy policy = new RetryPolicy(9, "10s", "60s", 1, 0.2);
        for (int i = 0; i < 1000; i++) {
            assertThat(pause(policy, 0, 2)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
        }
    }
}
