package io.dkron.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.schedule.ScheduleParser.FiveFields;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTextTest {
    private static Optional<String> describe(String text) {
        return ScheduleText.describe(
                ScheduleParser.parse(text, "job", FiveFields.SECONDS_FIRST).match(s -> s, p -> new Manual()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@every 10s | every 10 seconds",
                "@every 1m | every minute",
                "@every 90m | every 1 hour 30 minutes",
                "@at 2026-11-24T10:00:00Z | once, at 2026-11-24T10:00:00Z",
                "@manually | only when asked",
                "0 0 3 * * * | at 03:00",
                "TZ=Europe/Berlin 0 0 3 * * * | at 03:00",
                "@daily | at 00:00",
                "@hourly | every hour",
                "0 */5 * * * * | every 5 minutes"
            })
    void aScheduleIsSaidInWords(String schedule, String words) {
        assertThat(describe(schedule)).contains(words);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 ~ 3 * * *", "0 30/5 3 ? * 1-5", "0 0 3 * jan mon", "0 0,,5 3 * * *"})
    void whatHasNoWordsIsNoError(String schedule) {
        assertThat(describe(schedule))
                .satisfiesAnyOf(
                        words -> assertThat(words).isEmpty(),
                        words -> assertThat(words.orElse("")).isNotBlank());
    }

    @Test
    void aMondayIsAMonday() {
        assertThat(describe("0 0 3 * * 1").orElseThrow()).contains("Monday");
        assertThat(describe("0 0 3 * * 0").orElseThrow()).contains("Sunday");
    }
}
