package io.dkron.tests.browser;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import java.time.Duration;

/** Runs that do not end by themselves while a test looks at them. */
final class Running {
    private static final Duration GIVE_UP = Duration.ofSeconds(30);

    private Running() {}

    /** Starts a job, and answers the execution's id. */
    static String begin(Api api, String job) {
        api.post("/v1/jobs/" + job + "/run", "", "Prefer", "respond-async");
        await(job + " to run").atMost(GIVE_UP).until(() -> state(api, job).equals("running"));
        return newest(api, job).get("id").asText();
    }

    /** Starts a job, and answers the execution's id once it has printed. */
    static String start(Api api, String job) {
        String id = begin(api, job);
        String output = "/v1/jobs/" + job + "/executions/" + id + "/output";
        await(job + " to print").atMost(GIVE_UP).until(() -> api.get(output).bytes().length > 0);
        return id;
    }
    /** Cancels it, and waits for its end. */
    static void stop(Api api, String job, String id) {
        api.post("/v1/jobs/" + job + "/executions/" + id + "/cancel");
        await(job + " to end").atMost(GIVE_UP).until(() -> !state(api, job).equals("running"));
    }

    private static String state(Api api, String job) {
        return newest(api, job).path("state").asText();
    }

    private static JsonNode newest(Api api, String job) {
        return api.executions(job).path(0);
    }
}
