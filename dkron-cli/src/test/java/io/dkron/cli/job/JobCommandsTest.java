package io.dkron.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.cli.print.Terminal;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobCommandsTest extends CommandTest {
    private static final String END = "event: end\ndata: ";

    @BeforeEach
    void store() {
        server.store("{\"name\":\"backup\",\"schedule\":\"@every 1h\",\"timezone\":\"Europe/Berlin\","
                        + "\"tags\":{\"role\":\"web:1\"},\"metadata\":{\"team\":\"data\"}}")
                .store("{\"name\":\"report\",\"parent_job\":\"backup\",\"disabled\":true}");
    }

    private static String run(String id, String node, String state, int attempt) {
        return "{\"id\":\"" + id + "\",\"job_name\":\"backup\",\"node_name\":\"" + node + "\",\"group\":7,\"attempt\":"
                + attempt + ",\"started_at\":\"2026-01-02T03:00:00Z\",\"finished_at\":\"2026-01-02T03:00:01.5Z\","
                + "\"success\":" + state.equals("success") + ",\"state\":\"" + state
                + "\",\"trigger\":\"manual\",\"output\":\"out of " + id + "\\n\"}";
    }

    @Test
    void listIsATableForPeople() {
        server.recent("backup", "{\"group\":\"1\",\"status\":\"success\"}", "{\"group\":\"2\",\"status\":\"failed\"}");
        Result result = dkron("job", "list").ends(0);
        assertThat(result.out().lines())
                .containsExactly(
                        "NAME    SCHEDULE                 STATUS                RECENT  NEXT          RUNS ON",
                        "backup  @every 1h Europe/Berlin  never ran             ✓✗      -             role=web:1",
                        "report  -                        disabled (never ran)          after backup  all");
        assertThat(dkron("job", "list", "-q", "nothing").ends(0).err()).contains("no jobs match");
    }

    @Test
    void listPassesItsFiltersOn() {
        dkron("job", "list", "--filter", "a&b", "--status", "failed", "--disabled", "-l", "team=a b", "--owner=me")
                .ends(0);
        assertThat(server.asked())
                .containsExactly("GET /v1/jobs?q=a%26b&status=failed&disabled=true&owner=me&metadata%5Bteam%5D=a%20b");
        dkron("job", "list", "--disabled=false").ends(0);
        assertThat(server.asked()).contains("GET /v1/jobs?disabled=false");
        assertThat(dkron("job", "list", "-l", "team=data", "-o", "name")
                        .ends(0)
                        .out()
                        .lines())
                .containsExactly("backup");
    }

    @Test
    void jsonIsTheApisUnchanged() {
        server.answerNext(200, "application/json", "[{\"name\" : \"ü\",\"n\":1.50}]");
        assertThat(dkron("job", "list", "-o", "json").ends(0).out())
                .isEqualTo("[{\"name\" : \"ü\",\"n\":1.50}]" + System.lineSeparator());
        assertThat(dkron("job", "list", "-o", "xml").ends(2).err()).contains("table", "json", "yaml", "name");
    }

    @Test
    void textOfOthersCannotSteerTheTerminal() {
        server.store("{\"name\":\"evil\",\"schedule\":\"@every 1h\",\"metadata\":{\"x\":\"\\u001b[2J\\n\"}}");
        assertThat(dkron("job", "get", "evil").ends(0).out())
                .doesNotContain("\u001b")
                .contains("\\u001b[2J\\n");
    }

    @Test
    void getShowsWhatMatters() {
        assertThat(dkron("job", "get", "backup").ends(0).out())
                .contains(
                        "Name",
                        "backup",
                        "@every 1h  (in words)  UTC",
                        "Followed by",
                        "report",
                        "role=web:1",
                        "team=data")
                .doesNotContain("misfire");
        Result unknown = dkron("job", "get", "nobody").ends(1);
        assertThat(unknown.err()).isEqualTo("dkron: There is no job nobody." + System.lineSeparator());
    }

    @Test
    void runWaitsAndTellsEachNode() {
        server.recent("backup", "{\"group\":\"7\",\"status\":\"partially_failed\"}")
                .executions(
                        "backup",
                        run("3-a", "a", "success", 2),
                        run("2-b", "b", "failed", 1),
                        run("1-a", "a", "failed", 1));
        Result result = dkron("job", "run", "backup").ends(1);
        assertThat(result.out().lines())
                .containsExactly(
                        "a: failed, 1.5s",
                        "  see: dkron job logs backup 1-a",
                        "b: failed, 1.5s",
                        "  see: dkron job logs backup 2-b",
                        "a: success in attempt 2, 1.5s");
        assertThat(server.header("Prefer")).contains("respond-async");
    }

    @Test
    void aRunThatSucceededInTheEndEndsWithZero() {
        server.recent("backup", "{\"group\":\"7\",\"status\":\"success\"}")
                .executions("backup", run("3-a", "a", "success", 2), run("1-a", "a", "failed", 1));
        dkron("job", "run", "backup", "--wait").ends(0);
    }

    @Test
    void runNeedNotWaitAndDoesNotWaitForEver() {
        assertThat(dkron("job", "run", "backup", "--no-wait").ends(0).out()).contains("backup started, group 7");
        server.recent("backup", "{\"group\":\"7\",\"status\":\"running\"}")
                .executions("backup", run("1-a", "a", "running", 1));
        assertThat(dkron("job", "run", "backup", "--timeout", "0s").ends(1).err())
                .contains("backup still runs");
        assertThat(dkron("job", "run", "backup", "--timeout", "soon").ends(2).err())
                .contains("--timeout: ", "soon");
    }

    @Test
    void logsOfTheLastRunAreBytesAsTheyAre() {
        server.executions("backup", run("1-a", "a", "success", 1));
        assertThat(dkron("job", "logs", "backup").ends(0).out()).isEqualTo("out of 1-a\n");
        assertThat(dkron("job", "logs", "backup", "1-a").ends(0).out()).isEqualTo("out of 1-a\n");
    }

    @Test
    void logsOfSeveralNodesSayWhose() {
        server.executions("backup", run("2-b", "b", "failed", 1), run("1-a", "a", "success", 1));
        assertThat(dkron("job", "logs", "backup").ends(0).out())
                .contains("==> a, attempt 1, success <==", "==> b, attempt 1, failed <==");
        assertThat(dkron("job", "logs", "backup", "7", "--node", "b").ends(0).out())
                .isEqualTo("out of 2-b\n");
        assertThat(dkron("job", "logs", "backup", "--node", "c").ends(1).err()).contains("did not run on node c");
        assertThat(dkron("job", "logs", "report").ends(1).err()).contains("report has not run yet");
        assertThat(dkron("job", "logs", "nobody").ends(1).err()).contains("There is no job nobody.");
    }

    @Test
    void followedLogsEndAsTheRunEnds() {
        server
                .recent("backup", "{\"group\":\"7\",\"status\":\"partially_failed\"}")
                .executions("backup", run("2-b", "b", "failed", 1), run("1-a", "a", "success", 1))
                .stream(
                        "1-a",
                        "event: output\ndata: {\"offset\":0,\"text\":\"one\\nt\"}\n\n",
                        "event: output\ndata:" + " {\"offset\":5,\"text\":\"wo\"}\n\n" + END
                                + run("1-a", "a", "success", 1) + "\n\n")
                .stream(
                        "2-b",
                        "event: output\ndata: {\"offset\":0,\"text\":\"three\\n\"}\n\n" + END
                                + run("2-b", "b", "failed", 1) + "\n\n");
        Result result = dkron("job", "logs", "backup", "-f").ends(1);
        assertThat(result.out().lines()).containsExactlyInAnyOrder("a | one", "a | two", "b | three");
        assertThat(result.err()).contains("b: failed");
        server.stream(
                "1-a",
                "event: output\ndata: {\"offset\":0,\"text\":\"x\"}\n\n" + END + run("1-a", "a", "success", 1)
                        + "\n\n");
        assertThat(dkron("job", "logs", "backup", "1-a", "-f").ends(0).out()).isEqualTo("x");
    }

    @Test
    void ofSeveralAttemptsTheLastOneCounts() {
        String end = END + run("1-a", "a", "failed", 1) + "\n\n";
        server
                .recent("backup", "{\"group\":\"7\",\"status\":\"failed\"}")
                .executions("backup", run("3-a", "a", "cancelled", 2), run("1-a", "a", "failed", 1))
                .stream("1-a", end)
                .stream("3-a", end);
        assertThat(dkron("job", "logs", "backup", "-f").ends(1).err().lines())
                .containsExactly("dkron: attempt 2 on a", "dkron: a: cancelled");
    }

    @Test
    void historyIsATable() {
        server.executions("backup", run("1-a", "a", "success", 1));
        assertThat(dkron("job", "history", "backup", "-n", "3").ends(0).out().lines())
                .containsExactly(
                        "STARTED                       NODE  STATE    TOOK  ATTEMPT  TRIGGER  EXECUTION",
                        "2026-01-02 04:00:00 (4m ago)  a     success  1.5s  1        manual   1-a");
        assertThat(server.asked()).contains("GET /v1/jobs/backup/executions?_end=3&output_size_limit=0");
    }

    @Test
    void switchesTellWhatTheyDidToEach() {
        assertThat(dkron("job", "disable", "backup", "report").ends(0).out().lines())
                .containsExactly("backup disabled", "report disabled");
        assertThat(dkron("job", "toggle", "backup").ends(0).out()).startsWith("backup enabled");
        Result result = dkron("job", "enable", "report", "nobody").ends(1);
        assertThat(result.out()).startsWith("report enabled");
        assertThat(result.err()).contains("nobody: There is no job nobody.");
        assertThat(dkron("job", "toggle", "nobody", "backup").ends(1).out()).startsWith("backup disabled");
    }

    @Test
    void deleteAsksAPersonAndTellsOfDependents() {
        on(PERSON);
        typed("\n");
        dkron("job", "delete", "report").ends(1);
        assertThat(server.names()).contains("report");
        on(Terminal.NONE);
        assertThat(dkron("job", "delete", "backup", "nobody").ends(1).err())
                .contains(
                        "backup: Job backup has dependents. Delete them first, or all with --cascade.",
                        "nobody: There is no job nobody.");
        assertThat(dkron("job", "delete", "backup", "--cascade").ends(0).out()).startsWith("backup deleted");
        assertThat(server.names()).isEmpty();
    }

    @Test
    void cancelTellsWhatEnds() {
        assertThat(dkron("job", "cancel", "backup").ends(1).err()).contains("Nothing of job backup runs.");
        server.executions("backup", run("1-a", "a", "running", 1));
        assertThat(dkron("job", "cancel", "backup").ends(0).out()).startsWith("cancelling 1-a on a");
        assertThat(dkron("job", "cancel", "backup", "1-a").ends(0).out()).startsWith("cancelling 1-a on a");
    }

    @Test
    void credentialsComeFromFlagsOrVariables() throws Exception {
        String password =
                Files.writeString(folder.resolve("password"), "s3cret\n").toString();
        dkron("job", "list", "--http-user", "me", "--http-password-file", password)
                .ends(0);
        assertThat(server.header("Authorization")).contains("Basic bWU6czNjcmV0");
        with(Map.of("DKRON_ADDR", server.url(), "DKRON_TOKEN", "t"));
        dkron("job", "list").ends(0);
        assertThat(server.header("Authorization")).contains("Bearer t");
        assertThat(dkron("job", "list", "--http-user", "me").ends(2).err()).contains("--http-password-file");
        assertThat(dkron("job", "list", "--http-user", "me", "--http-password-file", "/nowhere")
                        .ends(2)
                        .err())
                .contains("--http-password-file: /nowhere: there is no such file");
    }

    @Test
    void theFlagGoesBeforeTheVariable() {
        with(Map.of("DKRON_ADDR", "http://127.0.0.1:1"));
        dkron("job", "list", "--server", server.url()).ends(0);
        with(Map.of("DKRON_ADDR", "nonsense://"));
        assertThat(dkron("job", "list").ends(2).err()).contains("DKRON_ADDR: must be an address");
    }
}
