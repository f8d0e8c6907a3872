package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import io.dkron.tests.support.Api;
import io.dkron.tests.support.Node;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The overview, and addresses that are no page. */
class PagesIT {
    private final Node server = Site.get().follower();
    private final Jobs jobs = new Jobs(server.api());

    @BeforeEach
    void someHistory() {
        jobs.manual("pages-good", "echo all is well");
        jobs.manual("pages-bad", "echo tar: disk full; exit 3");
        jobs.save(Api.shell("pages-later", "@every 1h", "true"));
        jobs.save(Api.shell("pages-after", "", "true").put("parent_job", "pages-good"));
        for (int i = 0; i < 3; i++) {
            jobs.run("pages-good");
            jobs.run("pages-bad");
        }
    }

    @AfterEach
    void gone() {
        jobs.close();
    }

    @Test
    void theOverviewAnswersAtAGlance() {
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/");
            assertThat(visitor.at(".state-line")).containsText("healthy");
            assertThat(visitor.at(".state-line"))
                    .containsText("leader " + Site.get().leader());
            assertThat(visitor.at(".state-line")).containsText("store embedded");
            assertThat(visitor.at("section[aria-labelledby=h-failed]")).containsText("pages-bad");
            assertThat(visitor.at("section[aria-labelledby=h-failed]")).containsText("disk full");
            assertThat(visitor.at("section[aria-labelledby=h-next]")).containsText("pages-later");
            assertThat(visitor.at(".legend")).containsText("failed");
            assertThat(visitor.at("section[aria-labelledby=h-results] .result.is-failed")
                            .first())
                    .isVisible();
            assertThat(visitor.at("section[aria-labelledby=h-results] .count")).containsText("runs succeeded");
            visitor.at(".ranges button:has-text('1 h')").click();
            assertThat(visitor.page).hasURL(Pattern.compile(".*range=1h"));
            assertThat(visitor.at(".ranges button[aria-pressed=true]")).hasText("1 h");
            visitor.heardNoComplaint();
        }
    }

    @Test
    void theDelayOfARunIsSeenOnceItStarts() {
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/");
            assertThat(visitor.at("#cluster")).containsText("live");
            int before = visitor.at(".dot-of-run").count();
            jobs.save(Api.shell("pages-often", "@every 1s", "true"));
            assertThat(visitor.at(".dot-of-run").nth(before)).isVisible();
            assertThat(visitor.at("section[aria-labelledby=h-delay] .count")).containsText("p95");
            visitor.heardNoComplaint();
        }
    }

    @Test
    void theOverviewFollowsWhatHappens() {
        jobs.manual("pages-long", "sleep 4; echo late trouble; exit 1");
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/");
            assertThat(visitor.at("#cluster")).containsText("live");
            server.api().post("/v1/jobs/pages-long/run", "", "Prefer", "respond-async");
            assertThat(visitor.at("section[aria-labelledby=h-running]")).containsText("pages-long");
            assertThat(visitor.at("section[aria-labelledby=h-failed]")).containsText("pages-long");
            assertThat(visitor.at("section[aria-labelledby=h-running]")).not().containsText("pages-long");
            visitor.heardNoComplaint();
        }
    }

    @Test
    void eachEntryLeadsToWhatItTellsOf() {
        jobs.manual("pages-now", "sleep 60");
        String running = Running.begin(server.api(), "pages-now");
        try (Visitor visitor = new Visitor(server.url())) {
            leads(visitor, ".legend a.is-failed", "/ui/jobs\\?status=failed");
            assertThat(visitor.row(Shop.FAILED)).isVisible();
            leads(visitor, ".jobs-panel .panel-head a", "/ui/jobs");
            leads(visitor, ".state-line a", "/ui/cluster");
            leads(visitor, "section[aria-labelledby=h-running] a:has-text('pages-now')", "/ui/jobs/pages-now/runs/.+");
            assertThat(visitor.at(".page-head .chip")).hasText("running");
            leads(visitor, "section[aria-labelledby=h-failed] a:has-text('pages-bad')", "/ui/jobs/pages-bad/runs/.+");
            leads(visitor, "section[aria-labelledby=h-next] a:has-text('orders-import')", "/ui/jobs/orders-import");
            visitor.heardNoComplaint();
        } finally {
            Running.stop(server.api(), "pages-now", running);
        }
    }

    /** Clicks that in the overview, and is where the pattern says. */
    private static void leads(Visitor visitor, String selector, String where) {
        visitor.open("/ui/");
        assertThat(visitor.at("#cluster")).containsText("live");
        visitor.at(selector).first().click();
        assertThat(visitor.page).hasURL(Pattern.compile(".*" + where + "$"));
    }

    @Test
    void anUnknownAddressSaysSo() {
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/nope");
            assertThat(visitor.at("h1")).hasText("There is no such page");
            visitor.findsItAccessible();
        }
    }

    @Test
    void theOldDashboardsBookmarksLeadToTheirPages() {
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/#/jobs/pages-good/show");
            assertThat(visitor.at("h1")).hasText("pages-good");
        }
    }
}
