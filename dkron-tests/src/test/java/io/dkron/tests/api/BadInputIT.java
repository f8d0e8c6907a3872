package io.dkron.tests.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Api.Answer;
import io.dkron.tests.support.SharedServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input: each gets an answer that says what is wrong and where, and changes nothing. */
class BadInputIT {
    private final Api api = SharedServer.get().api();

    @AfterEach
    void theServerIsWell() {
        assertThat(api.get("/health").text()).isEqualTo("{\"status\":\"healthy\"}");
        assertThat(api.get("/v1/jobs/bad").status()).as("nothing was stored").isEqualTo(404);
    }

    private Answer refused(Answer answer, int status, String type) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.json().path("type").asText()).isEqualTo("urn:dkron:problem:" + type);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
        assertThat(answer.json().path("detail").asText()).isNotEmpty();
        return answer;
    }

    @Tag("C040")
    @ParameterizedTest
    @ValueSource(strings = {"", "{\"name\": \"bad\", ", "[1,2]", "\"text\"", "nope", "{\"name\":\"bad\"} more", "{}{}"})
    void bodiesThatAreNoJsonObjectAreMalformed(String body) {
        refused(api.post("/v1/jobs", body), 400, "malformed");
    }

    @Test
    void aSyntaxErrorSaysLineAndColumn() {
        Answer answer = refused(api.post("/v1/jobs", "{\"name\": \"bad\",\n  \"schedule\": }"), 400, "malformed");
        assertThat(answer.json().path("detail").asText()).contains("line 2").contains("column");
    }

    @Test
    void jsonDeeperThan64IsMalformed() {
        String deep =
                "{\"name\":\"bad\",\"schedule\":\"@daily\",\"wat\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        refused(api.post("/v1/jobs", deep), 400, "malformed");
    }

    @Tag("C040")
    @Test
    void everyWrongTypeIsNamed() {
        Answer answer = api.post(
                "/v1/jobs",
                "{\"name\":5,\"schedule\":\"@daily\",\"disabled\":\"no\",\"retries\":-1,"
                        + "\"executor_config\":{\"command\":1},\"tags\":[]}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.wrongFields()).contains("name", "disabled", "retries", "executor_config.command", "tags");
    }

    @Tag("C046")
    @Tag("F50")
    @Test
    void allWrongFieldsComeInOneAnswerInFieldOrder() {
        ObjectNode job = Api.base("Bad Name");
        job.put("timezone", "Mars/Phobos").put("concurrency", "maybe");
        Answer answer = refused(api.post("/v1/jobs", job.toString()), 400, "validation");
        assertThat(answer.wrongFields()).containsExactly("name", "timezone", "concurrency");
        assertThat(answer.json().path("detail").asText()).startsWith("Job validation failed: name contains illegal");
    }

    @Tag("C043")
    @Tag("C045")
    @Tag("C049")
    @Tag("F07")
    @Tag("F08")
    @ParameterizedTest
    @CsvSource({
        "timezone, Mars/Phobos",
        "concurrency, maybe",
        "schedule, every day",
        "schedule, ''",
        "schedule, * * * * *",
        "schedule, 0 0 0 1 1 * 2030",
        "schedule, 61 * * * * *",
        "schedule, 5-1 * * * * *",
        "schedule, @reboot",
        "schedule, */0 * * * * *",
        "schedule, TZ=Nowhere/At_All 0 0 3 * * *",
        "schedule, TZ=UTC",
        "timeout, soon",
        "misfire, maybe",
        "notify_on, never",
        "retry_delay, -1s",
        "parent_job, bad",
    })
    void aWrongValueNamesItsField(String field, String value) {
        ObjectNode job = Api.base("bad");
        job.put(field, value);
        Answer answer = refused(api.post("/v1/jobs", job.toString()), 400, "validation");
        assertThat(answer.wrongFields()).containsExactly(field);
    }

    @Tag("C044")
    @Test
    void aTimeThatIsNoneNamesItsField() {
        Answer answer = refused(
                api.post(
                        "/v1/jobs", Api.base("bad").put("starts_at", "tomorrow").toString()),
                400,
                "malformed");
        assertThat(answer.wrongFields()).containsExactly("starts_at");
    }

    @Tag("C044")
    @ParameterizedTest
    @CsvSource({"timeout, soon", "mem_limit, lots"})
    void aWrongShellSettingNamesItsKey(String key, String value) {
        ObjectNode job = Api.base("bad");
        ((ObjectNode) job.get("executor_config")).put(key, value);
        Answer answer = refused(api.post("/v1/jobs", job.toString()), 400, "validation");
        assertThat(answer.wrongFields()).containsExactly("executor_config." + key);
    }

    @Tag("C048")
    @ParameterizedTest
    @ValueSource(strings = {"web:x", "web:0", "web:-1"})
    void aTagCountMustBeAPositiveNumber(String tag) {
        ObjectNode job = Api.base("bad");
        job.putObject("tags").put("role", tag);
        Answer answer = refused(api.post("/v1/jobs", job.toString()), 400, "validation");
        assertThat(answer.wrongFields()).containsExactly("tags.role");
    }

    @Tag("C041")
    @ParameterizedTest
    @ValueSource(strings = {"", "Bad Name", "a/b", "a.b", "UPPER", "日本", "x\u0000y", "\u202eabc"})
    void namesWithOtherCharactersAreRefused(String name) {
        Answer answer = refused(api.post("/v1/jobs", Api.base(name).toString()), 400, "validation");
        assertThat(answer.wrongFields()).containsExactly("name");
    }

    @Tag("C038")
    @Test
    void aNameOverItsLimitIsRefusedAndABodyOverItsLimitToo() {
        assertThat(refused(api.post("/v1/jobs", Api.base("n".repeat(1025)).toString()), 400, "validation")
                        .wrongFields())
                .containsExactly("name");
        refused(api.post("/v1/jobs", Api.base("n".repeat(10_000_000)).toString()), 413, "too-large");
        assertThat(api.post("/v1/jobs", Api.base("n".repeat(1024)).toString()).status())
                .isEqualTo(201);
        assertThat(api.delete("/v1/jobs/" + "n".repeat(1024)).status()).isEqualTo(200);
    }

    @Test
    void aBodyOf100MegabytesIsRefusedWithoutBeingReadIntoMemory() throws IOException {
        URI uri = URI.create(SharedServer.get().url());
        for (boolean chunked : new boolean[] {false, true}) {
            try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                socket.setSoTimeout(30_000);
                OutputStream out = socket.getOutputStream();
                String length = chunked ? "Transfer-Encoding: chunked" : "Content-Length: 104857600";
                out.write(("POST /v1/jobs HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\n" + length
                                + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(statusWhileSending(socket, out, chunked)).contains(" 413 ");
            }
        }
    }

    private static String statusWhileSending(Socket socket, OutputStream out, boolean chunked) throws IOException {
        byte[] part = new byte[65_536];
        Arrays.fill(part, (byte) ' ');
        InputStream in = socket.getInputStream();
        try {
            for (int sent = 0; sent < 104_857_600 && in.available() == 0; sent += part.length) {
                if (chunked) {
                    out.write("10000\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                out.write(part);
                if (chunked) {
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            // The server may close its side once it has answered; the answer is still to be read.
            assertThat(e.getMessage()).containsIgnoringCase("broken pipe").as("or a reset");
        }
        byte[] head = in.readNBytes(40);
        return new String(head, StandardCharsets.US_ASCII);
    }

    @Tag("C011")
    @Test
    void unknownFieldsAreAcceptedAndListed() {
        ObjectNode job = Api.base("warned").put("wat", 1).put("hm", "x");
        Answer answer = api.post("/v1/jobs", job.toString());
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.headers().allValues("Warning"))
                .contains("299 dkron \"unknown field wat\"", "299 dkron \"unknown field hm\"");
        assertThat(answer.json().has("wat")).isFalse();
        api.delete("/v1/jobs/warned");
    }

    @Tag("F09")
    @Tag("F10")
    @Tag("F55")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"executor\":\"nope\"}",
                "{\"executor\":\"\"}",
                "{\"executor_config\":{}}",
                "{\"schedule\":\"0 0 0 30 2 *\"}",
                "{\"schedule\":\"@at 2001-01-01T00:00:00Z\"}"
            })
    void whatCanOnlyFailWhenItRunsIsAcceptedWithAWarning(String change) {
        ObjectNode job = Api.base("warned");
        job.setAll(Api.parse(change));
        Answer answer = api.post("/v1/jobs", job.toString());
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.headers().allValues("Warning")).isNotEmpty();
        api.delete("/v1/jobs/warned");
    }

    @Tag("C045")
    @Tag("C047")
    @Test
    void aParentMustExistAndMustNotMakeACycle() {
        ObjectNode orphan = Api.base("bad").put("parent_job", "nobody");
        refused(api.post("/v1/jobs", orphan.toString()), 404, "parent-not-found");
        api.save(Api.base("cyc-a"));
        api.save(Api.base("cyc-b").put("parent_job", "cyc-a"));
        api.save(Api.base("cyc-c").put("parent_job", "cyc-b"));
        Answer cycle = api.post(
                "/v1/jobs", Api.base("cyc-a").put("parent_job", "cyc-c").toString());
        assertThat(refused(cycle, 400, "validation").wrongFields()).containsExactly("parent_job");
        assertThat(api.job("cyc-a").path("parent_job").asText()).isEmpty();
        for (String name : List.of("cyc-c", "cyc-b", "cyc-a")) {
            assertThat(api.delete("/v1/jobs/" + name).status()).isEqualTo(200);
        }
    }

    @Tag("C032")
    @Tag("F50")
    @ParameterizedTest
    @CsvSource({
        "_start=-1, _start",
        "_start=1&_end=x, _end",
        "_start=3&_end=1, _start",
        "_sort=nope, _sort",
        "_order=up, _order",
        "disabled=maybe, disabled",
        "status=odd, status"
    })
    void aWrongQueryParameterIsNamed(String query, String parameter) {
        Answer answer = refused(api.get("/v1/jobs?" + query), 400, "malformed");
        assertThat(answer.wrongFields()).contains(parameter);
    }

    @Tag("F53")
    @Test
    void refusedUpdatesLeaveTheJobAsItWas() {
        api.save(Api.base("keepme").put("owner", "me"));
        String before = api.get("/v1/jobs/keepme").text();
        api.post("/v1/jobs", Api.base("keepme").put("timezone", "Mars/Phobos").toString());
        api.send("PUT", "/v1/jobs/keepme", Api.base("other").toString().getBytes(StandardCharsets.UTF_8));
        assertThat(api.get("/v1/jobs/keepme").text()).isEqualTo(before);
        assertThat(api.get("/v1/jobs/other").status()).isEqualTo(404);
        api.delete("/v1/jobs/keepme");
    }

    @Tag("C037")
    @Tag("F80")
    @Test
    void anotherSitesRequestsAreRefused() {
        String job = Api.base("bad").toString();
        refused(api.post("/v1/jobs", job, "Origin", "http://evil.example"), 403, "cross-site");
        refused(api.post("/v1/jobs", job, "Sec-Fetch-Site", "cross-site"), 403, "cross-site");
        assertThat(rawStatus("POST /v1/jobs HTTP/1.1\r\nHost: evil.example\r\nContent-Length: " + job.length()
                        + "\r\nConnection: close\r\n\r\n" + job))
                .contains(" 403 ");
        Answer own = api.post(
                "/v1/jobs",
                Api.base("own").toString(),
                "Origin",
                SharedServer.get().url());
        assertThat(own.status()).isEqualTo(201);
        assertThat(own.headers().map().keySet()).noneMatch(h -> h.toLowerCase().startsWith("access-control-"));
        api.delete("/v1/jobs/own");
    }

    private static String rawStatus(String request) {
        URI uri = URI.create(SharedServer.get().url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Tag("C034")
    @Test
    void unknownPathsAndWrongMethodsSaySo() {
        refused(api.get("/v1/nope"), 404, "not-found");
        refused(api.get("/v1/jobs/bad"), 404, "job-not-found");
        Answer method = refused(api.delete("/v1/jobs"), 405, "method-not-allowed");
        assertThat(method.header("Allow").orElse("")).contains("GET").contains("POST");
    }
}
