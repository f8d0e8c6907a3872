package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One job and one execution: what it is, what it did, what it prints right now. */
class JobPageIT {
    private final Node server = Site.get().follower();
    private final Api api = server.api();
    private final Jobs jobs = new Jobs(api);
    private final Visitor visitor = new Visitor(server.url());

    @AfterEach
    void gone() {
        visitor.close();
        jobs.close();
    }

    @Test
    void theJobShowsWhatItIsAndWhenItRuns() {
        jobs.save(Api.shell("one-def", "0 0 3 * * *", "echo hello")
                .put("timezone", "Europe/Berlin")
                .put("owner", "Platform Team")
                .put("retries", 2));
        visitor.open("/ui/jobs/one-def");
        assertThat(visitor.at(".facts")).containsText("echo hello");
        assertThat(visitor.at(".facts")).containsText("Platform Team");
        assertThat(visitor.at(".planned")).containsText("0 0 3 * * *");
        assertThat(visitor.at(".firings li")).hasCount(10);
        assertThat(visitor.at(".firings li").first()).containsText("03:00:00 there");
        assertThat(visitor.at(".history-panel")).containsText("It has not run yet");
        visitor.heardNoComplaint();
    }

    @Tag("F72")
    @Test
    void outputAppearsWhileItRuns() {
        jobs.manual("one-live", "echo first; sleep 3; echo second; sleep 1");
        visitor.open("/ui/jobs/one-live");
        visitor.at("text=Run now").click();
        assertThat(visitor.at(".log .line").first()).hasText("first");
        assertThat(visitor.at(".job-head .chip").first()).hasText("running");
        assertThat(visitor.at(".history tbody .chip").first()).hasText("running");
        assertThat(visitor.at(".log .line").nth(1)).hasText("second");
        assertThat(visitor.at(".history tbody .chip").first()).hasText("success");
        assertThat(visitor.at(".job-head .chip").first()).hasText("success");
        assertThat(visitor.at(".lines .count")).containsText("1 succeeded, 0 failed");
        visitor.heardNoComplaint();
    }

    @Tag("F73")
    @Test
    void groupsBeyondTwoToThe53OpenTheRightExecution() {
        jobs.manual("one-group", "date +%N");
        jobs.run("one-group");
        jobs.run("one-group");
        jobs.run("one-group");
        JsonNode executions = api.executions("one-group");
        for (JsonNode execution : executions) {
            String group = execution.get("group").asText();
            String id = execution.get("id").asText();
            visitor.open("/ui/jobs/one-group?group=" + group);
            assertThat(visitor.at(".history tr.picked a")).hasAttribute("data-id", id);
            assertThat(visitor.at(".log .line").first())
                    .hasText(execution.get("output").asText().strip());
        }
    }

    @Test
    void anExecutionHasAPageOfItsOwn() {
        jobs.manual("one-run", "for i in $(seq 1 500); do echo line $i; done; exit 7");
        jobs.run("one-run");
        String id = api.executions("one-run").get(0).get("id").asText();
        visitor.open("/ui/jobs/one-run/runs/" + id + "#L121"); // the error line comes first
        assertThat(visitor.at(".line.target")).hasText("line 120");
        assertThat(visitor.at(".log-info")).containsText(Pattern.compile("50\\d lines"));
        assertThat(visitor.at(".page-head .chip")).hasText("failed");
        visitor.at(".find").fill("line 333");
        assertThat(visitor.at(".line.target")).hasText("line 333");
        visitor.at("text=Follow").click();
        assertThat(visitor.at(".log .line").last()).hasText("line 500");
        assertThat(visitor.page
                        .waitForDownload(() -> visitor.at("text=Download").click())
                        .suggestedFilename())
                .startsWith("one-run-");
        visitor.heardNoComplaint();
    }

    @Test
    void aJobDeletedMeanwhileSaysSo() {
        jobs.manual("one-gone", "true");
        visitor.open("/ui/jobs/one-gone");
        assertThat(visitor.at("#cluster")).containsText("live");
        assertThat(visitor.at("text=Run now")).isVisible();
        api.delete("/v1/jobs/one-gone");
        assertThat(visitor.at(".gone-note")).containsText("deleted meanwhile");
        assertThat(visitor.at("text=Run now")).hasCount(0);
    }

