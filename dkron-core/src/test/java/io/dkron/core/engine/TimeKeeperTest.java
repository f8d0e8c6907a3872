package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimeKeeperTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private final TimeKeeper keeper = new TimeKeeper(START, 0);
    private long nanos;
    private Duration offset = Duration.ZERO;
    private Map<String, Duration> others = Map.of();

    private Instant after(Duration passed) {
        nanos += passed.toNanos();
        return keeper.now(START.plusNanos(nanos).plus(offset), nanos, others);
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

    private static Map<String, Duration> ahead(double... seconds) {
        Map<String, Duration> all = new HashMap<>();
        for (int i = 0; i < seconds.length; i++) {
            all.put("s" + i, Duration.ofMillis(Math.round(seconds[i] * 1000)));
        }
        return all;
    }

    @Test
    void p17AStepThatTheMajorityDoesNotShowIsNeverAdopted() {
        offset = Duration.ofHours(1);
        others = ahead(-3600, -3600);
        for (int i = 0; i < 600; i++) {
            after(Duration.ofSeconds(1));
        }
        assertThat(after(Duration.ZERO)).isEqualTo(START.plusSeconds(600));
    }

    @Test
    void p17AStepThatTheMajorityShowsIsAdoptedOnceAllWereMeasuredAfterIt() {
        offset = Duration.ofHours(1);
        others = ahead(1.9, -3600);
        after(Duration.ofSeconds(1));
        for (int i = 0; i < 9; i++) {
            after(Duration.ofSeconds(1));
        }
        assertThat(after(Duration.ZERO)).isEqualTo(START.plusSeconds(10));
        assertThat(after(Duration.ofSeconds(1))).isEqualTo(START.plusSeconds(11).plus(Duration.ofHours(1)));
    }

    @Test
    void p17OfTwoServersThatDisagreeNeitherFollowsItsStep() {
        offset = Duration.ofHours(1);
        others = ahead(-3600);
        for (int i = 0; i < 100; i++) {
            after(Duration.ofSeconds(1));
        }
        assertThat(after(Duration.ZERO)).isEqualTo(START.plusSeconds(100));
    }

    @Test
    void p17AServerFarFromTheMajorityMayNotLead() {
        assertThat(TimeKeeper.eligible(ahead())).isTrue();
        assertThat(TimeKeeper.eligible(ahead(3600)))
                .as("of two nobody knows who is wrong")
                .isTrue();
        assertThat(TimeKeeper.eligible(ahead(3600, 3601))).isFalse();
        assertThat(TimeKeeper.eligible(ahead(-2.1, -2.2))).isFalse();
        assertThat(TimeKeeper.eligible(ahead(-1.9, -2.2))).isTrue();
        assertThat(TimeKeeper.eligible(ahead(3600, -3600))).as("no two agree").isTrue();
        assertThat(TimeKeeper.eligible(ahead(0.1, 3600, 3601, 3602)))
                .as("three of five")
                .isFalse();
        assertThat(TimeKeeper.eligible(ahead(0.1, 0.2, 3600, 3601))).isTrue();
    }

    @Test
    void p17AtAnElectionTheWallClockIsTakenAsItIs() {
        offset = Duration.ofHours(1);
        after(Duration.ofSeconds(1));
        keeper.restart(START.plusNanos(nanos).plus(offset), nanos);
        assertThat(after(Duration.ofSeconds(1))).isEqualTo(START.plusSeconds(2).plus(Duration.ofHours(1)));
    }
}
