package io.dkron.tests.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Many jobs alike, stored and deleted at one stroke. Not thread-safe. */
public final class ManyJobs implements AutoCloseable {
    private static final int MOST = 1_000;

    private final Api api;
    private final String prefix;
    private final int count;

    private ManyJobs(Api api, String prefix, int count) {
        this.api = api;
        this.prefix = prefix;
        this.count = count;
    }

    /** Stores copies of a job, named {@code prefix-0} and so on. */
    public static ManyJobs stored(String url, String prefix, int count, ObjectNode like) {
        ManyJobs jobs = new ManyJobs(new Api(url, Duration.ofMinutes(4)), prefix, count);
        JsonNode lines = jobs.restore(jobs.json(like));
        assertThat(lines).hasSize(count);
        lines.forEach(line -> assertThat(line.asText()).startsWith("success create " + prefix + "-"));
        return jobs;
    }

    private String json(ObjectNode like) {
        StringBuilder json = new StringBuilder(count * 200).append('[');
        for (String name : names()) {
            json.append(json.length() == 1 ? "" : ",").append(like.put("name", name));
        }
        return json.append(']').toString();
    }

    /** Restores a backup that must be accepted, and answers its lines. */
    public JsonNode restore(String backup) {
        Api.Answer answer = api.post("/v1/restore", backup);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return Api.parse("{\"lines\":" + answer.json().asText() + "}").path("lines");
    }

    public List<String> names() {
        return IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).toList();
    }

    /** Does something, as {@code disable}, with all of them. */
    public void all(String action) {
        List<String> names = names();
        for (int from = 0; from < count; from += MOST) {
            ObjectNode body = Api.JSON.createObjectNode().put("action", action);
            ArrayNode some = body.putArray("names");
            names.subList(from, Math.min(count, from + MOST)).forEach(some::add);
            Api.Answer answer = api.post("/v1/jobs/bulk", body.toString());
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        }
    }

    /** Deletes them. */
    @Override
    public void close() {
        all("delete");
    }
}
