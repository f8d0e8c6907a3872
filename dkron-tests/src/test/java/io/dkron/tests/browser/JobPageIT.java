package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.DkronProcess;
import io.dkron.tests.support.SharedServer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One job and one execution: what it is, what it did, what it prints right now. */
class JobPageIT {
    private final DkronProcess server = SharedServer.get();
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
        assertThat(visitor.at(".firings li")).hasCount(5);
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
        assertThat(visitor.at(".history-panel .count")).containsText("1 succeeded, 0 failed");
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
    void toggleAndDelete() {
        jobs.save(Api.shell("one-act", "@every 1h", "true"));
        visitor.open("/ui/jobs/one-act");
        visitor.at("button:has-text('Disable')").click();
        assertThat(visitor.at(".planned")).containsText("does not fire until it is enabled");
        visitor.at("button:has-text('Enable')").click();
        assertThat(visitor.at(".firings li")).hasCount(5);
        visitor.at("button:has-text('Delete')").click();
        visitor.at("dialog input").fill("one-act");
        visitor.at("dialog button[type=submit]").click();
        assertThat(visitor.at("h1")).hasText("Jobs");
        assertThat(api.get("/v1/jobs/one-act").status()).isEqualTo(404);
    }
}
