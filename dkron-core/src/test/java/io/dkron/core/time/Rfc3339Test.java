package io.dkron.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-01-15T10:20:30Z                | 2026-01-15T10:20:30Z
            2026-11-24T08:40:44.13644931Z       | 2026-11-24T08:40:44.13644931Z
            2026-11-24T08:40:44.100000000Z      | 2026-11-24T08:40:44.1Z
            2026-11-24T08:40:44.000000001Z      | 2026-11-24T08:40:44.000000001Z
            2026-11-24T08:40:44.1234567899Z     | 2026-11-24T08:40:44.123456789Z
            2026-11-24T08:40:44,5Z              | 2026-11-24T08:40:44.5Z
            2030-01-02T03:04:05+02:00           | 2030-01-02T01:04:05Z
            2030-01-02T03:04:05.25-05:30        | 2030-01-02T08:34:05.25Z
            2030-01-01T00:00:00+23:59           | 2029-12-31T00:01:00Z
            0001-01-01T00:00:00Z                | 0001-01-01T00:00:00Z
            0000-01-01T00:00:00Z                | 0000-01-01T00:00:00Z
            9999-12-31T23:59:59.999999999Z      | 9999-12-31T23:59:59.999999999Z
            2024-02-29T12:00:00-00:00           | 2024-02-29T12:00:00Z
            1969-12-31T23:59:59.5Z              | 1969-12-31T23:59:59.5Z
            """)
    void readsAnyOffsetAndWritesUtcWithoutTrailingZeros(String text, String written) {
        Instant instant = Rfc3339.parse(text).orElseThrow();

        assertThat(Rfc3339.format(instant)).isEqualTo(written);
        assertThat(Rfc3339.parse(written)).contains(instant);
        assertThat(instant).isEqualTo(Instant.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tomorrow",
                "2026-01-15",
                "2026-01-15T10:20",
                "2026-01-15T10:20:30",
                "2026-01-15T10:20:30z",
                "2026-01-15t10:20:30Z",
                "2026-01-15 10:20:30Z",
                "2026-01-15T10:20:30.Z",
                "2026-01-15T10:20:30ZZ",
                "2026-01-15T10:20:30Z ",
                " 2026-01-15T10:20:30Z",
                "2026-01-15T10:20:60Z",
                "2026-01-15T24:00:00Z",
                "2026-01-15T10:60:00Z",
                "2026-13-15T10:20:30Z",
                "2026-00-15T10:20:30Z",
                "2026-02-29T10:20:30Z",
                "2026-04-31T10:20:30Z",
                "2026-01-15T10:20:30+2:00",
                "2026-01-15T10:20:30+0200",
                "2026-01-15T10:20:30+02",
                "2026-01-15T10:20:30+24:00",
                "2026-01-15T10:20:30+02:60",
                "2026-01-15T10:20:30*02:00",
                "2026-01-15T10:20:30.5",
                "2026-01-15T1:20:30Z",
                "2026-01-15T10:20:٣0Z",
                "+026-01-15T10:20:30Z",
                "0000-01-01T00:00:00+00:01",
                "9999-12-31T23:59:59-00:01"
            })
    void refusesOtherForms(String text) {
        assertThat(Rfc3339.parse(text)).isEmpty();
    }

    @Test
    void theFormOfAnHtmlInputIsUtcAndTakenOnlyWhenAskedFor() {
        assertThat(Rfc3339.parseLenient("2035-01-01T08:30")).contains(Instant.parse("2035-01-01T08:30:00Z"));
        assertThat(Rfc3339.parseLenient("2035-01-01T08:30:00+01:00")).contains(Instant.parse("2035-01-01T07:30:00Z"));
        assertThat(Rfc3339.parseLenient("2035-02-30T08:30")).isEmpty();
        assertThat(Rfc3339.parse("2035-01-01T08:30")).isEmpty();
    }

    @Test
    void theZeroTimeIsThatOfGo() {
        assertThat(Rfc3339.format(Rfc3339.ZERO)).isEqualTo("0001-01-01T00:00:00Z");
    }

    @Test
    void yearsThatHaveNoFormAreRefusedNotPrinted() {
        assertThatThrownBy(() -> Rfc3339.format(Instant.MAX)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rfc3339.format(Instant.MIN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsWrittenIsReadBack() {
        long seed = System.nanoTime();
        System.out.println("Rfc3339Test seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Instant instant = Instant.ofEpochSecond(
                    random.nextLong(-62_167_219_200L, 253_402_300_800L), random.nextInt(1_000_000_000));
            instant = i % 2 == 0 ? instant.truncatedTo(ChronoUnit.MILLIS) : instant;
            String text = Rfc3339.format(instant);
            assertThat(Rfc3339.parse(text)).as(text).contains(instant);
            assertThat(text).doesNotContainPattern("\\.\\d*0Z");
        }
    }
}
