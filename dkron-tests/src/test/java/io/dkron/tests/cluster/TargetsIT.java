package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which nodes a job runs on, on three servers and three agents; and children of a job that runs on several. */
class TargetsIT {
    private static Cluster cluster;
    private static Api api;
    private final List<String> saved = new ArrayList<>();

    @BeforeAll
    static void start() {
        cluster = SharedCluster.get();
        api = cluster.leader().api();
    }

    @AfterEach
    void remove() {
        saved.forEach(name -> api.delete("/v1/jobs/" + name));
    }

    private void save(String name, String schedule, String... tags) {
        ObjectNode job = Api.base(name).put("schedule", schedule);
        job.putObject("executor_config").put("command", "true");
        ObjectNode all = job.putObject("tags");
        for (int i = 0; i < tags.length; i += 2) {
            all.put(tags[i], tags[i + 1]);
        }
        api.save(job);
        saved.add(name);
    }

    /** Nodes of a manual run, in order; that they are all of one group. */
    private List<String> nodesOfRun(String name, String... tags) {
        save(name, "@every 1h", tags);
        Api.Answer answer = api.post("/v1/jobs/" + name, "", "Prefer", "wait=20");
        assertThat(answer.status()).as(answer.toString()).isIn(200, 202);
        List<String> nodes = new ArrayList<>();
        Set<String> groups = new HashSet<>();
        for (JsonNode execution : ended(name)) {
            nodes.add(execution.path("node_name").asText());
            groups.add(execution.path("group").asText());
            assertThat(execution.path("success").asBoolean())
                    .as(execution.toString())
                    .isTrue();
        }
        assertThat(groups).hasSize(1);
        nodes.sort(null);
        return nodes;
    }

    private static JsonNode ended(String name) {
        await("runs of " + name + " to end").atMost(Duration.ofSeconds(20)).until(() -> {
            JsonNode all = api.executions(name);
            for (JsonNode execution : all) {
                if (execution.path("finished_at").asText("0001").startsWith("0001")) {
                    return false;
                }
            }
            return !all.isEmpty();
        });
        return api.executions(name);
    }

    @Test
    void c124AndF26AChildRunsOnceForAParentOnThreeNodes() {
        save("c124", "@manually", "role", "web");
        ObjectNode kid = Api.base("c124-kid").put("schedule", "").put("parent_job", "c124");
        kid.putObject("tags").put("role", "web:1");
        api.save(kid);
        saved.add(0, "c124-kid");
        for (int i = 0; i < 50; i++) {
            assertThat(api.post("/v1/jobs/c124", "", "Prefer", "respond-async").status())
                    .isEqualTo(202);
        }
        await("50 runs on three nodes")
                .atMost(Duration.ofSeconds(60))
                .until(() -> api.job("c124").path("success_count").asInt() == 150);
        assertThat(api.executions("c124")).hasSize(150);
        JsonNode kids = ended("c124-kid");
        Set<String> groups = new HashSet<>();
        kids.forEach(e -> groups.add(e.path("group").asText()));
        assertThat(kids).hasSize(50);
        assertThat(groups).hasSize(50);
    }

    @Test
    void c125WithoutTagsEveryNodeRunsItInOneGroup() {
        assertThat(nodesOfRun("c125")).containsExactly("a1", "a2", "a3", "s1", "s2", "s3");
    }

    @Test
    void c126ATagChoosesAllThatHaveIt() {
        assertThat(nodesOfRun("c126", "role", "web")).containsExactly("a1", "a2", "a3");
    }

    @Test
    void c127ACountChoosesSoManyOrAllThereAre() {
        assertThat(nodesOfRun("c127", "role", "web:2"))
                .hasSize(2)
                .doesNotHaveDuplicates()
                .isSubsetOf("a1", "a2", "a3");
        assertThat(nodesOfRun("c127-nine", "role", "web:9")).containsExactly("a1", "a2", "a3");
    }

    @Test
    void c128OfSeveralCountsTheLowestHolds() {
        assertThat(nodesOfRun("c128", "role", "web:3", "zone", "x:1"))
                .hasSize(1)
                .isSubsetOf("a1", "a2", "a3");
    }

