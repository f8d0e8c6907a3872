package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.dkron.tests.support.DkronProcess;
import io.dkron.tests.support.SharedServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every page in every size and colour: readable for all, no complaint of the browser, no sideways scrolling. */
class PagesIT {
    private final DkronProcess server = SharedServer.get();
    private final Jobs jobs = new Jobs(server.api());

    @BeforeEach
    void someHistory() {
        jobs.manual("pages-good", "echo all is well");
        jobs.manual("pages-bad", "echo tar: disk full; exit 3");
        jobs.save(io.dkron.tests.support.Api.shell("pages-later", "@every 1h", "true"));
        jobs.save(io.dkron.tests.support.Api.shell("pages-after", "", "true").put("parent_job", "pages-good"));
        for (int i = 0; i < 3; i++) {
            jobs.run("pages-good");
            jobs.run("pages-bad");
        }
    }

    @AfterEach
    void gone() {
        jobs.close();
    }

    @ParameterizedTest
    @CsvSource({"390,LIGHT", "390,DARK", "1024,LIGHT", "1024,DARK", "1920,LIGHT", "1920,DARK"})
    void eachPageIsWell(int width, ColorScheme scheme) {
        String run = server.api().executions("pages-bad").get(0).get("id").asText();
        try (Visitor visitor = new Visitor(server.url(), width, scheme)) {
            String suffix = "-" + width + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT);
            visitor.open("/ui/");
            assertThat(visitor.at(".row").first()).isVisible();
            isWell(visitor, "overview" + suffix);
            visitor.open("/ui/jobs");
            assertThat(visitor.row("pages-good")).isVisible();
            isWell(visitor, "jobs" + suffix);
            visitor.open("/ui/cluster");
            assertThat(visitor.at("table.members tbody tr").first()).isVisible();
            isWell(visitor, "cluster" + suffix);
            visitor.open("/ui/jobs/pages-bad");
            assertThat(visitor.at(".log .line").first()).isVisible();
            isWell(visitor, "job" + suffix);
            if ((scheme == ColorScheme.DARK) == (width == 390)) { // once in each size is enough for the other tabs
                visitor.open("/ui/jobs/pages-bad?tab=definition");
                assertThat(visitor.at(".definition .json")).isVisible();
                isWell(visitor, "definition" + suffix);
                visitor.open("/ui/jobs/pages-good?tab=chain");
                assertThat(visitor.at(".chain-node").nth(1)).isVisible();
                isWell(visitor, "chain" + suffix);
            }
            visitor.open("/ui/jobs/pages-bad/runs/" + run);
            assertThat(visitor.at(".log .line").first()).isVisible();
            isWell(visitor, "execution" + suffix);
        }
    }

    private static void isWell(Visitor visitor, String name) {
        assertThat(visitor.at("#cluster")).containsText("live");
        visitor.photograph(name);
        visitor.needsNoSidewaysScrolling();
        visitor.findsItAccessible();
        visitor.heardNoComplaint();
    }

    @Test
    void theOverviewAnswersAtAGlance() {
        try (Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/");
            assertThat(visitor.at(".state-line")).containsText("healthy");
            assertThat(visitor.at(".state-line")).containsText("leader node1");
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
            assertThat(visitor.page).hasURL(java.util.regex.Pattern.compile(".*range=1h"));
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
            jobs.save(io.dkron.tests.support.Api.shell("pages-often", "@every 1s", "true"));
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
