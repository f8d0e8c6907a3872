package io.dkron.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.json.Profile;
import io.dkron.core.problem.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What validation says of a job's schedule and zone. */
class JobScheduleTest {
    @Test
    void f08FiveFieldsAreRefusedInDialectV4AndWarnedOfInV1() {
        JobDefinition job = job("*/5 * * * *", "");

        assertThat(JobRules.check(job, Profile.V4))
                .singleElement()
                .extracting(Problem::message)
                .asString()
                .startsWith("can't parse job schedule: expected exactly 6 fields, found 5")
                .contains("put 0 first");
        assertThat(JobRules.check(job, Profile.V1)).isEmpty();
        assertThat(doubts(job)).singleElement().asString().contains("five fields");
        assertThat(doubts(job("0 */5 * * * *", ""))).isEmpty();
    }

    @Test
    void c043AWrongZoneAndAWrongScheduleAreToldTogether() {
        assertThat(JobRules.check(job("every day", "Mars/Phobos"), Profile.V4))
                .extracting(Problem::field)
                .containsExactlyInAnyOrder("timezone", "schedule");
    }

    @Test
    void onlyAChildNeedsNoSchedule() {
        JobDefinition job = job("", "");

        assertThat(JobRules.check(job, Profile.V4))
                .containsExactly(new Problem("schedule", "can't parse job schedule: empty spec string"));
        assertThat(JobRules.check(job.with().parent(new JobName("other")).build(), Profile.V4))
                .isEmpty();
    }

    private static List<String> doubts(JobDefinition job) {
        return JobRules.doubts(job, "noop"::equals);
    }

    private static JobDefinition job(String schedule, String timezone) {
        return JobDefinition.named("job")
                .schedule(schedule)
                .timezone(timezone)
                .executor("noop")
                .build();
    }
}
