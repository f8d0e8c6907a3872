package io.dkron.tests.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.dkron.tests.support.Distribution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Somebody with a browser window of their own; hears every complaint that the browser makes. */
final class Visitor implements AutoCloseable {
    private static final String COUNT_VIOLATIONS = "addEventListener('securitypolicyviolation', "
            + "e => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))";
    private static final List<String> LEVELS = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

    final Page page;
    private final String base;
    private final BrowserContext context;
    private final List<String> complaints = new ArrayList<>();

    Visitor(String base) {
        this(base, 1280, ColorScheme.LIGHT);
    }

    Visitor(String base, int width, ColorScheme scheme) {
        this(base, width, scheme, "America/New_York");
    }

    /** @param zone of the visitor's clock */
    Visitor(String base, int width, ColorScheme scheme, String zone) {
        this.base = base;
        context = Chromium.get()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(width, width < 640 ? 844 : width > 1600 ? 1080 : 800)
                        .setColorScheme(scheme)
                        .setLocale("en-GB")
                        .setTimezoneId(zone));
        context.addInitScript(COUNT_VIOLATIONS);
        page = context.newPage();
        page.setDefaultTimeout(20_000);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(error -> complaints.add("uncaught: " + error));
    }

    /** Goes to an address below the server. */
    Visitor open(String path) {
        page.navigate(base + path);
        return this;
    }

    Locator at(String selector) {
        return page.locator(selector);
    }

    /** The row of a job in the list. */
    Locator row(String job) {
        return page.locator("table.jobs tbody tr")
                .filter(new Locator.FilterOptions()
                        .setHas(page.locator(".job-name", new Page.LocatorOptions().setHasText(job))));
    }

    /** Nothing was blocked by the policy, nothing was thrown, nothing was reported as an error. */
    void heardNoComplaint() {
        assertThat(complaints).isEmpty();
    }

    /** The browser will complain of a request that fails; such complaints are expected from here on. */
    void forgetComplaints() {
        complaints.clear();
    }

    /** Complaints so far, but for requests that were answered with an error or not at all. */
    List<String> complaintsButRequests() {
        return complaints.stream()
                .filter(c -> !c.startsWith("Failed to load resource"))
                .toList();
    }

    /** No violation of level A or AA. */
    void findsItAccessible() {
        List<Rule> violations = new AxeBuilder(page).withTags(LEVELS).analyze().getViolations();
        assertThat(violations.stream().map(v -> v.getId() + ": " + v.getNodes()).toList())
                .as(page.url())
                .isEmpty();
    }

    /** The page is not wider than the window. */
    void needsNoSidewaysScrolling() {
        assertThat(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
                .as(page.url())
                .isEqualTo(0);
    }

    /** The colours that the system asks for, from now on. */
    Visitor likes(ColorScheme scheme) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        return this;
    }

    /** Keeps a picture of the window beside the test reports. */
    void photograph(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(kept(name)));
    }

    /** Keeps a picture of the whole page, however long it is. */
    void photographAll(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(kept(name)).setFullPage(true));
    }

    private static Path kept(String name) {
        return Distribution.root().resolve("dkron-tests/target/screenshots").resolve(name + ".png");
    }

    @Override
    public void close() {
        context.close();
    }
}
