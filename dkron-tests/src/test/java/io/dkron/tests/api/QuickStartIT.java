package io.dkron.tests.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.DkronProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer does first, as the README has it. */
class QuickStartIT {
    private static final String JOB = """
            {"name":"job1","schedule":"@every 10s","timezone":"Europe/Berlin","owner":"Platform Team",
             "owner_email":"platform@example.com","disabled":false,"tags":{"dkron_server":"true:1"},
             "concurrency":"allow","executor":"shell","executor_config":{"command":"date"}}""";

    @TempDir
    Path base;

    @Test
    void theFirstJobRunsEveryTenSecondsAndItsOutputIsKept() {
        try (DkronProcess server = DkronProcess.in(base).start()) {
            Api api = server.api();
            // curl -d declares a form, and the README's line must work.
            Api.Answer created = api.post("/v1/jobs", JOB, "Content-Type", "application/x-www-form-urlencoded");
            assertThat(created.status()).as(created.text()).isEqualTo(201);
            assertThat(created.header("Location")).hasValue("/v1/jobs/job1");

            await("two successful executions").atMost(Duration.ofSeconds(25)).until(() -> successes(api) >= 2);

            JsonNode newest = api.executions("job1").get(0);
            assertThat(newest.path("output").asText()).matches("(?s).*\\d\\d:\\d\\d:\\d\\d.*");
            assertThat(newest.path("node_name").asText()).isEqualTo("node1");
            JsonNode job = api.job("job1");
            assertThat(job.path("success_count").asInt()).isGreaterThanOrEqualTo(2);
            assertThat(job.path("error_count").asInt()).isZero();
            assertThat(job.path("status").asText()).isIn("success", "running");
            assertThat(api.get("/ui/jobs/job1").text()).contains("<title");
        }
    }

    private static int successes(Api api) {
        int count = 0;
        for (JsonNode execution : api.executions("job1")) {
            count += execution.path("success").asBoolean() ? 1 : 0;
        }
        return count;
    }
}
