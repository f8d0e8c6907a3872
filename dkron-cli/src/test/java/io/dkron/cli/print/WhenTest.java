package io.dkron.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhenTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private final When when = new When(Clock.fixed(NOW, ZoneId.of("Europe/Berlin")));

    @ParameterizedTest
    @CsvSource({
        "PT0S, now",
        "PT0.9S, now",
        "PT1S, in 1s",
        "PT-119S, 119s ago",
        "PT2M, in 2m",
        "PT-119M, 119m ago",
        "PT2H, in 2h",
        "PT47H, in 47h",
        "P2D, in 2d",
        "P-400D, 400d ago",
    })
    void distancesHaveOneUnit(Duration distance, String words) {
        assertThat(when.relative(NOW.plus(distance))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"PT0.012S, 12ms", "PT1.45S, 1.4s", "PT59.9S, 59s", "PT200S, 3m20s", "PT7500S, 2h5m"})
    void durationsAreShort(Duration time, String words) {
        assertThat(When.took(time)).isEqualTo(words);
    }

    @org.junit.jupiter.api.Test
    void timesAreThoseOfTheLocalClock() {
        assertThat(when.both(NOW.plusSeconds(120))).isEqualTo("2026-01-02 04:06:05 (in 2m)");
    }
}
