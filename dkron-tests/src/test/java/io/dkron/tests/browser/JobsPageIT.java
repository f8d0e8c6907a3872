package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Node;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The list of jobs: find, filter, sort, page, act; by mouse and by keyboard. */
class JobsPageIT {
    private final Node server = Site.get().follower();
    private final Api api = server.api();
    private final Jobs jobs = new Jobs(api);
    private final Visitor visitor = new Visitor(server.url());

    @BeforeEach
    void threeJobs() {
        jobs.manual("list-a", "echo a");
        jobs.manual("list-b", "echo b; exit 1");
        jobs.save(Api.shell("list-c", "0 0 3 * * *", "echo c").put("owner", "Data"));
        jobs.run("list-b");
    }

    @AfterEach
    void gone() {
        visitor.close();
        jobs.close();
    }

    private Locator rows() {
        return visitor.at("table.jobs tbody tr");
    }

    @Test
    void searchAndFiltersAreTheAddress() {
        visitor.open("/ui/jobs?q=list-");
        assertThat(rows()).hasCount(3);
        visitor.at("select[aria-label=Status]").selectOption("failed");
        assertThat(rows()).hasCount(1);
        assertThat(visitor.row("list-b")).isVisible();
        assertThat(visitor.page).hasURL(Pattern.compile("q=list-&status=failed"));
        visitor.page.reload();
        assertThat(rows()).hasCount(1);
        visitor.page.goBack();
        assertThat(rows()).hasCount(3);
        visitor.at(".main-search").fill("list-c");
        assertThat(rows()).hasCount(1);
        visitor.at("text=Clear").click();
        assertThat(visitor.page).hasURL(Pattern.compile("/ui/jobs$"));
        visitor.heardNoComplaint();
    }

    @Test
    void sortingIsTheServers() {
        visitor.open("/ui/jobs?q=list-&sort=-name");
        assertThat(rows().first()).containsText("list-c");
        visitor.at("th.c-name button").click();
        assertThat(rows().first()).containsText("list-a");
        assertThat(visitor.at("th.c-name")).hasAttribute("aria-sort", "ascending");
    }

    @Tag("F70")
    @Test
    void fiftyToAPage() {
        for (int i = 0; i < 60; i++) {
            jobs.manual(String.format("paged-%02d", i), "true");
        }
        visitor.open("/ui/jobs?q=paged-");
        assertThat(rows()).hasCount(50);
        visitor.at(".pages a[aria-label='Page 2']").click();
        assertThat(rows()).hasCount(10);
        assertThat(visitor.row("paged-59")).isVisible();
        visitor.at(".pages a").first().click();
        assertThat(rows()).hasCount(50);
        visitor.at(".pages a").last().click();
        assertThat(rows()).hasCount(10);
        visitor.findsItAccessible();
    }

    @Tag("F71")
    @Test
    void aRunShowsItselfInItsRow() {
        visitor.open("/ui/jobs?q=list-a");
        assertThat(visitor.row("list-a").locator(".chip")).hasText("never ran");
        visitor.row("list-a").locator("button[aria-label='Run list-a now']").click();
        assertThat(visitor.at(".note")).containsText("Started list-a");
        assertThat(visitor.row("list-a").locator(".chip")).hasText("success");
        assertThat(visitor.row("list-a").locator(".cell.is-success")).hasCount(1);
        visitor.heardNoComplaint();
    }

    @Test
    void aFiringElsewhereShowsItselfToo() {
        visitor.open("/ui/jobs?q=list-b");
        assertThat(visitor.at("#cluster")).containsText("live");
        assertThat(visitor.row("list-b").locator(".cell.is-failed")).hasCount(1);
        jobs.run("list-b");
        assertThat(visitor.row("list-b").locator(".cell.is-failed")).hasCount(2);
    }

    @Tag("F72")
    @Test
    void togglingThirtyTimesInARowLosesNone() {
        visitor.open("/ui/jobs?q=list-c");
        Locator button = visitor.row("list-c").locator(".c-actions button").nth(1);
        for (int i = 1; i <= 30; i++) {
            button.click();
            assertThat(button).hasAttribute("aria-label", i % 2 == 1 ? "Enable list-c" : "Disable list-c");
        }
        assertThat(api.job("list-c").get("disabled").asBoolean()).isFalse();
        assertThat(visitor.row("list-c").locator(".c-next")).containsText("in ");
    }

    @Test
    void whatOthersToggleIsSeen() {
        visitor.open("/ui/jobs?q=list-c");
        assertThat(visitor.at("#cluster")).containsText("live");
        assertThat(visitor.row("list-c").locator(".c-next")).containsText("in ");
        api.post("/v1/jobs/list-c/toggle");
        assertThat(visitor.row("list-c").locator(".c-next")).hasText("disabled");
    }

    @Test
    void deletingAsksForTheName() {
        visitor.open("/ui/jobs?q=list-");
        visitor.row("list-a").locator("button[aria-label='Delete list-a']").click();
        assertThat(visitor.at("dialog")).containsText("list-a");
        visitor.findsItAccessible();
        assertThat(visitor.at("dialog button[type=submit]")).isDisabled();
        visitor.at("dialog input").fill("list-b");
        assertThat(visitor.at("dialog button[type=submit]")).isDisabled();
        visitor.at("dialog input").fill("list-a");
        visitor.at("dialog button[type=submit]").click();
        assertThat(rows()).hasCount(2);
        await("the job to be gone").until(() -> api.get("/v1/jobs/list-a").status() == 404);
        visitor.heardNoComplaint();
    }

