package io.dkron.tests.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The shared server as a test of one case uses it; jobs that the test saved here are deleted after it, last ones first. */
public final class Workbench implements AfterEachCallback {
    private static final Duration LONG = Duration.ofSeconds(15);
    private final Api api = SharedServer.get().api();
    private final List<String> made = new ArrayList<>();

    public Api api() {
        return api;
    }

    /** Sends a request in a dialect, {@code v1} or {@code v4}. */
    public Answer in(String dialect, String method, String path, String body) {
        return api.send(method, path, body.getBytes(StandardCharsets.UTF_8), "Dkron-Api-Compat", dialect);
    }

    /** Remembers a job that the test creates by itself. */
    public void willMake(String name) {
        made.add(name);
    }

    /** Saves a job that must be accepted, and answers it as stored. */
    public JsonNode save(ObjectNode job) {
        willMake(job.path("name").asText());
        return api.save(job);
    }

    /** Runs a job by hand, waits for its end if that is soon, and answers it. */
    public JsonNode run(String job) {
        Answer answer = api.post("/v1/jobs/" + job);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    /** Starts a job by hand and waits for nothing. */
    public void start(String job) {
        assertThat(api.post("/v1/jobs/" + job, "", "Prefer", "respond-async").status())
                .isEqualTo(202);
    }

    /** The one execution that a job has. */
    public JsonNode onlyExecution(String job) {
        JsonNode all = api.executions(job);
        assertThat(all).as(all.toString()).hasSize(1);
        return all.get(0);
    }

    /** Those executions of a job that have ended, newest first, once there are so many. */
    public List<JsonNode> awaitEnded(String job, int count) {
        await(count + " ended executions of " + job)
                .atMost(LONG)
                .until(() -> ended(job).size() >= count);
        return ended(job);
    }

    private List<JsonNode> ended(String job) {
        List<JsonNode> ended = new ArrayList<>();
        api.executions(job).forEach(e -> {
            if (!e.path("finished_at").asText().startsWith("0001")) {
                ended.add(e);
            }
        });
        return ended;
    }

    /** An instant that a job or an execution shows. */
    public static Instant at(JsonNode shown, String field) {
        return Instant.parse(shown.path(field).asText());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        for (int i = made.size() - 1; i >= 0; i--) {
            String name = made.get(i);
            int status = api.delete("/v1/jobs/" + java.net.URLEncoder.encode(name, StandardCharsets.UTF_8))
                    .status();
            assertThat(status).as("deleting " + name).isIn(200, 404);
        }
        made.clear();
    }
}