    @Test
    void c129AndF42ChoiceIsEven() {
        save("c129", "@every 1h", "role", "web:1");
        for (int i = 0; i < 300; i++) {
            assertThat(api.post("/v1/jobs/c129", "", "Prefer", "respond-async").status())
                    .isEqualTo(202);
        }
        Map<String, Integer> times = new TreeMap<>();
        for (JsonNode execution : ended("c129")) {
            times.merge(execution.path("node_name").asText(), 1, Integer::sum);
        }
        assertThat(times).containsOnlyKeys("a1", "a2", "a3");
        assertThat(times.values()).allSatisfy(n -> assertThat(n).isBetween(70, 130));
        assertThat(times.values().stream().mapToInt(n -> n).sum()).isEqualTo(300);
    }

    @Tag("F20")
    @Test
    void c130ATagThatNobodyHasIsRefusedByHandAndRecordedForAFiring() {
        save("c130", "@every 1h", "role", "nobody");
        Api.Answer refused = api.post("/v1/jobs/c130", "");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().path("type").asText()).isEqualTo("urn:dkron:problem:no-target");
        assertThat(api.executions("c130")).isEmpty();

        save("c130-fires", "@every 1s", "role", "nobody");
        JsonNode failed = ended("c130-fires").get(0);
        assertThat(failed.path("success").asBoolean()).isFalse();
        assertThat(failed.path("output").asText()).isNotBlank();
    }

    @Test
    void c131V1sTagOfServersChoosesOneServer() {
        assertThat(nodesOfRun("c131", "dkron_server", "true:1")).hasSize(1).isSubsetOf("s1", "s2", "s3");
    }

    @Test
    void c132ValuesAreTextAndNoExpressions() {
        assertThat(nodesOfRun("c132", "kind", "w.b")).containsExactly("a1");
    }

    private static final int WHOLE = 588_895; // bytes that seq 100000 prints
    private static final int STORED = 256_000;

    @Test
    @DisplayName("keep_logs: each node keeps what it printed, whole; any server reads it; the size counts on each node")
    void wholeOutputsStayOnTheNodesThatPrintedThem() {
        ObjectNode job = Api.base("kept").put("schedule", "@manually");
        ((ObjectNode) job.get("executor_config")).put("command", "seq 100000");
        job.putObject("tags").put("role", "web");
        job.putObject("keep_logs").put("size", "600KB").put("age", "1h");
        api.save(job);
        saved.add("kept");
        JsonNode first = runOnEachAgent(3);
        first.forEach(execution -> shows(execution, WHOLE));

        String away = first.get(0).path("node_name").asText();
        cluster.node(away).kill();
        first.forEach(execution ->
                shows(execution, execution.path("node_name").asText().equals(away) ? STORED : WHOLE));
        cluster.restore();
        first.forEach(execution -> shows(execution, WHOLE));

        JsonNode all = runOnEachAgent(6);
        long newest = all.get(0).path("group").asLong();
        all.forEach(execution -> shows(execution, execution.path("group").asLong() == newest ? WHOLE : STORED));
    }

    private static JsonNode runOnEachAgent(int executions) {
        assertThat(api.post("/v1/jobs/kept", "", "Prefer", "wait=20").status()).isIn(200, 202);
        JsonNode all = ended("kept"); // newest first
        assertThat(all).as(all.toString()).hasSize(executions);
        return all;
    }

    /** Every server gives so much of what an execution printed, its end, and says how much lies before it. */
    private static void shows(JsonNode execution, int bytes) {
        String path = "/v1/jobs/kept/executions/" + execution.path("id").asText() + "/output";
        for (Node server : cluster.servers()) {
            await(bytes + " bytes of " + path + " by " + server)
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> {
                        Api.Answer output = server.api().get(path);
                        assertThat(output.status()).isEqualTo(200);
                        assertThat(output.bytes()).hasSize(bytes);
                        assertThat(output.header("Dkron-Output-Offset")).hasValue(Integer.toString(WHOLE - bytes));
                        assertThat(output.text()).endsWith("\n99999\n100000\n");
                    });
        }
    }
}
