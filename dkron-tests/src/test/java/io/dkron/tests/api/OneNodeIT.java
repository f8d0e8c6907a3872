package io.dkron.tests.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Api.Answer;
import io.dkron.tests.support.SharedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The conformance cases that one node can answer, each by its number. */
class OneNodeIT {
    private static final Duration LONG = Duration.ofSeconds(15);
    private final Api api = SharedServer.get().api();
    private final List<String> made = new ArrayList<>();

    @AfterEach
    void deleteWhatWasMade() {
        for (int i = made.size() - 1; i >= 0; i--) {
            api.delete("/v1/jobs/" + made.get(i));
        }
    }

    private JsonNode save(ObjectNode job) {
        made.add(job.path("name").asText());
        return api.save(job);
    }

    private JsonNode run(String job) {
        Answer answer = api.post("/v1/jobs/" + job);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private JsonNode onlyExecution(String job) {
        JsonNode all = api.executions(job);
        assertThat(all).as(all.toString()).hasSize(1);
        return all.get(0);
    }

    private static boolean ended(JsonNode execution) {
        return !execution.path("finished_at").asText().startsWith("0001");
    }

    private JsonNode awaitEnded(String job, int count) {
        await(count + " ended executions of " + job).atMost(LONG).until(() -> {
            JsonNode all = api.executions(job);
            int ended = 0;
            for (JsonNode e : all) {
                ended += ended(e) ? 1 : 0;
            }
            return ended >= count;
        });
        return api.executions(job);
    }

    @Test
    void c001TheIndexHasAgentSerfAndTags() {
        for (String path : List.of("/v1", "/v1/")) {
            Answer answer = api.get(path);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().path("agent").path("name").asText()).isEqualTo("node1");
            assertThat(answer.json().path("agent").path("version").asText()).isNotEmpty();
            assertThat(answer.json().path("serf").path("members").asText()).isEqualTo("1");
            assertThat(answer.json().path("tags").path("dkron_server").asText()).isEqualTo("true");
            assertThat(answer.json().path("tags").path("server").asText()).isEqualTo("true");
            assertThat(answer.header("X-Whom")).hasValue("node1");
        }
    }

    @Test
    void c002ATrailingSlashIsServedDirectly() {
        Answer slashed = api.get("/v1/jobs/");
        assertThat(slashed.status()).isEqualTo(200);
        assertThat(names(slashed)).isEqualTo(names(api.get("/v1/jobs")));
    }

    @Test
    void c004OneMemberInDkronsForm() {
        JsonNode member = api.get("/v1/members").json().get(0);
        assertThat(member.path("Name").asText()).isEqualTo("node1");
        assertThat(member.path("Status").asInt()).isEqualTo(1);
        assertThat(member.path("statusText").asText()).isEqualTo("alive");
        assertThat(member.path("ProtocolMax").asInt()).isEqualTo(5);
        assertThat(member.path("DelegateCur").asInt()).isEqualTo(4);
        assertThat(member.path("id").asText())
                .isNotEmpty()
                .isEqualTo(api.get("/v1/members").json().get(0).path("id").asText());
    }

    @Test
    void c005TheOnlyServerLeads() {
        assertThat(api.get("/v1/isleader").text()).isEqualTo("\"I am a leader\"");
        assertThat(api.get("/v1/leader").json().path("Name").asText()).isEqualTo("node1");
    }

    @Test
    void c006PrettyIndentsByFour() {
        assertThat(api.get("/v1?pretty").text()).startsWith("{\n    \"agent\": {\n        \"");
        assertThat(api.get("/v1?pretty").json()).isEqualTo(api.get("/v1").json());
    }

    @Test
    void c010FieldsNotSentGoToTheirDefaults() {
        ObjectNode full = Api.base("c010")
                .put("timezone", "Europe/Berlin")
                .put("concurrency", "forbid")
                .put("retries", 2);
        full.putObject("tags").put("role", "web");
        save(full);
        save(Api.parse("{\"name\":\"c010\",\"schedule\":\"@hourly\"}"));
        JsonNode job = api.job("c010");
        assertThat(job.path("executor").asText()).isEmpty();
        assertThat(job.path("tags").isNull()).isTrue();
        assertThat(job.path("timezone").asText()).isEmpty();
        assertThat(job.path("concurrency").asText()).isEqualTo("allow");
        assertThat(job.path("retries").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/jobs/nobody",
        "DELETE, /v1/jobs/nobody",
        "POST, /v1/jobs/nobody",
        "POST, /v1/jobs/nobody/run",
        "POST, /v1/jobs/nobody/toggle",
        "GET, /v1/jobs/nobody/executions",
        "DELETE, /v1/jobs/nobody/executions",
        "GET, /v1/jobs/nobody/executions/1-a"
    })
    void c012UnknownJobsAre404(String method, String path) {
        Answer answer = api.send(method, path, new byte[0]);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:dkron:problem:job-not-found");
    }

    @Test
    void c014ToggleFlipsAndKeepsTheRest() {
        save(Api.base("c014").put("owner", "me"));
        assertThat(api.post("/v1/jobs/c014/toggle").json().path("disabled").asBoolean())
                .isTrue();
        assertThat(api.job("c014").path("next").asText()).isEqualTo("0001-01-01T00:00:00Z");
        JsonNode back = api.post("/v1/jobs/c014/toggle").json();
        assertThat(back.path("disabled").asBoolean()).isFalse();
        assertThat(back.path("owner").asText()).isEqualTo("me");
        assertThat(Instant.parse(back.path("next").asText())).isAfter(Instant.now());
    }

