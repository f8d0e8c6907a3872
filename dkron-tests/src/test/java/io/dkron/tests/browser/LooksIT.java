package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.dkron.tests.support.Api;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every page in every size and colour: readable for all, no complaint of the browser, no sideways scrolling. */
class LooksIT {
    private static Api api;
    private static String id;

    @BeforeAll
    static void somethingRuns() {
        api = Site.get().api();
        id = Running.start(api, Shop.CHAINED);
    }

    @AfterAll
    static void nothingRuns() {
        Running.stop(api, Shop.CHAINED, id);
    }

    @ParameterizedTest
    @ValueSource(ints = {390, 1024, 1920})
    void eachPageIsWell(int width) {
        String failed = api.executions(Shop.FAILED).get(0).get("id").asText();
        List<String> pages = List.of(
                "overview /ui/ .dot-of-run",
                "jobs /ui/jobs table.jobs tbody tr",
                "cluster /ui/cluster table.members tbody tr",
                "api /ui/api#op-createOrUpdateJob #op-createOrUpdateJob .reference-table tr",
                "job /ui/jobs/" + Shop.FAILED + " .log .line",
                "job-of-all /ui/jobs/" + Shop.EVERYWHERE + " .log .line",
                "definition /ui/jobs/" + Shop.RICH + "?tab=definition .definition .json",
                "chain /ui/jobs/" + Shop.CHAINED + "?tab=chain .chain-node",
                "execution /ui/jobs/" + Shop.FAILED + "/runs/" + failed + " .log .line",
                "editor-new /ui/jobs/new .editor-form .preview .muted",
                "editor-edit /ui/jobs/" + Shop.RICH + "/edit .group-schedule .next li",
                "nowhere /ui/nope h1");
        try (Visitor visitor = new Visitor(Site.get().follower().url(), width, ColorScheme.LIGHT, "Europe/Berlin")) {
            for (String page : pages) {
                String[] parts = page.split(" ", 3);
                String name = parts[0];
                visitor.open(parts[1]);
                assertThat(visitor.at(parts[2]).first()).isVisible();
                assertThat(visitor.at("#cluster")).containsText("live");
                for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
                    visitor.likes(scheme);
                    visitor.photographAll(
                            name + "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT));
                    visitor.findsItAccessible();
                }
                visitor.needsNoSidewaysScrolling();
                Assertions.assertThat(visitor.complaintsButRequests()).as(name).isEmpty();
            }
        }
    }
}
