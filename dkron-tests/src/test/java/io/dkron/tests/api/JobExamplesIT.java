package io.dkron.tests.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Api.Answer;
import io.dkron.tests.support.SharedServer;
import io.dkron.tests.support.Workbench;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The jobs that the guide shows: each is taken as printed, does what its result says, and between them they say all that a
 * job can say. For {@code http://localhost:8080} and the folder {@code /srv} they get a server and a folder of the test.
 */
class JobExamplesIT {
    private static final String PAGE = "jobs.md";

    @RegisterExtension
    final Workbench bench = new Workbench();

    @TempDir
    Path folder;

    private final Api api = bench.api();

    static List<JobExample> examples() {
        return Stream.of(PAGE, "notifications.md")
                .flatMap(page -> JobExample.of(page).stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsTakenAsPrintedAndDoesWhatItsResultSays(JobExample example) {
        save(example);
        ExampleCheck check = new ExampleCheck(bench, example.name());
        example.result().forEach(s -> check.holds(s.of(), here(s.says())));
        check.firesAsTold();
    }

    /** Checks it, saves it, and before it the parent that it needs. */
    private void save(JobExample example) {
        String parent = example.job().path("parent_job").asText();
        examples().stream().filter(e -> e.name().equals(parent)).forEach(this::save);
        ObjectNode job = Api.parse(here(example.json()));
        Answer checked = api.post("/v1/jobs/validate", job.toString());
        assertThat(checked.status()).as(checked.text()).isEqualTo(200);
        assertThat(checked.json().path("valid").asBoolean()).isTrue();
        assertThat(checked.json().path("warnings")).as(checked.text()).isEmpty();
        taken(job, checked.json().path("job"));
        taken(job, bench.save(job));
        taken(job, api.job(example.name()));
    }

    private String here(String text) {
        return text.replace("http://localhost:8080", SharedServer.get().url()).replace("/srv/", folder + "/");
    }

    /** What was sent is there again, but for a boolean that is kept as text. */
    private static void taken(JsonNode sent, JsonNode shown) {
        sent.properties().forEach(field -> {
            JsonNode there = shown.path(field.getKey());
            if (field.getValue().isObject()) {
                taken(field.getValue(), there);
            } else if (field.getValue().isNumber()) {
                assertThat(there.asDouble())
                        .as(field.getKey())
                        .isEqualTo(field.getValue().asDouble());
            } else {
                assertThat(there.asText())
                        .as(field.getKey())
                        .isEqualTo(field.getValue().asText());
            }
        });
    }

    @Test
    void noTwoExamplesHaveOneName() {
        assertThat(examples()).extracting(JobExample::name).doesNotHaveDuplicates();
    }

    @Test
    void eachFieldThatAJobCanSayHasAnExample() {
        Set<String> said = new TreeSet<>();
        examples().forEach(e -> e.job().fieldNames().forEachRemaining(said::add));
        assertThat(said).isEqualTo(described(field -> !field.path("readOnly").asBoolean()));
    }

    @Test
    void eachFieldThatTheServerAddsIsShown() {
        Set<String> shown = new TreeSet<>();
        for (JobExample example : examples()) {
            for (JobExample.Statement statement : example.result()) {
                if (statement.of().equals("shows")) {
                    Api.parse(statement.says()).fieldNames().forEachRemaining(shown::add);
                }
            }
        }
        assertThat(shown).isEqualTo(described(field -> field.path("readOnly").asBoolean()));
    }

    @Test
    void eachWordOfAFieldThatTakesOneOfSomeStandsOnThePage() {
        Set<String> words = new TreeSet<>();
        properties().forEach(field -> {
            if (!field.path("readOnly").asBoolean()) {
                field.path("enum").forEach(word -> words.add(word.asText()));
            }
        });
        words.remove(""); // stands for the default
        assertThat(words).isNotEmpty();
        assertThat(JobExample.text(PAGE))
                .contains(words.stream().map(word -> "`" + word + "`").toList());
    }

    @Test
    void eachKeyOfAnExecutorHasAnExample() {
        Set<String> said = new TreeSet<>();
        for (JobExample example : examples()) {
            JsonNode job = example.job();
            job.path("executor_config")
                    .fieldNames()
                    .forEachRemaining(key -> said.add(job.path("executor").asText() + " " + key));
        }
        assertThat(said).containsAll(installed("/v1/executors"));
    }

    @Test
    void eachKeyOfAProcessorHasAnExample() {
        Set<String> said = new TreeSet<>();
        for (JobExample example : examples()) {
            example.job()
                    .path("processors")
                    .properties()
                    .forEach(processor -> processor
                            .getValue()
                            .fieldNames()
                            .forEachRemaining(key -> said.add(processor.getKey() + " " + key)));
        }
        assertThat(said).containsAll(installed("/v1/processors")).contains("log forward");
    }

    private JsonNode properties() {
        return api.get("/v1/openapi.json").json().at("/components/schemas/Job/properties");
    }

    private Set<String> described(Predicate<JsonNode> which) {
        Set<String> names = new TreeSet<>();
        properties().properties().forEach(field -> {
            if (which.test(field.getValue())) {
                names.add(field.getKey());
            }
        });
        assertThat(names).isNotEmpty();
        return names;
    }

    private List<String> installed(String path) {
        List<String> keys = new ArrayList<>();
        api.get(path)
                .json()
                .forEach(each -> each.path("keys")
                        .forEach(key -> keys.add(each.path("name").asText() + " "
                                + key.path("name").asText())));
        assertThat(keys).isNotEmpty();
        return keys;
    }
}
