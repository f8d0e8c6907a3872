package io.dkron.tests.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The system's Chromium, started on first use and stopped with the test process. Playwright belongs to the thread that
 * made it: tests run one after the other.
 */
final class Chromium {
    private static final int GIVE_UP_MS = 20_000;
    private static Browser browser;

    private Chromium() {}

    static synchronized Browser get() {
        if (browser == null) {
            PlaywrightAssertions.setDefaultAssertionTimeout(GIVE_UP_MS);
            Playwright playwright = Playwright.create();
            browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(executable())
                            .setHeadless(true)
                            .setArgs(List.of(
                                    "--no-sandbox",
                                    "--disable-gpu",
                                    "--disable-quic",
                                    "--no-first-run",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--disable-sync")));
        }
        return browser;
    }

    private static Path executable() {
        Stream<String> places = Stream.concat(
                Optional.ofNullable(System.getenv("DKRON_TEST_CHROMIUM")).stream(),
                Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"));
        return places.map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no Chromium found: install the package chromium, or name one by DKRON_TEST_CHROMIUM"));
    }
}