    @Tag("C042")
    @Test
    void c015PathsAreDecodedAndNamesMayBeUnicode() {
        save(Api.base("c015alpha"));
        assertThat(api.get("/v1/jobs/c015al%70ha").status()).isEqualTo(200);
        made.add("ni%C3%B1o");
        Answer created = api.post("/v1/jobs", Api.base("niño").toString());
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Location")).hasValue("/v1/jobs/ni%C3%B1o");
        assertThat(api.get("/v1/jobs/ni%C3%B1o").json().path("name").asText()).isEqualTo("niño");
    }

    @Test
    void c016PutAndPatchReplace() {
        save(Api.base("c016").put("owner", "me"));
        byte[] plain = Api.base("c016").toString().getBytes(StandardCharsets.UTF_8);
        assertThat(api.send("PUT", "/v1/jobs/c016", plain).status()).isEqualTo(201);
        assertThat(api.job("c016").path("owner").asText()).isEmpty();
        save(Api.base("c016").put("owner", "you"));
        assertThat(api.send("PATCH", "/v1/jobs", plain).status()).isEqualTo(201);
        assertThat(api.job("c016").path("owner").asText()).isEmpty();
    }

    @Tag("C033")
    @Tag("F50")
    @Test
    void c017ToC020ListsArePagedSortedAndFiltered() {
        save(Api.base("c017-a").put("schedule", "@daily").put("owner", "x"));
        ObjectNode b = Api.base("c017-b").put("schedule", "@hourly").put("disabled", true);
        b.putObject("metadata").put("team", "a");
        save(b);
        ObjectNode c = Api.base("c017-c").put("schedule", "@weekly").put("displayname", "alpine");
        c.putObject("tags").put("role", "web:1");
        save(c);
        Answer page = api.get("/v1/jobs?q=c017&_start=1&_end=2");
        assertThat(names(page)).containsExactly("c017-b");
        assertThat(page.header("X-Total-Count")).hasValue("3");
        assertThat(names(api.get("/v1/jobs?q=c017&_sort=schedule&_order=DESC")))
                .containsExactly("c017-c", "c017-b", "c017-a");
        assertThat(names(api.get("/v1/jobs?q=alpine"))).containsExactly("c017-c");
        assertThat(names(api.get("/v1/jobs?q=c017&disabled=true"))).containsExactly("c017-b");
        assertThat(names(api.get("/v1/jobs?q=c017&status=untriggered"))).hasSize(3);
        assertThat(names(api.get("/v1/jobs?metadata%5Bteam%5D=a"))).containsExactly("c017-b");
        assertThat(names(api.get("/v1/jobs?tags%5Brole%5D=web:1"))).containsExactly("c017-c");
        assertThat(names(api.get("/v1/jobs?q=c017&owner=x"))).containsExactly("c017-a");
        Answer past = api.get("/v1/jobs?q=c017&_start=99");
        assertThat(past.text()).isEqualTo("[]");
        assertThat(past.header("X-Total-Count")).hasValue("3");
    }

    private static List<String> names(Answer answer) {
        List<String> names = new ArrayList<>();
        answer.json().forEach(j -> names.add(j.path("name").asText()));
        return names;
    }

    @Test
    void c022ToC025ExecutionsAreListedCutReadAndDeleted() {
        save(Api.shell("c022", "@every 1h", "echo hello"));
        run("c022");
        run("c022");
        JsonNode newestFirst = api.executions("c022");
        assertThat(newestFirst).hasSize(2);
        Instant first = Instant.parse(newestFirst.get(0).path("started_at").asText());
        assertThat(first)
                .isAfter(Instant.parse(newestFirst.get(1).path("started_at").asText()));
        JsonNode ascending =
                api.get("/v1/jobs/c022/executions?_sort=started_at&_order=ASC").json();
        assertThat(ascending.get(0)).isEqualTo(newestFirst.get(1));
        JsonNode cut =
                api.get("/v1/jobs/c022/executions?output_size_limit=2").json().get(0);
        assertThat(cut.path("output").asText()).isEqualTo("o\n");
        assertThat(cut.path("output_truncated").asBoolean()).isTrue();
        String id = newestFirst.get(0).path("id").asText();
        assertThat(api.get("/v1/jobs/c022/executions/" + id)
                        .json()
                        .path("output")
                        .asText())
                .isEqualTo("hello\n");
        assertThat(api.get("/v1/jobs/c022/executions/1-nope").status()).isEqualTo(404);
        assertThat(api.delete("/v1/jobs/c022/executions")
                        .json()
                        .path("success_count")
                        .asInt())
                .isZero();
        assertThat(api.get("/v1/jobs/c022/executions").text()).isEqualTo("[]");
        assertThat(api.get("/v1/jobs/c022/executions?_sort=nope").status()).isEqualTo(400);
    }