    @Test
    void unknownJobsAndExecutionsSaySo() {
        visitor.open("/ui/jobs/one-nonesuch");
        assertThat(visitor.at(".gone-note")).containsText("There is no such job");
        jobs.manual("one-there", "true");
        visitor.open("/ui/jobs/one-there/runs/1-node1");
        assertThat(visitor.at(".gone-note")).containsText("There is no such execution");
        assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void theHistoryIsSeenAsALineAsBarsAndAsATable() {
        jobs.save(Api.shell("one-lines", "@every 1h", "true").put("timeout", "1s"));
        for (int i = 0; i < 3; i++) {
            jobs.run("one-lines");
        }
        visitor.open("/ui/jobs/one-lines");
        assertThat(visitor.at(".time-line .result")).hasCount(3);
        assertThat(visitor.at(".time-line")).containsText("next in");
        assertThat(visitor.at(".durations .run")).hasCount(3);
        assertThat(visitor.at(".durations .timeout")).hasCount(0); // far above what they took
        assertThat(visitor.at(".durations"))
                .hasAttribute("aria-label", Pattern.compile("How long 3 runs took: median .*"));
        visitor.at(".durations .run").first().click();
        assertThat(visitor.at(".history tbody tr").last()).hasClass(Pattern.compile("picked"));

        visitor.at(".ranges button:has-text('1 h')").click();
        assertThat(visitor.page).hasURL(Pattern.compile(".*range=1h"));
        assertThat(visitor.at(".history tbody tr")).hasCount(3);
        long now = System.currentTimeMillis();
        visitor.open("/ui/jobs/one-lines?range=" + (now - 9_000_000) + "-" + (now - 8_000_000));
        assertThat(visitor.at(".history-panel")).containsText("No run began in the time shown");
        visitor.at(".ranges button:has-text('All')").click();
        assertThat(visitor.at(".history tbody tr")).hasCount(3);
        visitor.heardNoComplaint();
    }

    @Test
    void anyRunIsPickedAndItsOutputIsSeenAndOpened() {
        jobs.manual("one-pick", "echo a line that is long enough to be worth wrapping; date +%N");
        jobs.run("one-pick");
        jobs.run("one-pick");
        JsonNode executions = api.executions("one-pick"); // newest first
        String older = executions.get(1).get("id").asText();
        visitor.open("/ui/jobs/one-pick");
        assertThat(visitor.at(".history tbody tr")).hasCount(2);
        visitor.at(".history a[data-id='" + older + "']").click();
        assertThat(visitor.at(".log .line").nth(1))
                .hasText(executions
                        .get(1)
                        .get("output")
                        .asText()
                        .lines()
                        .toList()
                        .get(1));
        visitor.at(".durations .run").last().click();
        assertThat(visitor.at(".history tr.picked a"))
                .hasAttribute("data-id", executions.get(0).get("id").asText());
        visitor.at(".time-line .result").last().click(); // both began in one moment: the older lies on top
        assertThat(visitor.at(".history tr.picked a")).hasAttribute("data-id", older);
        visitor.at(".log-bar button:has-text('Wrap')").click();
        assertThat(visitor.at(".log-bar button:has-text('Wrap')")).hasAttribute("aria-pressed", "true");
        visitor.at(".output a:has-text('Open')").click();
        assertThat(visitor.page).hasURL(Pattern.compile(".*/runs/" + older + "$"));
        visitor.at(".crumbs a").last().click();
        assertThat(visitor.at("h1")).hasText("one-pick");
        visitor.heardNoComplaint();
    }

    @Test
    void theKeyboardDoesIt() {
        jobs.manual("one-keys", "echo again");
        visitor.open("/ui/jobs/one-keys");
        assertThat(visitor.at("text=Run now")).isVisible();
        visitor.page.keyboard().press("r");
        assertThat(visitor.at(".log .line").first()).hasText("again");
        Locator follow = visitor.at(".log-bar button:has-text('Follow')");
        assertThat(follow).hasAttribute("aria-pressed", "true");
        visitor.page.keyboard().press("f");
        assertThat(follow).hasAttribute("aria-pressed", "false");
        visitor.page.keyboard().press("t");
        assertThat(visitor.at(".job-head")).containsText("disabled");
        visitor.page.keyboard().press("e");
        assertThat(visitor.at("h1")).hasText("Edit one-keys");
        assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void allThatRunsOfAJobIsCancelledAfterAQuestion() {
        jobs.manual("one-stop", "sleep 60");
        Running.begin(api, "one-stop");
        visitor.open("/ui/jobs/one-stop");
        visitor.at(".job-head button:has-text('Cancel runs')").click();
        visitor.page.keyboard().press("Escape");
        assertThat(visitor.at(".job-head .chip").first()).hasText("running");
        visitor.at(".job-head button:has-text('Cancel runs')").click();
        assertThat(visitor.at("dialog")).containsText("All runs of one-stop");
        visitor.at("dialog button[type=submit]").click();
        assertThat(visitor.at(".job-head .chip").first()).hasText("cancelled");
        assertThat(visitor.at(".job-head button:has-text('Cancel runs')")).isHidden();
        visitor.heardNoComplaint();
    }

    @Test
    void anExecutionIsRunAgainAndALineIsLinked() {
        jobs.manual("one-again", "echo one; echo two");
        jobs.run("one-again");
        String id = api.executions("one-again").get(0).get("id").asText();
        visitor.open("/ui/jobs/one-again/runs/" + id);
        Locator second = visitor.at(".log .line").nth(1);
        assertThat(second).hasText("two");
        second.click(new Locator.ClickOptions().setPosition(20, 10)); // its number
        assertThat(visitor.page).hasURL(Pattern.compile(".*#L2$"));
        assertThat(visitor.at(".line.target")).hasText("two");
        visitor.at(".job-head button:has-text('Run again')").click();
        assertThat(visitor.at(".note")).containsText("Started one-again");
        await("the second run").until(() -> api.executions("one-again").size() == 2);
        visitor.page.keyboard().press("r");
        await("the third run").until(() -> api.executions("one-again").size() == 3);
        visitor.heardNoComplaint();
    }

    @Test
    void aRangeIsPickedByDraggingOverTheLine() {
        jobs.manual("one-drag", "true");
        jobs.run("one-drag");
        visitor.open("/ui/jobs/one-drag");
        assertThat(visitor.at(".time-line .result")).hasCount(1);
        BoundingBox line = visitor.at(".time-line").boundingBox();
        double middle = line.y + line.height / 3;
        visitor.page.mouse().move(line.x + 10, middle);
        visitor.page.mouse().down();
        visitor.page.mouse().move(line.x + line.width / 4, middle);
        visitor.page.mouse().up();
        assertThat(visitor.page).hasURL(Pattern.compile(".*range=\\d{13}-\\d{13}"));
        assertThat(visitor.at(".own-range")).isVisible();
        visitor.page.goBack();
        assertThat(visitor.at(".own-range")).hasCount(0);
        visitor.heardNoComplaint();
    }

    @Test
    void theDefinitionIsReadableAndIsExported() throws IOException {
        jobs.save(Api.shell("one-export", "0 30 2 * * *", "echo hello")
                .put("timezone", "Europe/Berlin")
                .put("concurrency", "forbid")
                .put("retries", 2)
                .put("retry_delay", "5s"));
        visitor.open("/ui/jobs/one-export");
        visitor.at(".tabs a:has-text('Definition')").click();
        assertThat(visitor.page).hasURL(Pattern.compile(".*tab=definition"));
        assertThat(visitor.at(".definition")).containsText("up to 2 more attempts; pauses from 5s");
        assertThat(visitor.at(".definition")).containsText("not while it still runs");
        assertThat(visitor.at(".definition .json")).containsText("\"timezone\": \"Europe/Berlin\"");
        visitor.page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
        visitor.at(".definition-json button:has-text('Copy')").click();
        assertThat(visitor.at(".note")).containsText("Copied");
        JsonNode copied = Api.JSON.readTree(
                visitor.page.evaluate("navigator.clipboard.readText()").toString());
        assertThat(copied.path("retries").asInt()).isEqualTo(2);
        String name = visitor.page
                .waitForDownload(() ->
                        visitor.at(".definition-json button:has-text('Export')").click())
                .suggestedFilename();
        assertThat(name).isEqualTo("one-export.json");
        Path file = visitor.page
                .waitForDownload(
                        () -> visitor.at(".job-head button:has-text('Export')").click())
                .path();
        JsonNode exported = Api.JSON.readTree(Files.readAllBytes(file));
        assertThat(exported.path("executor_config").path("command").asText()).isEqualTo("echo hello");
        assertThat(exported.has("success_count")).isFalse();
        assertThat(api.post("/v1/jobs/validate", exported.toString()).status()).isEqualTo(200);
        visitor.findsItAccessible();
        visitor.heardNoComplaint();
    }

    @Test
    void theChainIsSeenAndWalkedAndDeletedWhole() {
        jobs.manual("chain-a", "true");
        jobs.save(Api.shell("chain-b", "", "true").put("parent_job", "chain-a"));
        jobs.save(Api.shell("chain-c", "", "exit 1").put("parent_job", "chain-b"));
        jobs.save(Api.shell("chain-d", "", "true").put("parent_job", "chain-b"));
        visitor.open("/ui/jobs/chain-b?tab=chain");
        assertThat(visitor.at(".chain-node")).hasCount(4);
        assertThat(visitor.at(".chain-node.self")).containsText("chain-b");
        assertThat(visitor.at(".chain-list > li > a")).hasText("chain-a");
        assertThat(visitor.at(".chain-list li[aria-current] li")).hasCount(2);
        visitor.findsItAccessible();
        visitor.at(".chain-node.self").focus();
        visitor.page.keyboard().press("ArrowRight");
        visitor.page.keyboard().press("ArrowDown");
        visitor.page.keyboard().press("Enter");
        assertThat(visitor.at("h1")).hasText("chain-d");

        visitor.open("/ui/jobs/chain-b");
        visitor.at("button:has-text('Delete')").click();
        assertThat(visitor.at("dialog .names")).containsText("chain-c");
        visitor.at("dialog input[type=text]").fill("chain-b");
        assertThat(visitor.at("dialog button[type=submit]")).isDisabled();
        visitor.at("dialog input[type=checkbox]").check();
        visitor.at("dialog button[type=submit]").click();
        assertThat(visitor.at("h1")).hasText("Jobs");
        assertThat(api.get("/v1/jobs/chain-d").status()).isEqualTo(404);
        visitor.heardNoComplaint();
    }

    @Test
    void whatRunsIsCancelledAfterAQuestion() {
        jobs.manual("one-cancel", "sleep 60");
        api.post("/v1/jobs/one-cancel/run", "", "Prefer", "respond-async");
        String id = api.executions("one-cancel").get(0).get("id").asText();
        visitor.open("/ui/jobs/one-cancel/runs/" + id);
        visitor.at(".job-head button:has-text('Cancel run')").click();
        visitor.at("dialog button[type=submit]").click();
        assertThat(visitor.at(".page-head .chip")).hasText("cancelled");
        assertThat(visitor.at(".job-head button:has-text('Cancel run')")).isHidden();
        visitor.heardNoComplaint();
    }

    @Test
    void anExecutionTellsOfItsAttemptsAndWhyTheyFailed() {
        jobs.save(Api.shell("one-tries", "@manually", "echo trying; exit 9")
                .put("retries", 1)
                .put("retry_delay", "1ms"));
        jobs.run("one-tries");
        String id = api.executions("one-tries").get(0).get("id").asText();
        visitor.open("/ui/jobs/one-tries/runs/" + id);
        assertThat(visitor.at(".reason")).containsText("9");
        assertThat(visitor.at(".attempts tbody tr")).hasCount(2);
        assertThat(visitor.at(".attempts tbody tr.picked")).containsText("attempt 2");
        assertThat(visitor.at(".attempts .attempt-reason").first()).containsText("9");
        visitor.at(".attempts a").click();
        assertThat(visitor.at(".attempts tbody tr.picked")).containsText("attempt 1");
        visitor.findsItAccessible();
        visitor.heardNoComplaint();
    }

    @Test
    void theServerFindsLinesInTheWholeOutput() {
        jobs.manual("one-search", "for i in $(seq 1 400); do echo line $i; done");
        jobs.run("one-search");
        String id = api.executions("one-search").get(0).get("id").asText();
        visitor.open("/ui/jobs/one-search/runs/" + id);
        assertThat(visitor.at(".log .line").first()).isVisible();
        visitor.at(".find").fill("line 39");
        assertThat(visitor.at(".hits")).containsText("11 lines hold exactly this");
        visitor.at(".hits a").last().click();
        assertThat(visitor.at(".line.target")).hasText("line 399");
        assertThat(visitor.page).hasURL(Pattern.compile(".*#L399"));
        visitor.findsItAccessible();
        visitor.heardNoComplaint();
    }

    @Test
    void whatWasToldAndWhatWentWrongWithTheOutputIsShown() {
        jobs.manual("one-told", "true");
        jobs.run("one-told");
        String id = api.executions("one-told").get(0).get("id").asText();
        visitor.page.route("**/v1/jobs/one-told/executions/" + id + "?*", route -> {
            ObjectNode execution = (ObjectNode) api.executions("one-told").get(0);
            execution.putArray("processor_errors").add("syslog: connection refused");
            execution
                    .putArray("notifications")
                    .addObject()
                    .put("channel", "webhook")
                    .put("event", "end")
                    .put("state", "failed")
                    .put("attempts", 3)
                    .put("at", "2026-03-01T10:00:36Z")
                    .put("error", "HTTP 503");
            route.fulfill(new Route.FulfillOptions()
                    .setContentType("application/json")
                    .setBody(execution.toString()));
        });
        visitor.open("/ui/jobs/one-told/runs/" + id);
        assertThat(visitor.at(".troubles")).containsText("syslog: connection refused");
        assertThat(visitor.at(".told tbody tr")).containsText("HTTP 503");
        assertThat(visitor.at(".told tbody .chip")).hasText("failed");
        visitor.findsItAccessible();
        visitor.heardNoComplaint();
    }

    @Test
    void firingsThatDidNotRunAreNamedWithTheirReason() {
        jobs.save(Api.shell("one-missed", "@every 1h", "true"));
        visitor.page.route(
                "**/v1/jobs/one-missed/missed?*",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody("[{\"reason\":\"no-leader\",\"count\":3,\"first\":\""
                                + Instant.now().minusSeconds(900) + "\",\"last\":\""
                                + Instant.now().minusSeconds(600) + "\"}]")));
        visitor.open("/ui/jobs/one-missed");
        assertThat(visitor.at(".not-run")).containsText("3 missed: nobody led");
        assertThat(visitor.at(".time-line .result.is-missed")).hasCount(1);
        visitor.heardNoComplaint();
    }

    @Test
    void toggleAndDelete() {
        jobs.save(Api.shell("one-act", "@every 1h", "true"));
        visitor.open("/ui/jobs/one-act");
        visitor.at("button:has-text('Disable')").click();
        assertThat(visitor.at(".planned")).containsText("does not fire until it is enabled");
        visitor.at("button:has-text('Enable')").click();
        assertThat(visitor.at(".firings li")).hasCount(10);
        visitor.at("button:has-text('Delete')").click();
        visitor.at("dialog input").fill("one-act");
        visitor.at("dialog button[type=submit]").click();
        assertThat(visitor.at("h1")).hasText("Jobs");
        assertThat(api.get("/v1/jobs/one-act").status()).isEqualTo(404);
    }
}
