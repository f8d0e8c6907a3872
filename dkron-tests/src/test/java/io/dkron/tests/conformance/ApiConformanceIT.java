package io.dkron.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Api.Answer;
import io.dkron.tests.support.Workbench;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases of the API and of validation that OneNodeIT and BadInputIT leave, in both dialects where both are meant. */
class ApiConformanceIT {
    private static final String NEVER = "0001-01-01T00:00:00Z";

    @RegisterExtension
    final Workbench bench = new Workbench();

    private final Api api = bench.api();

    @Test
    void c003TheOldHealthPathAnswersAsEver() {
        Answer health = api.get("/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.text()).isEqualTo("{\"status\":\"healthy\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c004AMemberHasAllThatClientsOfDkronRead(String dialect) {
        JsonNode members = bench.in(dialect, "GET", "/v1/members", "").json();
        assertThat(members).hasSize(1);
        JsonNode member = members.get(0);
        assertThat(member.path("Addr").asText()).isEqualTo("127.0.0.1");
        assertThat(member.path("Port").isInt()).isTrue();
        assertThat(member.path("Tags").path("role").asText()).isEqualTo("web");
        for (String number :
                List.of("ProtocolMin", "ProtocolMax", "ProtocolCur", "DelegateMin", "DelegateMax", "DelegateCur")) {
            assertThat(member.path(number).isInt()).as(number).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c007ASavedJobIsAnsweredWithItsDefaults(String dialect) {
        bench.willMake("c007");
        Answer answer = bench.in(dialect, "POST", "/v1/jobs", Api.base("c007").toString());
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).hasValue("/v1/jobs/c007");
        assertThat(answer.json().path("concurrency").asText()).isEqualTo("allow");
        assertThat(answer.json().path("retries").isInt()).isTrue();
        assertThat(answer.json().path("retries").asInt()).isZero();
        assertThat(answer.json().path("disabled").isBoolean()).isTrue();
        assertThat(answer.json().path("disabled").asBoolean()).isFalse();
    }

    @Test
    void c008AFormsContentTypeIsNoHindrance() {
        bench.willMake("c008");
        Answer answer =
                api.post("/v1/jobs", Api.base("c008").toString(), "Content-Type", "application/x-www-form-urlencoded");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(api.job("c008").path("executor").asText()).isEqualTo("shell");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c009TheSameJobTwiceIsOneJob(String dialect) {
        bench.willMake("c009");
        for (int i = 0; i < 2; i++) {
            assertThat(bench.in(dialect, "POST", "/v1/jobs", Api.base("c009").toString())
                            .status())
                    .isEqualTo(201);
        }
        assertThat(names(api.get("/v1/jobs?q=c009"))).containsExactly("c009");
    }

    private static List<String> names(Answer answer) {
        List<String> names = new ArrayList<>();
        answer.json().forEach(j -> names.add(j.path("name").asText()));
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c011AnUnknownFieldIsTakenAndGone(String dialect) {
        bench.willMake("c011");
        String job = Api.base("c011").put("wat", 1).toString();
        assertThat(bench.in(dialect, "POST", "/v1/jobs", job).status()).isEqualTo(201);
        assertThat(bench.in(dialect, "GET", "/v1/jobs/c011", "").json().has("wat"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c013ADeletedJobIsAnsweredOnceMoreAndGone(String dialect) {
        bench.save(Api.base("c013").put("owner", "me"));
        Answer deleted = bench.in(dialect, "DELETE", "/v1/jobs/c013", "");
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.json().path("name").asText()).isEqualTo("c013");
        assertThat(deleted.json().path("owner").asText()).isEqualTo("me");
        assertThat(bench.in(dialect, "GET", "/v1/jobs/c013", "").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c020TheTagFilterComparesWhatIsStored(String dialect) {
        for (String value : List.of("web:1", "web", "web:2")) {
            ObjectNode job = Api.base("c020-" + value.replace(':', '-'));
            job.putObject("tags").put("role", value);
            bench.save(job);
        }
        assertThat(names(bench.in(dialect, "GET", "/v1/jobs?tags%5Brole%5D=web:1", "")))
                .containsExactly("c020-web-1");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/jobs, 200",
        "HEAD, /v1/jobs, 200",
        "OPTIONS, /v1/jobs, 204",
        "DELETE, /v1/jobs, 405",
        "POST, /v1/jobs, 400",
        "GET, /v1/jobs/nobody, 404",
        "GET, /v1/nope, 404",
        "GET, /health, 200"
    })
    void c021EveryAnswerSaysWhoGaveIt(String method, String path, int status) {
        Answer answer = api.send(method, path, new byte[0]);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("X-Whom")).hasValue("node1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c040WhatIsNoJobIsMalformedInBothDialects(String dialect) {
        for (String body : List.of(
                "",
                "{\"name\":",
                "[1]",
                "{\"name\":5,\"schedule\":\"@daily\"}",
                Api.base("bad").put("retries", -1).toString(),
                "{\"name\":\"bad\",\"schedule\":\"@daily\",\"executor_config\":{\"command\":1}}")) {
            Answer answer = bench.in(dialect, "POST", "/v1/jobs", body);
            assertThat(answer.status()).as(body).isEqualTo(400);
            assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
        }
    }

    @ParameterizedTest
    @CsvSource({"Bad Name, c041-bad-name", "c041.x, c041x", "C041Upper, c041upper", "日本, 日本"})
    void c041DialectV1MakesNamesThatAreAllowed(String sent, String stored) {
        String name = sent.replace("Bad Name", "C041 Bad Name");
        bench.willMake(stored);
        Answer answer = bench.in("v1", "POST", "/v1/jobs", Api.base(name).toString());
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().path("name").asText()).isEqualTo(stored);
    }

    @ParameterizedTest
    @CsvSource({
        "C041, name, ''",
        "C043, timezone, Mars/Phobos",
        "C043, concurrency, maybe",
        "C043, schedule, every day",
        "C043, schedule, ''",
        "C045, parent_job, bad",
        "C045, parent_job, nobody",
        "C049, schedule, */0 * * * * *"
    })
    void whatDialectV4Answers400DialectV1Answers422(String number, String field, String value) {
        Answer answer = bench.in(
                "v1", "POST", "/v1/jobs", Api.base("bad").put(field, value).toString());
        assertThat(answer.status()).as(number + ": " + answer.text()).isEqualTo(422);
        assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(api.get("/v1/jobs/bad").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v4"})
    void c042ALetterIsALetterInAnyLanguage(String dialect) {
        bench.willMake("niño");
        assertThat(bench.in(dialect, "POST", "/v1/jobs", Api.base("niño").toString())
                        .json()
                        .path("name")
                        .asText())
                .isEqualTo("niño");
    }

    /** The best of a few tries: the machine may be busy. */
    @ParameterizedTest
    @Tag("F07")
    @ValueSource(
            strings = {"* * * * *", "0 0 0 1 1 * 2030", "61 * * * * *", "5-1 * * * * *", "@reboot", "*/0 * * * * *"})
    void c049AWrongScheduleIsRefusedAtOnce(String schedule) {
        String job = Api.base("bad").put("schedule", schedule).toString();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long begun = System.nanoTime();
            assertThat(api.post("/v1/jobs", job).status()).isEqualTo(400);
            best = Math.min(best, System.nanoTime() - begun);
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(100));
    }

    @ParameterizedTest
    @CsvSource({
        "C068, @at 2001-01-01T00:00:00Z",
        "C073, 0 0 0 30 2 *",
        "C071, @manually",
        "F09, 0 0 0 30 2 *",
        "F10, @at 2001-01-01T00:00:00Z"
    })
    void whatNeverFiresIsTakenAndShowsNoNext(String number, String schedule) {
        bench.willMake("never");
        Answer answer =
                api.post("/v1/jobs", Api.base("never").put("schedule", schedule).toString());
        assertThat(answer.status()).as(number).isEqualTo(201);
        assertThat(answer.json().path("next").asText()).isEqualTo(NEVER);
        boolean meant = schedule.equals("@manually");
        assertThat(answer.header("Warning").isPresent()).as(number).isNotEqualTo(meant);
        bench.run("never");
        assertThat(bench.onlyExecution("never").path("success").asBoolean()).isTrue();
    }

    @Test
    @Tag("F50")
    void executionsOfAJobRefuseBadParametersByName() {
        bench.save(Api.base("f50"));
        Set<String> named = new TreeSet<>();
        for (String query : List.of("_start=-1", "_end=x", "_sort=nope", "_order=up")) {
            Answer answer = api.get("/v1/jobs/f50/executions?" + query);
            assertThat(answer.status()).as(query).isEqualTo(400);
            named.addAll(answer.wrongFields());
        }
        assertThat(named).containsExactly("_end", "_order", "_sort", "_start");
        Answer past = api.get("/v1/jobs/f50/executions?_start=99");
        assertThat(past.status()).isEqualTo(200);
        assertThat(past.text()).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x"})
    void c023AnOutputLimitThatIsNoneIsIgnoredAsEver(String limit) {
        bench.save(Api.base("c023"));
        bench.run("c023");
        Answer answer = api.get("/v1/jobs/c023/executions?output_size_limit=" + limit);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get(0).path("output").asText()).isEqualTo("hi\n");
    }
}
