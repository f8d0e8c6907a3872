package io.dkron.jaxrs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import io.dkron.jaxrs.message.Rendered;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ResultsOverTimeTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:30Z");
    private final ResultsOverTime hour = new ResultsOverTime(ResultsOverTime.Range.HOUR, NOW);

    private static RecentGroup group(String at, JobStatus status) {
        return new RecentGroup(1, Instant.parse(at), status, Duration.ZERO);
    }

    private String written() {
        return new String(Rendered.json(hour::write), StandardCharsets.UTF_8);
    }

    @Test
    void groupsAreCountedByTheStepInWhichTheyBegan() {
        hour.add(group("2026-11-24T11:30:00Z", JobStatus.SUCCESS));
        hour.add(group("2026-11-24T11:30:59.999Z", JobStatus.PARTIALLY_FAILED));
        hour.add(group("2026-11-24T11:31:00Z", JobStatus.FAILED));
        hour.add(group("2026-11-24T12:00:30Z", JobStatus.CANCELLED));
        assertThat(written())
                .isEqualTo("{\"range\":\"1h\",\"step\":60,\"steps\":["
                        + "{\"at\":\"2026-11-24T11:30:00Z\",\"success\":1,\"failed\":1,\"cancelled\":0},"
                        + "{\"at\":\"2026-11-24T11:31:00Z\",\"success\":0,\"failed\":1,\"cancelled\":0},"
                        + "{\"at\":\"2026-11-24T12:00:00Z\",\"success\":0,\"failed\":0,\"cancelled\":1}]}");
    }

    @Test
    void whatRunsAndWhatLiesOutsideIsNotCounted() {
        hour.add(group("2026-11-24T10:59:59Z", JobStatus.SUCCESS));
        hour.add(group("2026-11-24T12:01:00Z", JobStatus.SUCCESS));
        hour.add(group("2026-11-24T11:30:00Z", JobStatus.RUNNING));
        assertThat(written()).endsWith("\"steps\":[]}");
    }

    @Test
    void onlyTheRangesThatThereAreAreRead() {
        assertThat(ResultsOverTime.Range.of("7d")).contains(ResultsOverTime.Range.WEEK);
        assertThat(ResultsOverTime.Range.of("1 day")).isEmpty();
    }
}
