package io.dkron.tests.browser;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import java.util.ArrayList;
import java.util.List;

/** The jobs that a test makes, gone again after it. They run on the agent {@link Site#AGENT}, unless they say where. */
final class Jobs implements AutoCloseable {
    private final Api api;
    private final List<String> made = new ArrayList<>();

    Jobs(Api api) {
        this.api = api;
    }

    /** A job that runs when asked only. */
    String manual(String name, String command) {
        return save(Api.shell(name, "@manually", command));
    }

    /** Any job. */
    String save(ObjectNode job) {
        if (!job.has("tags")) {
            job.putObject("tags").put("role", "web");
        }
        api.save(job);
        String name = job.get("name").asText();
        made.add(name);
        return name;
    }

    /** Runs a job and waits until it has ended. */
    void run(String name) {
        api.post("/v1/jobs/" + name + "/run");
    }

    @Override
    public void close() {
        for (int i = made.size() - 1; i >= 0; i--) { // what follows a job goes before it
            api.delete("/v1/jobs/" + made.get(i));
        }
    }
}
