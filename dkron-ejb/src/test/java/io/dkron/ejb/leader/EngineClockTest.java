package io.dkron.ejb.leader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class EngineClockTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private Instant wall = START;
    private long nanos = 77;
    private final EngineClock clock = new EngineClock(() -> wall, () -> nanos);

    @Test
    void itFollowsTheWallClock() {
        pass(Duration.ofHours(3));
        assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(3)));
    }

    @Test
    void p17ASmallDifferenceIsDrawnInByATenthOfTheTimePassed() {
        wall = wall.plusSeconds(2);
        pass(Duration.ofSeconds(10));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(11));
        pass(Duration.ofSeconds(10));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(22)).isEqualTo(wall);
    }

    @Test
    void p17AStepForwardIsBelievedOnlyAfterAMinute() {
        wall = wall.plus(Duration.ofHours(1));
        for (int second = 0; second < 60; second++) {
            assertThat(clock.instant()).isEqualTo(START.plusSeconds(second));
            pass(Duration.ofSeconds(1));
        }
        assertThat(clock.instant()).isEqualTo(wall);
    }

    @Test
    void p17AStepThatIsTakenBackIsForgotten() {
        wall = wall.plus(Duration.ofHours(1));
        clock.instant();
        pass(Duration.ofSeconds(40));
        clock.instant();
        wall = wall.minus(Duration.ofHours(1));
        pass(Duration.ofSeconds(40));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(80));
    }

    @Test
    void p17TimeNeverFallsBackBySlewing() {
        wall = wall.minusSeconds(4);
        Instant before = clock.instant();
        for (int i = 0; i < 100; i++) {
            pass(Duration.ofMillis(10));
            Instant now = clock.instant();
            assertThat(now).isAfter(before);
            before = now;
        }
    }

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }
}