    @Test
    void escapeDeletesNothing() {
        visitor.open("/ui/jobs?q=list-");
        visitor.row("list-a").locator("button[aria-label='Delete list-a']").click();
        visitor.at("dialog input").fill("list-a");
        visitor.page.keyboard().press("Escape");
        assertThat(visitor.at("dialog")).hasCount(0);
        assertThat(api.get("/v1/jobs/list-a").status()).isEqualTo(200);
    }

    @Test
    void whatIsRefusedSaysWhy() {
        visitor.open("/ui/jobs?q=list-c");
        visitor.row("list-c")
                .first()
                .locator("button[aria-label='Delete list-c']")
                .click();
        assertThat(visitor.at("dialog")).isVisible();
        // It follows only now: of one that followed before the dialog would have asked.
        jobs.save(Api.shell("list-child", "", "true").put("parent_job", "list-c"));
        visitor.at("dialog input[type=text]").fill("list-c");
        visitor.at("dialog button[type=submit]").click();
        assertThat(visitor.at(".note.is-failed")).containsText("Could not delete list-c");
        assertThat(visitor.complaintsButRequests()).isEmpty();
        api.delete("/v1/jobs/list-child");
    }

    @Test
    void theKeyboardDoesIt() {
        visitor.open("/ui/jobs");
        assertThat(rows().first()).isVisible();
        visitor.page.keyboard().press("/");
        visitor.page.keyboard().type("list-");
        assertThat(rows()).hasCount(3);
        visitor.at("main").focus();
        visitor.page.keyboard().press("j");
        visitor.page.keyboard().press("j");
        visitor.page.keyboard().press("k");
        assertThat(visitor.at(".job-name:focus")).hasText("list-a");
        visitor.page.keyboard().press("t");
        assertThat(visitor.row("list-a").locator(".c-next")).hasText("disabled");
        visitor.page.keyboard().press("t");
        assertThat(visitor.row("list-a").locator(".c-next")).not().hasText("disabled");
        visitor.page.keyboard().press("r");
        assertThat(visitor.row("list-a").locator(".chip")).hasText("success");
        visitor.page.keyboard().press("?");
        assertThat(visitor.at("dialog")).containsText("Keyboard");
        visitor.findsItAccessible();
        visitor.page.keyboard().press("Escape");
        visitor.at(".job-name").first().focus();
        visitor.page.keyboard().press("Enter");
        assertThat(visitor.at("h1")).hasText("list-a");
        assertThat(visitor.at("#cluster")).containsText("live");
        visitor.page.keyboard().press("g");
        visitor.page.keyboard().press("j");
        assertThat(visitor.at("h1")).hasText("Jobs");
        assertThat(visitor.at("#cluster")).containsText("live");
        visitor.page.keyboard().press("g");
        visitor.page.keyboard().press("o");
        assertThat(visitor.at("h1")).hasText("Overview");
    }

    @Test
    void lastResultsAreOneTabStopWithArrows() {
        jobs.run("list-b");
        visitor.open("/ui/jobs?q=list-b");
        Locator cells = visitor.row("list-b").locator(".cells");
        assertThat(visitor.row("list-b").locator(".cell.is-failed")).hasCount(2);
        cells.focus();
        assertThat(cells).hasAttribute("aria-valuenow", "1");
        visitor.page.keyboard().press("ArrowLeft");
        assertThat(cells).hasAttribute("aria-valuenow", "0");
        assertThat(cells).hasAttribute("aria-valuetext", Pattern.compile("failed, \\d\\d:\\d\\d:\\d\\d"));
        visitor.page.keyboard().press("Enter");
        assertThat(visitor.page).hasURL(Pattern.compile("/ui/jobs/list-b\\?group=\\d+"));
        assertThat(visitor.at(".history tr.picked")).hasCount(1);
    }

    @Test
    void eachColumnWithAnOrderSortsBothWays() {
        visitor.open("/ui/jobs?q=list-");
        for (String column : List.of("status", "schedule", "next", "owner", "name")) {
            Locator head = visitor.at("th.c-" + column);
            head.locator("button").click();
            assertThat(head).hasAttribute("aria-sort", "ascending");
            assertThat(visitor.page).hasURL(Pattern.compile(column.equals("name") ? "q=list-$" : "sort=" + column));
            head.locator("button").click();
            assertThat(head).hasAttribute("aria-sort", "descending");
            assertThat(visitor.page).hasURL(Pattern.compile("sort=-" + column));
            assertThat(rows()).hasCount(3);
        }
        assertThat(rows().first()).containsText("list-c");
        visitor.heardNoComplaint();
    }

    @Test
    void whatIsSwitchedOffIsFilteredAndEscapeForgetsTheSearch() {
        api.post("/v1/jobs/list-c/toggle");
        visitor.open("/ui/jobs?q=list-");
        visitor.at("select[aria-label='Enabled or disabled']").selectOption("true");
        assertThat(rows()).hasCount(1);
        assertThat(visitor.row("list-c").locator(".c-next")).hasText("disabled");
        assertThat(visitor.page).hasURL(Pattern.compile("q=list-&disabled=true"));
        visitor.at("select[aria-label='Enabled or disabled']").selectOption("false");
        assertThat(rows()).hasCount(2);
        visitor.at(".main-search").focus();
        visitor.page.keyboard().press("Escape");
        assertThat(visitor.at(".main-search")).hasValue("");
        assertThat(visitor.page).hasURL(Pattern.compile("/ui/jobs\\?disabled=false$"));
        assertThat(visitor.row("orders-import")).isVisible();
        visitor.page.keyboard().press("n");
        assertThat(visitor.at("h1")).hasText("New job");
        assertThat(visitor.complaintsButRequests()).isEmpty();
    }

    @Test
    void nothingFoundSaysSo() {
        visitor.open("/ui/jobs?q=list-nothing");
        assertThat(visitor.at(".empty")).containsText("No job matches");
        visitor.findsItAccessible();
    }
}
