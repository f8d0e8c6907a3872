package io.dkron.tests.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Api.Answer;
import io.dkron.tests.support.Workbench;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;

/** Holds what a page says of one saved job, statement by statement; later ones are about what earlier ones ran. */
final class ExampleCheck {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Pattern CHANGING =
            Pattern.compile("(?<!\\d)(?!0001)\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z|(?<=\")\\d{19}(?=\")");

    private final Workbench bench;
    private final Api api;
    private final String job;
    private final List<String> firings = new ArrayList<>();
    private List<JsonNode> attempts = List.of();

    ExampleCheck(Workbench bench, String job) {
        this.bench = bench;
        this.api = bench.api();
        this.job = job;
    }

    /** Holds one statement; {@code fires} is gathered for {@link #firesAsTold}. */
    void holds(String of, String says) {
        switch (of) {
            case "run" -> run(job, says.split(", "));
            case "output" -> assertThat(last().path("output").asText()).contains(says);
            case "whole output" -> wholeOutput(Integer.parseInt(says.replace(" bytes", "")));
            case "processor error" ->
                assertThat(last().path("processor_errors").toString()).contains(says);
            case "pauses" -> pauses(says.split(", "));
            case "found by" -> foundBy(says.split("=", 2));
            case "fires" -> firings.add(says);
            case "soon" -> soon(says.split(" "));
            case "shows" -> shows(says);
            default -> {
                assertThat(of).as("a statement that is known").startsWith("run of ");
                run(of.substring("run of ".length()), says.split(", "));
            }
        }
    }

    private JsonNode last() {
        assertThat(attempts).as("a run before what it gave").isNotEmpty();
        return attempts.get(attempts.size() - 1);
    }

    /** Runs a job, this one or its parent, and waits for all attempts of this one. */
    private void run(String started, String[] said) {
        Answer answer = api.post("/v1/jobs/" + started);
        if (said[0].equals("refused")) {
            assertThat(answer.json().path("type").asText()).isEqualTo("urn:dkron:problem:" + said[1]);
            assertThat(api.executions(job)).isEmpty();
            return;
        }
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        if (said.length > 1 && said[1].equals("then deleted")) {
            assertThat(said[0]).isEqualTo("success");
            await(job + " to be deleted")
                    .atMost(LONG)
                    .until(() -> api.get("/v1/jobs/" + job).status() == 404);
            return;
        }
        int count = said.length > 1 ? Integer.parseInt(said[1].replace(" attempts", "")) : 1;
        attempts = new ArrayList<>(bench.awaitEnded(job, count));
        Collections.reverse(attempts);
        assertThat(attempts).hasSize(count);
        assertThat(last().path("state").asText()).as(last().toString()).isEqualTo(said[0]);
        assertThat(last().path("attempt").asInt()).isEqualTo(count);
    }

    private void wholeOutput(int bytes) {
        String path = "/v1/jobs/" + job + "/executions/" + last().path("id").asText() + "/output";
        assertThat(last().path("output").asText().length()).isLessThan(bytes);
        await("the whole output")
                .atMost(LONG)
                .untilAsserted(() -> assertThat(api.get(path).bytes()).hasSize(bytes));
    }

    /** From the end of an attempt to the start of the next one it is at least so long. */
    private void pauses(String[] said) {
        assertThat(said).hasSize(attempts.size() - 1);
        for (int i = 0; i < said.length; i++) {
            Duration pause = Duration.between(
                    Workbench.at(attempts.get(i), "finished_at"), Workbench.at(attempts.get(i + 1), "started_at"));
            assertThat(pause).isGreaterThanOrEqualTo(Duration.ofMillis(Long.parseLong(said[i].replace("ms", ""))));
        }
    }

    private void foundBy(String[] parameter) {
        String query = URLEncoder.encode(parameter[0], StandardCharsets.UTF_8) + "="
                + URLEncoder.encode(parameter[1], StandardCharsets.UTF_8);
        JsonNode found = api.get("/v1/jobs?" + query).json();
        assertThat(found).as(found.toString()).hasSize(1);
        assertThat(found.get(0).path("name").asText()).isEqualTo(job);
    }

    private void soon(String[] said) {
        await(String.join(" ", said))
                .atMost(LONG)
                .until(() -> api.job(job).path(said[0]).asInt() >= Integer.parseInt(said[1]));
    }

    /** All of it, but for instants, numbers of groups and how long a run took. */
    private void shows(String says) {
        JsonNode said = Api.parse(masked(says));
        JsonNode shown = Api.parse(masked(api.job(job).toString()));
        said.fieldNames()
                .forEachRemaining(
                        field -> assertThat(shown.get(field)).as(field).isEqualTo(said.get(field)));
    }

    private static String masked(String json) {
        return CHANGING.matcher(json).replaceAll("…").replaceAll("\"ms\": ?\\d+", "\"ms\":0");
    }

    /** Holds the firings told, each as an instant with an offset and a note if it has one; the last may be that none follows. */
    void firesAsTold() {
        if (firings.isEmpty()) {
            return;
        }
        boolean whole = firings.removeIf(f -> f.equals("never") || f.equals("no more"));
        JsonNode next = api.get("/v1/jobs/" + job + "/schedule?count=" + (firings.size() + 1))
                .json()
                .path("next");
        assertThat(next.size() == firings.size()).as("none follows in " + next).isEqualTo(whole);
        for (int i = 0; i < firings.size(); i++) {
            String[] said = firings.get(i).split(" ");
            assertThat(Workbench.at(next.get(i), "utc"))
                    .isEqualTo(OffsetDateTime.parse(said[0]).toInstant());
            assertThat(next.get(i).path("note").asText("")).isEqualTo(said.length > 1 ? said[1] : "");
        }
    }
}
