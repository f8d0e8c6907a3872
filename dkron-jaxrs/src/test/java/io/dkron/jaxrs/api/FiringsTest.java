package io.dkron.jaxrs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobState;
import io.dkron.jaxrs.message.Rendered;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiringsTest {
    @ParameterizedTest
    @CsvSource({
        "2026-03-29T01:00:00Z,gap",
        "2026-10-25T00:30:00Z,repeated",
        "2026-10-25T01:30:00Z,repeated",
        "2026-10-25T02:00:00Z,"
    })
    void changesOfTheClockAreNoted(String at, String note) {
        assertThat(Firings.note(Instant.parse(at), ZoneId.of("Europe/Berlin"))).isEqualTo(Optional.ofNullable(note));
    }

    @Test
    void theFirstIsWhatTheJobWaitsFor() {
        Job job = job("0 30 2 * * *", "2026-03-29T01:00:00Z");
        assertThat(text(Firings.of(job, 2)))
                .isEqualTo("{\"description\":\"every day at 02:30\",\"timezone\":\"Europe/Berlin\",\"next\":["
                        + "{\"utc\":\"2026-03-29T01:00:00Z\",\"local\":\"2026-03-29T03:00:00+02:00\",\"note\":\"gap\"},"
                        + "{\"utc\":\"2026-03-30T00:30:00Z\",\"local\":\"2026-03-30T02:30:00+02:00\",\"note\":null}]}");
    }

    @Test
    void whatIsNoScheduleHasNoFirings() {
        assertThat(Firings.of(job("nonsense", null), 5).next()).isEmpty();
    }

    private static Job job(String schedule, String next) {
        return new Job(
                JobDefinition.named("j")
                        .schedule(schedule)
                        .timezone("Europe/Berlin")
                        .build(),
                JobState.created("u", Instant.EPOCH)
                        .with()
                        .next(Optional.ofNullable(next).map(Instant::parse))
                        .build());
    }

    private static String text(Firings firings) {
        return new String(Rendered.json(firings::write), StandardCharsets.UTF_8);
    }
}
