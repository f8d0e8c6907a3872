package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Node;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The form of a job: made, checked while typed, changed by two at once, and never lost. */
class EditorIT {
    private static final String MARKUP = "<img src=x onerror=alert(1)>";
    private final Node server = Site.get().follower();
    private final Api api = server.api();
    private final Jobs jobs = new Jobs(api);
    private final Visitor visitor = new Visitor(server.url());

    @AfterEach
    void gone() {
        visitor.close();
        jobs.close();
        api.delete("/v1/jobs/form-made");
        api.delete("/v1/jobs/new");
    }

    private Locator field(String label) {
        return visitor.at("main :is(input, select, textarea)").and(labelled(label));
    }

    private Locator labelled(String label) {
        return visitor.page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
    }

    private Locator button(String words) {
        return visitor.page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(words).setExact(true));
    }

    /** What the server said of a field, beside it. */
    private Locator fault(String label) {
        return visitor.at(".f")
                .filter(new Locator.FilterOptions().setHas(labelled(label)))
                .locator(".fault");
    }

    private JsonNode stored(String name) {
        return api.get("/v1/jobs/" + name).json();
    }

    private void press(String keys) {
        visitor.page.keyboard().press(keys);
    }

    private void opened(String path) {
        visitor.open(path);
        assertThat(visitor.at(".editor-bar")).isVisible();
    }

    @Test
    void aJobIsMadeByTheFormAndRuns() {
        visitor.open("/ui/jobs");
        visitor.at(".new-job").click();
        assertThat(visitor.at("h1")).hasText("New job");
        assertThat(field("Name")).isFocused();
        visitor.page.keyboard().type("form-made");
        field("Schedule").fill("@manually");
        field("command").fill("echo made by a form; printenv WORD");
        field("shell").check();
        button("Add a tag").click();
        visitor.page.keyboard().type("role");
        press("Tab");
        visitor.page.keyboard().type("web");
        press("Tab");
        visitor.page.keyboard().type("1");
        assertThat(visitor.at(".group-where .preview")).containsText("1 member matches now, and all of them run it.");
        assertThat(visitor.at(".group-where .preview .chip")).hasText(Site.AGENT);
        Locator environment =
                visitor.at(".group-what .f").filter(new Locator.FilterOptions().setHasText("added to the environment"));
        environment
                .locator("button", new Locator.LocatorOptions().setHasText("Add"))
                .click();
        visitor.page.keyboard().type("WORD");
        press("Tab");
        visitor.page.keyboard().type("kept-secret");
        assertThat(environment.locator("input").last()).hasAttribute("type", "password");
        button("Add a processor").click();
        visitor.at(".steps .switch input").check();
        button("Save and run").click();
        visitor.page.waitForURL("**/ui/jobs/form-made");
        assertThat(visitor.at(".job-head .chip").first()).hasText("success");
        assertThat(visitor.at(".log")).containsText("made by a form");
        assertThat(visitor.at(".log")).containsText("kept-secret");
        JsonNode job = stored("form-made");
        Assertions.assertThat(job.get("tags").toString()).isEqualTo("{\"role\":\"web:1\"}");
        Assertions.assertThat(job.at("/executor_config/env").asText()).isEqualTo("WORD=kept-secret");
        Assertions.assertThat(job.get("processors")).hasSize(1);
        Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void faultsStandBesideTheirFieldsAndAboveThemAllAndNothingIsLost() {
        opened("/ui/jobs/new");
        field("Name").fill("Form Made");
        field("Time zone").fill("Mars/Base");
        assertThat(visitor.at(".summary")).isHidden();
        field("Owner").fill("somebody");
        assertThat(fault("Time zone")).containsText("unknown time zone Mars/Base");
        press("Control+s");
        assertThat(visitor.at(".summary")).isFocused();
        assertThat(visitor.at(".summary li")).hasCount(3);
        assertThat(fault("Name")).containsText("illegal character");
        assertThat(field("Name")).hasAttribute("aria-invalid", "true");
        visitor.findsItAccessible();
        visitor.photograph("editor-faults");
        visitor.at(".summary a")
                .filter(new Locator.FilterOptions().setHasText("Time zone"))
                .click();
        assertThat(field("Time zone")).isFocused();
        field("Time zone").fill("Europe/Berlin");
        field("Name").fill("form-made");
        field("Schedule").fill("0 0 3 * * *");
        assertThat(visitor.at(".summary")).isHidden();
        assertThat(visitor.at(".doubts")).containsText("no command");
        assertThat(field("Owner")).hasValue("somebody");

        jobs.manual("form-taken", "true");
        field("Name").fill("form-taken");
        press("Control+s");
        assertThat(fault("Name")).containsText("There is a job of that name already");
        Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void theScheduleIsShownInWordsWithItsFiringsWhileItIsTyped() {
        opened("/ui/jobs/new");
        field("Time zone").fill("Europe/Berlin");
        field("Schedule").fill("0 0 3 * * *");
        assertThat(visitor.at(".group-schedule .next li")).hasCount(6);
        assertThat(visitor.at(".group-schedule .next li").first()).containsText("03:00:00 there");
        assertThat(visitor.at(".preview-words")).containsText("Europe/Berlin");
        button("hourly").click();
        assertThat(field("Schedule")).hasValue("@hourly");
        assertThat(visitor.at(".group-schedule .next li").first()).containsText(Pattern.compile("\\d\\d:00:00 there"));
        field("Schedule").fill("0 0 3 * *");
        field("Schedule").blur();
        assertThat(visitor.at(".group-schedule .next li")).hasCount(0);
        assertThat(fault("Schedule")).not().isEmpty();
        field("Runs after").fill("another");
        assertThat(visitor.at(".group-schedule .preview")).containsText("after each success of another");
    }

    @Test
    void formAndJsonShowTheSameJob() {
        jobs.save(Api.shell("form-json", "@hourly", "echo 1"));
        opened("/ui/jobs/form-json/edit");
        field("Retries").fill("3");
        button("JSON").click();
        Locator text = field("The job as JSON");
        assertThat(text).hasValue(Pattern.compile("\"retries\": 3,"));
        text.fill(
                "{\"name\":\"form-json\",\"schedule\":\"@daily\",\"executor\":\"kafka\",\n \"executor_config\":{\"topic\":\"t\"},}");
        assertThat(visitor.at("#json-fault")).containsText("Line 2");
        button("Form").click();
        assertThat(text).isFocused();
        text.fill("{\"name\":\"form-json\",\"schedule\":\"@daily\",\"executor\":\"kafka\",\n"
                + " \"executor_config\":{\"topic\":\"t\"}, \"retries\":\"many\"}");
        assertThat(visitor.at(".summary")).containsText("Retries: must be a number");
        button("Form").click();
        assertThat(field("Retries")).hasValue("many");
        field("Retries").fill("");
        assertThat(field("Schedule")).hasValue("@daily");
        assertThat(field("Name of the executor")).hasValue("kafka");
        assertThat(field("Key, row 1")).hasValue("topic");
        field("Value, row 1").fill("changed");
        assertThat(visitor.at(".doubts")).containsText("no live member has executor kafka");
        press("Control+s");
        assertThat(visitor.at(".note")).containsText("no live member has executor kafka");
        JsonNode job = stored("form-json");
        Assertions.assertThat(job.at("/executor_config/topic").asText()).isEqualTo("changed");
        Assertions.assertThat(job.get("retries").asInt()).isZero();
        Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void ofTwoWhoChangeAJobNeitherIsOverwrittenUnasked() {
        ObjectNode job = Api.shell("form-two", "@hourly", "true");
        jobs.save(job);
        opened("/ui/jobs/form-two/edit");
        field("Retries").fill("3");
        field("Owner").fill("me");
        visitor.at(".editor-state").getByText("Changes are not saved yet").waitFor();
        jobs.save(job.put("owner", "they").put("displayname", "Theirs"));
        press("Control+s");
        Locator dialog = visitor.at("dialog");
        assertThat(dialog.locator("tbody tr")).hasCount(3);
        assertThat(dialog.locator("tbody tr").filter(new Locator.FilterOptions().setHasText("owner")))
                .containsText("both changed");
        visitor.findsItAccessible();
        visitor.photograph("editor-conflict");
        press("Escape");
        assertThat(visitor.at(".banner[role=alert]:not(.rollback)")).containsText("Somebody else changed this job");
        Assertions.assertThat(stored("form-two").get("owner").asText()).isEqualTo("they");
        button("Compare").click();
        button("Put theirs into mine").click();
        assertThat(field("Display name")).hasValue("Theirs");
        assertThat(field("Owner")).hasValue("me");
        button("Save").click();
        visitor.page.waitForURL("**/ui/jobs/form-two");
        JsonNode both = stored("form-two");
        Assertions.assertThat(both.get("retries").asInt()).isEqualTo(3);
        Assertions.assertThat(both.get("owner").asText()).isEqualTo("me");
        Assertions.assertThat(both.get("displayname").asText()).isEqualTo("Theirs");

        opened("/ui/jobs/form-two/edit");
        assertThat(visitor.at("#cluster")).containsText("live");
        field("Retries").fill("5");
        jobs.save(job.put("owner", "they again"));
        button("Compare").click();
        button("Save mine on top").click();
        visitor.page.waitForURL("**/ui/jobs/form-two");
        Assertions.assertThat(stored("form-two").get("owner").asText()).isEqualTo("me");

        opened("/ui/jobs/form-two/edit");
        assertThat(visitor.at("#cluster")).containsText("live");
        jobs.save(job.put("owner", "third"));
        assertThat(field("Owner")).hasValue("third");
    }

    @Test
    void nobodyLeavesUnsavedChangesUnasked() {
        jobs.save(Api.shell("form-leave", "@hourly", "true"));
        opened("/ui/jobs/form-leave/edit");
        field("Owner").fill("unsaved");
        visitor.at(".rail a[href='/ui/jobs']").click();
        assertThat(visitor.at("dialog")).containsText("Leave without saving?");
        button("Stay").click();
        assertThat(field("Owner")).hasValue("unsaved");

        AtomicInteger asked = new AtomicInteger();
        visitor.page.onDialog(dialog -> {
            Assertions.assertThat(dialog.type()).isEqualTo("beforeunload");
            asked.incrementAndGet();
            dialog.accept();
        });
        visitor.page.reload();
        Assertions.assertThat(asked).hasValue(1);
        assertThat(visitor.at(".banner[role=alert]:not(.rollback)")).containsText("was not saved");
        button("Take it up again").click();
        assertThat(field("Owner")).hasValue("unsaved");
        visitor.at(".editor-bar").getByText("Cancel").click();
        button("Leave").click();
        visitor.page.waitForURL("**/ui/jobs/form-leave");
        Assertions.assertThat(asked).hasValue(1);
        visitor.at(".actions").getByText("Edit").click();
        assertThat(field("Owner")).hasValue("");
        visitor.at(".rail .brand").click();
        assertThat(visitor.at("h1")).hasText("Overview");
    }

    @Test
    void aSaveWhoseAnswerIsLostIsSavedOnce() {
        jobs.save(Api.shell("form-lost", "@hourly", "true"));
        opened("/ui/jobs/form-lost/edit");
        field("Owner").fill("kept");
        visitor.page.route("**/v1/jobs/form-lost", route -> {
            if (route.request().method().equals("PUT")) {
                route.fetch(); // it arrives, the answer does not
                route.abort();
            } else {
                route.resume();
            }
        });
        press("Control+s");
        assertThat(visitor.at(".summary")).containsText("Nothing is lost");
        assertThat(field("Owner")).hasValue("kept");
        visitor.page.unroute("**/v1/jobs/form-lost");
        press("Control+s");
        visitor.page.waitForURL("**/ui/jobs/form-lost");
        Assertions.assertThat(api.get("/v1/jobs/form-lost").header("ETag")).contains("\"2\"");
    }

    @Test
    void textOfOthersStaysText() {
        ObjectNode job = Api.shell("form-hostile", "@hourly", "echo " + MARKUP);
        job.put("displayname", MARKUP + "\u202e").put("owner", "\"><svg onload=alert(3)>");
        job.putObject("metadata").put("<b>key</b>", MARKUP).put("__proto__", "x");
        job.putObject("tags").put("role", MARKUP);
        jobs.save(job);
        visitor.page.onDialog(dialog -> {
            dialog.dismiss();
            throw new AssertionError("a script of the job ran: " + dialog.message());
        });
        opened("/ui/jobs/form-hostile/edit");
        assertThat(field("Display name")).hasValue(MARKUP + "\u202e");
        assertThat(field("command")).hasValue("echo " + MARKUP);
        assertThat(visitor.at(".group-where .doubt")).containsText("No member matches now");
        assertThat(visitor.at(".editor-state")).hasText("As it is stored.");
        field("Executor").selectOption("*");
        field("Name of the executor").fill(MARKUP);
        assertThat(visitor.at(".doubts")).containsText(MARKUP);
        Assertions.assertThat(visitor.at("main img, main svg[onload], main b").count())
                .isZero();
        visitor.needsNoSidewaysScrolling();
        Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
        field("Executor").selectOption("shell");
        assertThat(field("command")).hasValue("echo " + MARKUP);
        assertThat(visitor.at(".editor-state")).hasText("As it is stored.");
    }

    @Test
    void aJobNamedNewIsReachedByItsLinks() {
        jobs.manual("new", "true");
        visitor.open("/ui/jobs?q=new");
        visitor.at(".job-name[href='/ui/jobs/new/']").click(); // not that of the newsletter
        visitor.page.waitForURL("**/ui/jobs/new/");
        assertThat(visitor.at("h1")).hasText("new");
        visitor.at(".actions").getByText("Edit").click();
        assertThat(visitor.at("h1")).hasText("Edit new");
        visitor.at(".crumbs a").last().click();
        assertThat(visitor.at("h1")).hasText("new");
        String file = visitor.page
                .waitForDownload(
                        () -> visitor.at(".actions").getByText("Export").click())
                .suggestedFilename();
        Assertions.assertThat(file).isEqualTo("new.json");
        visitor.at(".actions").getByText("Copy").click();
        assertThat(visitor.at("h1")).hasText("New job");
        assertThat(field("command")).hasValue("true");
        assertThat(field("Name")).hasValue("");
        Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void rowsAreTakenAwayShownAndMoved() {
        ObjectNode job = Api.shell("form-rows", "@hourly", "true");
        ((ObjectNode) job.get("executor_config")).put("env", "ONE=first,TWO=second");
        job.putObject("tags").put("role", "web").put("dc", "dc1");
        ObjectNode processors = job.putObject("processors");
        processors.putObject("log").put("forward", "true");
        processors.putObject("files").put("forward", "true");
        jobs.save(job);
        opened("/ui/jobs/form-rows/edit");
        Locator secret = visitor.at(".group-what .pairs-row input").nth(1);
        assertThat(secret).hasAttribute("type", "password");
        button("Show env").click();
        assertThat(secret).hasAttribute("type", "text");
        assertThat(secret).hasValue("first");
        visitor.at(".group-what").locator("button[aria-label='Remove ONE']").click();
        visitor.at(".group-where").locator("button[aria-label='Remove dc']").click();
        assertThat(visitor.at(".step-head").first()).containsText("log");
        button("Move files up").click();
        assertThat(visitor.at(".step-head").first()).containsText("files");
        assertThat(button("Move files up")).isDisabled();
        button("Remove log").click();
        assertThat(visitor.at(".step")).hasCount(1);
        button("Save").click();
        visitor.page.waitForURL("**/ui/jobs/form-rows");
        JsonNode stored = stored("form-rows");
        Assertions.assertThat(stored.at("/executor_config/env").asText()).isEqualTo("TWO=second");
        Assertions.assertThat(stored.get("tags").toString()).isEqualTo("{\"role\":\"web\"}");
        Assertions.assertThat(stored.get("processors").fieldNames())
                .toIterable()
                .containsExactly("files");
        Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void aDraftIsExportedAndCancelledWithoutATrace() {
        jobs.save(Api.shell("form-export", "@hourly", "true"));
        opened("/ui/jobs/form-export/edit");
        field("Owner").fill("nobody yet");
        button("JSON").click();
        visitor.findsItAccessible();
        String file =
                visitor.page.waitForDownload(() -> button("Export").click()).suggestedFilename();
        Assertions.assertThat(file).isEqualTo("form-export.json");
        visitor.at(".editor-bar").getByText("Cancel").click();
        button("Leave").click();
        visitor.page.waitForURL("**/ui/jobs/form-export");
        Assertions.assertThat(stored("form-export").get("owner").asText()).isEmpty();
        opened("/ui/jobs/form-export/edit");
        assertThat(field("Owner")).hasValue("");
        assertThat(visitor.at(".banner[role=alert]:not(.rollback)")).hasCount(0);
        Assertions.assertThat(visitor.complaintsButRequests()).isEmpty();
    }
}
