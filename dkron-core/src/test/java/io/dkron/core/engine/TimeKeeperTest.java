package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimeKeeperTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private final TimeKeeper keeper = new TimeKeeper(START, 0);
    private long nanos;
    private Duration offset = Duration.ZERO;

    private Instant after(Duration passed) {
        nanos += passed.toNanos();
        return keeper.now(START.plusNanos(nanos).plus(offset), nanos);
    }

    @Test
    void p17FollowsTheMonotonicClock() {
        assertThat(after(Duration.ofSeconds(3))).isEqualTo(START.plusSeconds(3));
    }

    @Test
    void p17IsDrawnToTheWallClockByATenthAtMost() {
        offset = Duration.ofSeconds(2);
        assertThat(after(Duration.ofSeconds(10))).isEqualTo(START.plusSeconds(11));
        assertThat(after(Duration.ofSeconds(10))).isEqualTo(START.plusSeconds(22));
        assertThat(after(Duration.ofSeconds(10))).isEqualTo(START.plusSeconds(32));
        offset = Duration.ZERO;
        assertThat(after(Duration.ofSeconds(10))).isEqualTo(START.plusSeconds(41));
    }

    @Test
    void p17AStepThatIsTakenBackIsNotFollowed() {
        offset = Duration.ofHours(1);
        for (int i = 0; i < 59; i++) {
            after(Duration.ofSeconds(1));
        }
        offset = Duration.ZERO;
        assertThat(after(Duration.ofSeconds(1))).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void p17AStepThatHoldsForAMinuteIsAdopted() {
        offset = Duration.ofHours(-1);
        for (int i = 0; i < 60; i++) {
            after(Duration.ofSeconds(1));
        }
        assertThat(after(Duration.ZERO)).isEqualTo(START.plusSeconds(60));
        assertThat(after(Duration.ofSeconds(1))).isEqualTo(START.plusSeconds(61).minus(Duration.ofHours(1)));
    }

    @Test
    void p17ASecondStepBeginsTheMinuteAnew() {
        offset = Duration.ofHours(1);
        after(Duration.ofSeconds(1));
        after(Duration.ofSeconds(50));
        offset = Duration.ofHours(2);
        after(Duration.ofSeconds(1));
        assertThat(after(Duration.ofSeconds(50))).isEqualTo(START.plusSeconds(102));
        assertThat(after(Duration.ofSeconds(10)))
                .isEqualTo(START.plusSeconds(112).plus(Duration.ofHours(2)));
    }
}
