package io.dkron.jaxrs.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WarningsTest {
    private static List<String> of(JobDefinition definition, String... unknown) {
        Instant soon = Instant.EPOCH.plusSeconds(1);
        JobState state = JobState.created("u", Instant.EPOCH)
                .with()
                .next(Optional.of(soon).filter(n -> !definition.schedule().endsWith("30 2 *")))
                .build();
        return Warnings.of(
                new JobJson.Parsed(definition, List.of(unknown), Optional.empty()),
                new Job(definition, state),
                name -> name.equals("noop"));
    }

    private static JobDefinition job(String schedule) {
        return JobDefinition.named("a").schedule(schedule).executor("noop").build();
    }

    @Test
    void eachDoubtIsToldOnce() {
        assertThat(of(job("@hourly"))).isEmpty();
        assertThat(of(job("*/5 * * * *"))).singleElement().asString().contains("five fields");
        assertThat(of(job("0 0 0 30 2 *"))).containsExactly("schedule 0 0 0 30 2 * never fires from now on");
        assertThat(of(job("@hourly"), "unknown field wat")).containsExactly("unknown field wat");
    }

    @Test
    void whatIsNotToFireIsNotSaidToNeverFire() {
        JobDefinition never = job("0 0 0 30 2 *");
        assertThat(of(never.with().disabled(true).build())).isEmpty();
        assertThat(of(job("@manually"))).isEmpty();
    }
}
