package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.Node;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The frame around each page: ways to the others, search, and the keyboard. */
class ShellIT {
    private final Node server = Site.get().follower();
    private final Visitor visitor = new Visitor(server.url());

    @AfterEach
    void gone() {
        visitor.close();
    }

    private void press(String... keys) {
        for (String key : keys) {
            visitor.page.keyboard().press(key);
        }
    }

    private void opened(String path) {
        visitor.open(path);
        assertThat(visitor.at("#cluster")).containsText("live");
    }

    @Test
    void theRailLeadsToEachPageAndShowsWhereOneIs() {
        opened("/ui/nope");
        Map<String, String> pages =
                Map.of("/ui/", "Overview", "/ui/jobs", "Jobs", "/ui/cluster", "Cluster", "/ui/api", "API");
        pages.forEach((address, title) -> {
            visitor.at(".rail a[href='" + address + "']:not(.brand)").click();
            assertThat(visitor.at("h1")).hasText(title);
            assertThat(visitor.at(".rail a[aria-current=page]")).hasText(title);
            assertThat(visitor.page).hasTitle(title + " \u00b7 Dkron");
        });
    }

    @Test
    void theApiCanBeRead() {
        opened("/ui/api");
        assertThat(visitor.at("#op-createOrUpdateJob summary")).containsText("POST");
        visitor.at("input[type=search][aria-label^='Filter']").fill("post toggle");
        assertThat(visitor.at(".reference-bar [role=status]")).hasText("1 request");
        assertThat(visitor.at("#op-createOrUpdateJob")).isHidden();
        visitor.at("input[type=search][aria-label^='Filter']").fill("no such thing");
        assertThat(visitor.at(".none")).isVisible();
        visitor.at("input[type=search][aria-label^='Filter']").fill("");
        visitor.at("#op-createOrUpdateJob summary").click();
        visitor.at("#op-createOrUpdateJob a[href='#schema-Job']").first().click();
        assertThat(visitor.at("#schema-Job th:has-text('misfire_grace')")).isVisible();
        assertThat(visitor.page).hasURL(Pattern.compile(".*/ui/api#schema-Job$"));
        visitor.at(".reference-intro a").first().click();
        assertThat(visitor.at("body")).containsText("/v1/jobs/{job}/executions");
    }

    @Test
    void searchOnAnyPageFindsJobs() {
        opened("/ui/cluster");
        press("/");
        assertThat(visitor.at("#search")).isFocused();
        visitor.page.keyboard().type("reconcile");
        press("Enter");
        assertThat(visitor.page).hasURL(Pattern.compile(".*/ui/jobs\\?q=reconcile$"));
        assertThat(visitor.at("table.jobs tbody tr")).hasCount(1);
        assertThat(visitor.row(Shop.FAILED).locator(".chip")).hasText("failed");
        visitor.heardNoComplaint();
    }

    @Test
    void whoUsesKeysSkipsTheRail() {
        opened("/ui/");
        press("Tab");
        assertThat(visitor.at(".skip")).isFocused();
        assertThat(visitor.at(".skip")).isInViewport();
        press("Enter");
        assertThat(visitor.at("main")).isFocused();
        visitor.heardNoComplaint();
    }

    @Test
    void theHelpNamesTheKeysAndSwitchesThemOff() {
        opened("/ui/");
        visitor.at("#help").click();
        assertThat(visitor.at("dialog .keys")).containsText("Go to the jobs");
        visitor.at("dialog input[type=checkbox]").uncheck();
        visitor.at("dialog button[aria-label=Close]").click();
        assertThat(visitor.at("dialog")).hasCount(0);
        press("?", "g", "j");
        assertThat(visitor.at("dialog")).hasCount(0);
        visitor.page.reload();
        assertThat(visitor.at("#cluster")).containsText("live");
        press("g", "j");
        assertThat(visitor.page).hasURL(Pattern.compile(".*/ui/$"));
        visitor.at("#help").click();
        visitor.at("dialog input[type=checkbox]").check();
        press("Escape", "g", "j");
        assertThat(visitor.at("h1")).hasText("Jobs");
        assertThat(visitor.complaintsButRequests()).isEmpty();
    }
}