    @Test
    void c026BusyShowsWhatRunsWithItsOutputSoFar() {
        save(Api.shell("c026", "@manually", "echo begin; sleep 2; echo end"));
        assertThat(api.post("/v1/jobs/c026", "", "Prefer", "respond-async").status())
                .isEqualTo(202);
        await().atMost(LONG).until(() -> {
            for (JsonNode e : api.get("/v1/busy").json()) {
                if (e.path("job_name").asText().equals("c026")) {
                    return e.path("output").asText().equals("begin\n");
                }
            }
            return false;
        });
        assertThat(api.job("c026").path("status").asText()).isEqualTo("running");
        assertThat(awaitEnded("c026", 1).get(0).path("output").asText()).isEqualTo("begin\nend\n");
    }

    @Test
    void c027WhilePausedNoJobIsTaken() {
        try {
            assertThat(api.post("/v1/pause").text()).isEqualTo("{\"paused\":true}");
            Answer refused = api.post("/v1/jobs", Api.base("c027").toString());
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().path("type").asText()).isEqualTo("urn:dkron:problem:paused");
        } finally {
            assertThat(api.post("/v1/unpause").text()).isEqualTo("{\"paused\":false}");
        }
        save(Api.base("c027"));
    }

    @Tag("F78")
    @Test
    void c028RestoreTakesAnArrayOfJobsParentsFirst() {
        made.addAll(List.of("c028-mum", "c028-kid"));
        String file = "[" + Api.base("c028-kid").put("schedule", "").put("parent_job", "c028-mum") + ","
                + Api.base("c028-mum").put("success_count", 7) + "]";
        String body = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b.json\"\r\n"
                + "Content-Type: application/json\r\n\r\n" + file + "\r\n--B--\r\n";
        Answer answer = api.post("/v1/restore", body, "Content-Type", "multipart/form-data; boundary=B");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(Api.parse("{\"a\":" + answer.json().asText() + "}").path("a"))
                .extracting(JsonNode::asText)
                .containsExactly("success create c028-mum", "success create c028-kid");
        assertThat(api.job("c028-mum").path("success_count").asInt()).isEqualTo(7);
        assertThat(api.post("/v1/restore", "").status()).isEqualTo(400);
    }

    @Test
    void c029RunOnCreateRunsOnce() {
        made.add("c029");
        Answer answer = api.post("/v1/jobs?runoncreate=true", Api.base("c029").toString());
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).hasValue("/v1/jobs/c029");
        assertThat(awaitEnded("c029", 1).get(0).path("trigger").asText()).isEqualTo("create");
        assertThat(api.post("/v1/jobs?runoncreate=false", Api.base("c029").toString())
                        .status())
                .isEqualTo(201);
        assertThat(api.executions("c029")).hasSize(1);
    }

    @Test
    void c030ADialectPerRequest() {
        save(Api.base("c030"));
        run("c030");
        Answer v1 = api.send("GET", "/v1/jobs/c030/executions", new byte[0], "Dkron-Api-Compat", "v1");
        assertThat(v1.json().get(0).path("output").asText())
                .isEqualTo(Base64.getEncoder().encodeToString("hi\n".getBytes(StandardCharsets.UTF_8)));
        assertThat(v1.json().get(0).has("id")).isFalse();
        assertThat(onlyExecution("c030").path("output").asText()).isEqualTo("hi\n");
    }

    @Test
    void c031BytesThatAreNoTextAreShownAsReplacementCharacters() {
        save(Api.shell("c031", "@manually", "printf '\\377\\000a'"));
        run("c031");
        assertThat(onlyExecution("c031").path("output").asText()).isEqualTo("\uFFFD\u0000a");
    }

    @Tag("C034")
    @Test
    void c034HeadAndOptions() {
        Answer head = api.send("HEAD", "/v1/jobs", new byte[0]);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.bytes()).isEmpty();
        Answer options = api.send("OPTIONS", "/v1/jobs", new byte[0]);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow").orElse("")).contains("GET", "POST", "PATCH");
    }

    @Tag("F53")
    @Test
    void c035AnotherNameInThePathIsRefused() {
        save(Api.base("c035"));
        Answer answer =
                api.send("PUT", "/v1/jobs/c035", Api.base("c035-b").toString().getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:dkron:problem:name-mismatch");
        assertThat(api.get("/v1/jobs/c035-b").status()).isEqualTo(404);
    }

    @Tag("F52")
    @Test
    void c036ComputedFieldsFromClientsAreIgnored() {
        ObjectNode job = Api.base("c036")
                .put("success_count", 7)
                .put("error_count", 3)
                .put("status", "failed")
                .put("next", "2020-01-01T00:00:00Z")
                .put("last_success", "2020-01-01T00:00:00Z");
        save(job);
        save(job);
        JsonNode stored = api.job("c036");
        assertThat(stored.path("success_count").asInt()).isZero();
        assertThat(stored.path("status").asText()).isEmpty();
        assertThat(stored.path("last_success").isNull()).isTrue();
        assertThat(Instant.parse(stored.path("next").asText())).isAfter(Instant.now());
    }

    @Test
    void revisionsGuardAgainstLostUpdates() {
        made.add("etag");
        Answer created = api.post("/v1/jobs", Api.base("etag").toString(), "If-None-Match", "*");
        assertThat(created.status()).isEqualTo(201);
        String revision = created.header("ETag").orElseThrow();
        assertThat(api.post("/v1/jobs", Api.base("etag").toString(), "If-None-Match", "*")
                        .status())
                .isEqualTo(412);
        run("etag");
        assertThat(api.get("/v1/jobs/etag").header("ETag"))
                .as("runs do not raise it")
                .hasValue(revision);
        assertThat(api.post("/v1/jobs", Api.base("etag").put("owner", "a").toString(), "If-Match", revision)
                        .status())
                .isEqualTo(201);
        Answer stale = api.post("/v1/jobs", Api.base("etag").put("owner", "b").toString(), "If-Match", revision);
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.json().path("type").asText()).isEqualTo("urn:dkron:problem:version-mismatch");
        assertThat(api.job("etag").path("owner").asText()).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "C066|@every 1500ms",
                "C066|@every 0s",
                "C066|@every -1s",
                "C071|@manually",
                "C072|'  0 0 3 * * *  '",
                "C077|CRON_TZ=Asia/Tokyo 0 0 3 * * *",
                "C055|0 0 9 ? * MON-FRI",
                "C067|@at 2030-01-02T03:04:05+02:00"
            })
    void schedulesThatAreTaken(String number, String schedule) {
        save(Api.base("sched-ok").put("schedule", schedule).put("disabled", true));
        assertThat(api.job("sched-ok").path("schedule").asText()).as(number).isEqualTo(schedule);
    }

    @Test
    void c069TheTildeFollowsTheName() {
        JsonNode job = save(Api.base("abc").put("schedule", "0 ~ ~ * * *").put("timezone", "UTC"));
        assertThat(job.path("next").asText()).endsWith("T06:54:00Z");
    }

    @Test
    void c075StartsAtAndExpiresAtBoundTheFirings() {
        JsonNode early =
                save(Api.base("c075-early").put("schedule", "@every 1s").put("starts_at", "2035-01-01T00:00:00Z"));
        assertThat(early.path("next").asText()).startsWith("2035-01-01T00:00:0");
        JsonNode late =
                save(Api.base("c075-late").put("schedule", "@every 1s").put("expires_at", "2020-01-01T00:00:00Z"));
        assertThat(late.path("next").asText()).isEqualTo("0001-01-01T00:00:00Z");
    }

    @Test
    void c111ARunIsStoredAndCounted() {
        save(Api.base("c111"));
        Answer ran = api.post("/v1/jobs/c111?pretty");
        assertThat(ran.status()).isEqualTo(200);
        assertThat(ran.header("Location")).hasValue("/v1/jobs/c111");
        JsonNode execution = onlyExecution("c111");
        assertThat(ran.header("Dkron-Execution-Group"))
                .hasValue(execution.path("group").asText());
        assertThat(execution.path("success").asBoolean()).isTrue();
        assertThat(execution.path("attempt").asInt()).isEqualTo(1);
        assertThat(execution.path("node_name").asText()).isEqualTo("node1");
        assertThat(execution.path("trigger").asText()).isEqualTo("manual");
        assertThat(Instant.parse(execution.path("finished_at").asText()))
                .isAfterOrEqualTo(Instant.parse(execution.path("started_at").asText()));
        JsonNode job = api.job("c111");
        assertThat(job.path("success_count").asInt()).isEqualTo(1);
        assertThat(job.path("status").asText()).isEqualTo("success");
        assertThat(job.path("recent").get(0).path("status").asText()).isEqualTo("success");
    }

    @Test
    void c112AFailureShowsItsReasonFirst() {
        save(Api.shell("c112", "@manually", "echo oops >&2; exit 3"));
        run("c112");
        assertThat(onlyExecution("c112").path("output").asText()).isEqualTo("exit status 3\noops\n");
        assertThat(api.job("c112").path("error_count").asInt()).isEqualTo(1);
        assertThat(api.job("c112").path("status").asText()).isEqualTo("failed");
    }

    @Test
    void c113ARetryKeepsItsGroup() {
        save(Api.shell("c113", "@manually", "exit 3").put("retries", 1));
        run("c113");
        JsonNode all = awaitEnded("c113", 2);
        assertThat(all).hasSize(2);
        assertThat(all.get(0).path("attempt").asInt()).isEqualTo(2);
        assertThat(all.get(0).path("group").asText())
                .isEqualTo(all.get(1).path("group").asText());
    }

    @Test
    void c114FailThenSucceedIsSuccess(@TempDir Path files) {
        save(Api.shell("c114", "@manually", "test -e " + files + "/f || { touch " + files + "/f; exit 1; }")
                .put("retries", 2));
        run("c114");
        assertThat(awaitEnded("c114", 2)).hasSize(2);
        assertThat(api.job("c114").path("status").asText()).isEqualTo("success");
    }

    @Tag("F18")
    @Test
    void c115ForbidNeverOverlapsAndSkipsAreCounted() {
        save(Api.shell("c115", "@every 1s", "sleep 2.2").put("concurrency", "forbid"));
        JsonNode runs = awaitEnded("c115", 2);
        api.post("/v1/jobs/c115/toggle");
        List<JsonNode> ended = new ArrayList<>();
        runs.forEach(e -> {
            if (ended(e)) {
                ended.add(e);
            }
        });
        for (int i = 0; i + 1 < ended.size(); i++) {
            assertThat(Instant.parse(ended.get(i).path("started_at").asText()))
                    .isAfterOrEqualTo(
                            Instant.parse(ended.get(i + 1).path("finished_at").asText()));
        }
        assertThat(api.job("c115").path("skipped_count").asInt()).isPositive();
        assertThat(api.get("/v1/jobs/c115/missed").json().get(0).path("reason").asText())
                .isEqualTo("forbid");
    }

    @Tag("F51")
    @Test
    void c116ADisabledJobIsNotRunInV4AndIsInV1() {
        save(Api.base("c116").put("disabled", true));
        Answer refused = api.post("/v1/jobs/c116");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().path("type").asText()).isEqualTo("urn:dkron:problem:job-disabled");
        assertThat(api.get("/v1/jobs/c116/executions").text()).isEqualTo("[]");
        assertThat(api.post("/v1/jobs/c116", "", "Dkron-Api-Compat", "v1").status())
                .isEqualTo(200);
        assertThat(api.executions("c116")).hasSize(1);
    }

    @Test
    void c117AnEphemeralJobGoesWithItsFirstSuccess() {
        save(Api.shell("c117-fails", "@manually", "exit 1").put("ephemeral", true));
        run("c117-fails");
        assertThat(api.get("/v1/jobs/c117-fails").status()).isEqualTo(200);
        save(Api.base("c117").put("ephemeral", true));
        assertThat(run("c117").path("name").asText()).isEqualTo("c117");
        await().atMost(LONG).until(() -> api.get("/v1/jobs/c117").status() == 404);
        assertThat(api.get("/v1/busy").text()).doesNotContain("\"c117\"");
    }

    @Tag("F56")
    @Test
    void c118AJobThatNeverRanHasNoStatus() {
        assertThat(save(Api.base("c118")).path("status").asText()).isEmpty();
        assertThat(api.get("/v1/jobs/c118/executions").text()).isEqualTo("[]");
    }

    @Test
    @Tag("F27")
    @Tag("F46")
    void c119TheNewest100ExecutionsAreKept() {
        save(Api.base("c119"));
        save(Api.base("c119-b"));
        run("c119-b");
        for (int i = 0; i < 150; i++) {
            assertThat(api.post("/v1/jobs/c119", "", "Prefer", "respond-async").status())
                    .isEqualTo(202);
        }
        await().atMost(LONG).until(() -> api.job("c119").path("success_count").asInt() == 150);
        JsonNode kept = api.executions("c119");
        assertThat(kept)
                .hasSize(100)
                .allSatisfy(e -> assertThat(e.path("output").asText()).isEqualTo("hi\n"));
        assertThat(api.executions("c119-b")).as("a longer name's are its own").hasSize(1);
    }

    @Tag("F47")
    @Test
    void c120ToC123AChildRunsOncePerSuccessOfItsParent() {
        save(Api.shell("c120-mum", "@manually", "echo mum"));
        save(Api.shell("c120-kid", "", "echo kid").put("parent_job", "c120-mum"));
        assertThat(api.job("c120-mum").path("dependent_jobs").get(0).asText()).isEqualTo("c120-kid");
        assertThat(api.job("c120-kid").path("next").asText()).isEqualTo("0001-01-01T00:00:00Z");
        run("c120-mum");
        assertThat(awaitEnded("c120-kid", 1).get(0).path("trigger").asText()).isEqualTo("dependent");
        Answer refused = api.delete("/v1/jobs/c120-mum");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().path("type").asText()).isEqualTo("urn:dkron:problem:has-dependents");
        save(Api.shell("c120-mum", "@manually", "exit 1"));
        run("c120-mum");
        assertThat(api.executions("c120-kid")).hasSize(1);
        save(Api.shell("c120-mum", "@manually", "true"));
        run("c120-mum");
        assertThat(awaitEnded("c120-kid", 2)).hasSize(2);
        assertThat(api.delete("/v1/jobs/c120-mum?cascade=true").status()).isEqualTo(200);
        assertThat(api.get("/v1/jobs/c120-kid").status()).isEqualTo(404);
    }

    @Tag("F26")
    @Test
    void c121AParentThatSucceedsOnARetryStartsItsChildOnce(@TempDir Path files) {
        save(Api.shell("c121-mum", "@manually", "test -e " + files + "/f || { touch " + files + "/f; exit 1; }")
                .put("retries", 1));
        save(Api.base("c121-kid").put("schedule", "").put("parent_job", "c121-mum"));
        run("c121-mum");
        assertThat(awaitEnded("c121-kid", 1)).hasSize(1);
        api.delete("/v1/jobs/c121-kid");
    }

    @Tag("F20")
    @Tag("F51")
    @Test
    void c130ATagThatNobodyHas() {
        ObjectNode job = Api.base("c130");
        job.putObject("tags").put("nowhere", "x:1");
        save(job);
        Answer refused = api.post("/v1/jobs/c130");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().path("type").asText()).isEqualTo("urn:dkron:problem:no-target");
        assertThat(api.get("/v1/jobs/c130/executions").text()).isEqualTo("[]");
        save(job.put("schedule", "@every 1s"));
        JsonNode failed = awaitEnded("c130", 1).get(0);
        assertThat(failed.path("success").asBoolean()).isFalse();
        assertThat(failed.path("node_name").asText()).isEqualTo("node1");
        assertThat(failed.path("output").asText()).isNotEmpty();
    }

    @Test
    void c133ToC135TheShellExecutor(@TempDir Path files) {
        ObjectNode sh = Api.shell("c133", "@manually", "echo $X in $PWD; echo $ENV_JOB_NAME");
        ((ObjectNode) sh.get("executor_config")).put("env", "X=1,Y=2").put("cwd", files.toString());
        save(sh);
        run("c133");
        assertThat(onlyExecution("c133").path("output").asText()).isEqualTo("1 in " + files + "\nc133\n");
        ObjectNode split = Api.base("c134");
        ((ObjectNode) split.get("executor_config")).put("command", "echo \"a b\" '$X'");
        save(split);
        run("c134");
        assertThat(onlyExecution("c134").path("output").asText()).isEqualTo("a b $X\n");
        ObjectNode none = Api.base("c135");
        ((ObjectNode) none.get("executor_config")).put("command", "/no/such/cmd");
        save(none);
        run("c135");
        assertThat(onlyExecution("c135").path("success").asBoolean()).isFalse();
        assertThat(onlyExecution("c135").path("output").asText())
                .isEqualTo("fork/exec /no/such/cmd: no such file or directory\n");
    }

    @Tag("F61")
    @Test
    void c136APayloadOfAnySizeIsItsInput() {
        for (byte[] payload : List.of("hello".getBytes(StandardCharsets.UTF_8), new byte[400_000])) {
            ObjectNode job = Api.base("c136");
            ((ObjectNode) job.get("executor_config"))
                    .put("command", "wc -c")
                    .put("payload", Base64.getEncoder().encodeToString(payload));
            save(job);
            run("c136");
            assertThat(api.executions("c136").get(0).path("output").asText().strip())
                    .isEqualTo(String.valueOf(payload.length));
        }
    }

    @Tag("F60")
    @Test
    void c137ATimeoutEndsTheWholeTree(@TempDir Path files) {
        ObjectNode job = Api.shell("c137", "@manually", "sleep 304 & echo $! > " + files + "/pid; sleep 305");
        ((ObjectNode) job.get("executor_config")).put("timeout", "1s");
        save(job);
        run("c137");
        JsonNode execution = awaitEnded("c137", 1).get(0);
        assertThat(execution.path("success").asBoolean()).isFalse();
        assertThat(execution.path("output").asText()).contains("exceeding defined timeout 1s. Job was killed");
        await("the child of the child to end")
                .atMost(LONG)
                .until(() -> ProcessHandle.of(Long.parseLong(
                                Files.readString(files.resolve("pid")).strip()))
                        .isEmpty());
    }

    @Tag("F27")
    @Test
    void c141TheStoredOutputIsTheLastPartAndSaysSo() {
        save(Api.shell("c141", "@manually", "head -c 300000 /dev/zero | tr '\\0' x; echo end"));
        run("c141");
        JsonNode execution = onlyExecution("c141");
        assertThat(execution.path("output").asText()).hasSize(256_000).endsWith("xend\n");
        assertThat(execution.path("output_truncated").asBoolean()).isTrue();
        assertThat(execution.path("output_size").asLong()).isEqualTo(300_004);
    }

    /** Half a million lines, each its number: what a range must hold is known. */
    private static final String LONG_OUTPUT = "seq 1000000 1499999";

    private static final int LONG_SIZE = 8 * 500_000;

    private byte[] longOutput() {
        StringBuilder text = new StringBuilder(LONG_SIZE);
        for (int i = 1_000_000; i < 1_500_000; i++) {
            text.append(i).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void rangesOf(String path, byte[] whole) {
        long size = whole.length;
        for (long[] part : new long[][] {{0, 10}, {1_500_000, 2_700_000}, {size - 9, size}}) {
            String range = "bytes=" + part[0] + "-" + (part[1] - 1);
            Answer answer = api.send("GET", path, new byte[0], "Range", range);
            assertThat(answer.status()).as(range).isEqualTo(206);
            assertThat(answer.header("Content-Range")).contains("bytes " + part[0] + "-" + (part[1] - 1) + "/" + size);
            assertThat(answer.bytes()).isEqualTo(Arrays.copyOfRange(whole, (int) part[0], (int) part[1]));
        }
        Answer last = api.send("GET", path, new byte[0], "Range", "bytes=-1200000");
        assertThat(last.status()).isEqualTo(206);
        assertThat(last.bytes()).isEqualTo(Arrays.copyOfRange(whole, (int) size - 1_200_000, (int) size));
        Answer open = api.send("GET", path, new byte[0], "Range", "bytes=3999990-");
        assertThat(open.bytes()).isEqualTo(Arrays.copyOfRange(whole, 3_999_990, (int) size));
        Answer outside = api.send("GET", path, new byte[0], "Range", "bytes=" + size + "-");
        assertThat(outside.status()).isEqualTo(416);
        assertThat(outside.header("Content-Range")).contains("bytes */" + size);
        Answer all = api.get(path);
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.header("Accept-Ranges")).contains("bytes");
        assertThat(all.header("Content-Type")).contains("text/plain;charset=utf-8");
        assertThat(all.header("Dkron-Output-Offset")).contains("0");
        assertThat(all.bytes()).isEqualTo(whole);
    }

    @Test
    @DisplayName("C141, keep_logs: a kept output is read whole and in ranges after its result was stored, and searched")
    void c141AKeptOutputIsReadWholeAndInRanges() {
        ObjectNode job = Api.shell("c141-kept", "@manually", LONG_OUTPUT + "; exit 3");
        job.putObject("keep_logs").put("size", "20MB").put("age", "1h");
        save(job);
        run("c141-kept");
        JsonNode execution = onlyExecution("c141-kept");
        assertThat(execution.path("output").asText())
                .startsWith("exit status 3\n")
                .hasSize(256_000);
        String path = "/v1/jobs/c141-kept/executions/" + execution.path("id").asText() + "/output";
        byte[] reason = "exit status 3\n".getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(reason, reason.length + LONG_SIZE);
        System.arraycopy(longOutput(), 0, whole, reason.length, LONG_SIZE);
        await("the whole output").atMost(LONG).until(() -> api.get(path).bytes().length == whole.length);
        rangesOf(path, whole);
        JsonNode found = api.get(path + "/search?q=499999&limit=3").json();
        assertThat(found.toString())
                .isEqualTo("{\"lines\":[{\"line\":500001,\"offset\":" + (whole.length - 8)
                        + ",\"text\":\"1499999\"}],\"more\":false}");
        assertThat(api.get(path + "/search?q=").wrongFields()).containsExactly("q");
        api.delete("/v1/jobs/c141-kept");
        assertThat(api.get(path).status()).isEqualTo(404);
    }

    @Test
    @DisplayName("C141: the output of a run in progress is read in ranges, of any length")
    void c141TheOutputOfARunInProgressIsReadInRanges(@TempDir Path files) throws IOException {
        save(Api.shell(
                "c141-runs", "@manually", LONG_OUTPUT + "; while [ ! -e " + files + "/go ]; do sleep 0.1; done"));
        api.post("/v1/jobs/c141-runs", "", "Prefer", "respond-async");
        await("it to run").atMost(LONG).until(() -> api.executions("c141-runs").size() == 1);
        String path = "/v1/jobs/c141-runs/executions/"
                + api.executions("c141-runs").get(0).path("id").asText() + "/output";
        await("all of it").atMost(LONG).until(() -> api.get(path).bytes().length == LONG_SIZE);
        rangesOf(path, longOutput());
        Files.createFile(files.resolve("go"));
        awaitEnded("c141-runs", 1);
        Answer stored = api.send("GET", path, new byte[0], "Range", "bytes=-8");
        assertThat(stored.status()).isEqualTo(206);
        assertThat(stored.text()).isEqualTo("1499999\n");
        assertThat(stored.header("Content-Range")).contains("bytes 255992-255999/256000");
        assertThat(stored.header("Dkron-Output-Offset")).contains(Integer.toString(LONG_SIZE - 256_000));
    }

    @Test
    @DisplayName("A run that fails while it is watched: its output comes once, not its end a second time")
    void theOutputOfAFailureThatIsWatchedComesOnce(@TempDir Path files) throws Exception {
        save(Api.shell(
                "watched-failure",
                "@manually",
                "echo a line that is longer than the reason; while [ ! -e " + files
                        + "/go ]; do sleep 0.1; done; echo end; exit 3"));
        api.post("/v1/jobs/watched-failure", "", "Prefer", "respond-async");
        await("it to run")
                .atMost(LONG)
                .until(() -> api.executions("watched-failure").size() == 1);
        String path = "/v1/jobs/watched-failure/executions/"
                + api.executions("watched-failure").get(0).path("id").asText() + "/output";
        await("its output").atMost(LONG).until(() -> api.get(path).text().endsWith("reason\n"));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(SharedServer.get().url() + path))
                .header("Accept", "text/event-stream")
                .timeout(LONG)
                .build();
        StringBuilder printed = new StringBuilder();
        try (Stream<String> lines = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofLines())
                .body()) {
            lines.filter(line -> line.startsWith("data:") && line.contains("\"offset\""))
                    .map(line -> Api.parse(line.substring(5)).path("text").asText())
                    .peek(text -> touch(files.resolve("go")))
                    .forEach(printed::append);
        }
        assertThat(printed).hasToString("a line that is longer than the reason\nend\n");
    }

    private static void touch(Path file) {
        try {
            Files.writeString(file, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName(
            "F27, F64: processors see 10 MiB whole, the reason first; forward as a boolean; a folder that cannot be written")
    void f27AndF64ProcessorsSeeAllAndTheirFaultsAreShown(@TempDir Path files) throws IOException {
        ObjectNode job = Api.shell("f27", "@manually", "head -c 10485760 /dev/zero | tr '\\0' x; exit 3");
        job.putObject("processors")
                .putObject("files")
                .put("log_dir", files + "/logs")
                .put("forward", true);
        save(job);
        run("f27");
        JsonNode execution = onlyExecution("f27");
        assertThat(execution.path("output").asText())
                .startsWith("exit status 3\n")
                .hasSize(256_000);
        assertThat(execution.path("output_truncated").asBoolean()).isTrue();
        assertThat(execution.path("output_size").asLong()).isEqualTo(10_485_760 + 14);
        Path file = files.resolve("logs/" + execution.path("id").asText() + ".log");
        assertThat(Files.size(file)).isEqualTo(10_485_760 + 14);
        assertThat(Files.readString(file)).startsWith("exit status 3\nxxx");

        ObjectNode refused = Api.base("f64");
        refused.putObject("processors").putObject("files").put("log_dir", "/proc/nowhere");
        save(refused);
        run("f64");
        JsonNode kept = onlyExecution("f64");
        assertThat(kept.path("success").asBoolean()).isTrue();
        assertThat(kept.path("output").asText()).isEqualTo("hi\n");
        assertThat(kept.path("processor_errors").get(0).asText()).startsWith("files: cannot write /proc/nowhere/");
    }

    @Test
    void c142ToC143Processors(@TempDir Path files) {
        ObjectNode job = Api.base("c142");
        job.putObject("processors")
                .putObject("files")
                .put("log_dir", files + "/logs")
                .put("forward", "false");
        save(job);
        run("c142");
        String path = onlyExecution("c142").path("output").asText().strip();
        assertThat(path)
                .isEqualTo(files + "/logs/" + onlyExecution("c142").path("id").asText() + ".log");
        assertThat(Path.of(path)).hasContent("hi\n");
        ObjectNode logged = Api.base("c142-log");
        logged.putObject("processors").putObject("log").put("forward", "true");
        save(logged);
        run("c142-log");
        String id = onlyExecution("c142-log").path("id").asText();
        await("the output on the server's console")
                .atMost(LONG)
                .until(() -> SharedServer.get()
                        .printed()
                        .contains("----- BEGIN OUTPUT job=c142-log execution=" + id + " -----\nhi\n"));
        ObjectNode forwarded = Api.base("c143");
        forwarded
                .putObject("processors")
                .putObject("files")
                .put("log_dir", files + "/logs")
                .put("forward", "true");
        ((ObjectNode) forwarded.get("processors")).putObject("nope");
        save(forwarded);
        run("c143");
        assertThat(onlyExecution("c143").path("output").asText()).isEqualTo("hi\n");
        assertThat(onlyExecution("c143").path("success").asBoolean()).isTrue();
        assertThat(onlyExecution("c143").path("processor_errors"))
                .singleElement()
                .satisfies(error -> assertThat(error.asText()).startsWith("nope: not installed on "));
        assertThat(onlyExecution("c142").has("processor_errors")).isFalse();
        assertThat(api.get("/metrics").text()).contains("dkron_processor_failures_total{processor=\"not-installed\"} ");
    }

    @Tag("F55")
    @Test
    void c144AnExecutorNobodyHasFailsWithItsReason() {
        save(Api.base("c144").put("executor", "nope"));
        run("c144");
        assertThat(onlyExecution("c144").path("output").asText()).contains("Specified executor is not present");
        save(Api.parse("{\"name\":\"c144-none\",\"schedule\":\"@manually\"}"));
        made.add("c144-none");
        run("c144-none");
        assertThat(onlyExecution("c144-none").path("output").asText()).contains("No executor defined");
    }

    @Test
    void aRunWithAKeyIsRepeatedSafely() {
        save(Api.base("idem"));
        Answer first = api.post("/v1/jobs/idem", "", "Idempotency-Key", "k-" + System.nanoTime());
        String key = first.header("Dkron-Execution-Group").orElseThrow();
        String reused = "k-" + key;
        Answer one = api.post("/v1/jobs/idem", "", "Idempotency-Key", reused);
        Answer two = api.post("/v1/jobs/idem", "", "Idempotency-Key", reused);
        assertThat(two.status()).isEqualTo(one.status());
        assertThat(two.header("Dkron-Execution-Group")).isEqualTo(one.header("Dkron-Execution-Group"));
        assertThat(two.header("Idempotent-Replayed")).hasValue("true");
        assertThat(api.executions("idem")).hasSize(2);
        save(Api.base("idem-b"));
        assertThat(api.post("/v1/jobs/idem-b", "", "Idempotency-Key", reused).status())
                .isEqualTo(422);
    }

    @Test
    void aRollbackOfTheStoreIsAcceptedOnlyWhereThereIsOne() {
        Answer answer = api.post("/v1/store/accept-rollback");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:dkron:problem:not-rolled-back");
        assertThat(api.get("/health/ready").status()).isEqualTo(200);
    }

    @Tag("F76")
    @Test
    void healthMetricsAndOpenApiAnswer() {
        assertThat(api.get("/health/live").json().path("status").asText()).isEqualTo("UP");
        assertThat(api.get("/health/ready").json().path("status").asText()).isEqualTo("UP");
        save(Api.base("metrics"));
        run("metrics");
        assertThat(api.get("/debug/vars")
                        .json()
                        .path("cron_entries")
                        .path("metrics")
                        .path("schedule")
                        .asText())
                .isEqualTo("@every 1h");
        String metrics = api.get("/metrics").text();
        assertThat(metrics)
                .contains("dkron_jobs")
                .contains("dkron_executions_total")
                .contains("dkron_store_commit_seconds")
                .contains("dkron_dispatch_delay_seconds")
                .contains("dkron_is_leader");
        assertThat(api.get("/openapi").text()).contains("/v1/jobs/{job}/executions");
        assertThat(api.get("/v1/openapi.json").json().path("paths").has("/v1/jobs"))
                .isTrue();
    }
}
