package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pictures of docs/dashboard.md. With {@code -Ddkron.write=true} they are put there, else beside the test reports. */
class PicturesIT {
    private static final long MOST_BYTES = 1_500_000;
    private static final Path PAGE = Distribution.root().resolve("docs/dashboard.md");
    private static final Path KEPT = Distribution.root().resolve("docs/images");
    private static Api api;
    private static String running;

    /** @param ready what is there once the page is */
    private record Picture(String name, String page, String ready, int width, int height, ColorScheme colours) {}

    @BeforeAll
    static void somethingRuns() {
        api = Site.get().api();
        running = Running.start(api, Shop.CHAINED);
    }

    @AfterAll
    static void nothingRuns() {
        Running.stop(api, Shop.CHAINED, running);
    }

    private static List<Picture> pictures() {
        String failed = api.executions(Shop.FAILED).get(0).get("id").asText();
        String job = "/ui/jobs/" + Shop.FAILED;
        return List.of(
                new Picture("overview", "/ui/", ".dot-of-run", 1280, 1010, ColorScheme.LIGHT),
                new Picture("overview-dark", "/ui/", ".dot-of-run", 1280, 1010, ColorScheme.DARK),
                new Picture("jobs", "/ui/jobs", "table.jobs tbody tr", 1280, 760, ColorScheme.LIGHT),
                new Picture("jobs-dark", "/ui/jobs", "table.jobs tbody tr", 1280, 760, ColorScheme.DARK),
                new Picture("job", job, ".log .line", 1280, 900, ColorScheme.LIGHT),
                new Picture("execution", job + "/runs/" + failed, ".log .line", 1280, 900, ColorScheme.DARK),
                new Picture(
                        "chain",
                        "/ui/jobs/" + Shop.CHAINED + "?tab=chain",
                        ".chain-node",
                        1440,
                        500,
                        ColorScheme.LIGHT),
                new Picture(
                        "editor",
                        "/ui/jobs/" + Shop.RICH + "/edit",
                        ".group-schedule .next li",
                        1440,
                        1180,
                        ColorScheme.LIGHT),
                new Picture("cluster", "/ui/cluster", "table.members tbody tr", 1280, 960, ColorScheme.DARK),
                new Picture("phone", "/ui/", ".dot-of-run", 390, 844, ColorScheme.DARK));
    }

    @Test
    void thePicturesAreTakenOfARunningCluster() throws IOException {
        Path folder = Boolean.getBoolean("dkron.write")
                ? KEPT
                : Distribution.root().resolve("dkron-tests/target/screenshots/docs");
        Files.createDirectories(folder);
        String url = Site.get().follower().url();
        for (Picture picture : pictures()) {
            try (Visitor visitor = new Visitor(url, picture.width(), picture.colours(), "Europe/Berlin")) {
                visitor.page.setViewportSize(picture.width(), picture.height());
                visitor.open(picture.page());
                assertThat(visitor.at(picture.ready()).first()).isVisible();
                assertThat(visitor.at("#cluster")).containsText("live");
                visitor.page.screenshot(new Page.ScreenshotOptions().setPath(folder.resolve(picture.name() + ".png")));
                visitor.heardNoComplaint();
            }
        }
        assertThat(pictures())
                .allSatisfy(p -> assertThat(folder.resolve(p.name() + ".png")).isNotEmptyFile());
    }

    @Test
    void thePageShowsThePicturesThatAreTaken() throws IOException {
        Map<String, Long> kept = new TreeMap<>();
        try (var files = Files.list(KEPT)) {
            for (Path file : files.toList()) {
                kept.put(file.getFileName().toString(), Files.size(file));
            }
        }
        TreeSet<String> taken = new TreeSet<>();
        pictures().forEach(p -> taken.add(p.name() + ".png"));
        TreeSet<String> shown = new TreeSet<>();
        Matcher matcher = Pattern.compile("images/([a-z-]+\\.png)").matcher(Files.readString(PAGE));
        while (matcher.find()) {
            shown.add(matcher.group(1));
        }
        assertThat(shown).as("shown in " + PAGE).isEqualTo(taken);
        assertThat(kept.keySet()).as("run with -Ddkron.write=true").isEqualTo(taken);
        assertThat(kept.values().stream().mapToLong(Long::longValue).sum()).isLessThan(MOST_BYTES);
    }
}
