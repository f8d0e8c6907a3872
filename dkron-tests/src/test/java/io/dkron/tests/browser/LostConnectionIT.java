package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.DkronProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that goes away takes nothing from the screen, and the page heals when it is back. */
class LostConnectionIT {
    @Test
    void theBannerComesAndGoesWithoutAReload(@TempDir Path base) {
        try (DkronProcess server = DkronProcess.in(base).start();
                Visitor visitor = new Visitor(server.url())) {
            Jobs jobs = new Jobs(server.api());
            jobs.manual("before", "true");
            visitor.open("/ui/jobs");
            assertThat(visitor.row("before")).isVisible();
            assertThat(visitor.at("#cluster")).containsText("live");
            visitor.page.evaluate("window.notReloaded = true");
            server.kill();
            assertThat(visitor.at("#banner")).containsText("Connection lost");
            assertThat(visitor.row("before")).isVisible();
            server.start();
            jobs.manual("after", "true");
            assertThat(visitor.at("#banner")).isHidden();
            assertThat(visitor.row("after")).isVisible();
            assertThat(visitor.page.evaluate("window.notReloaded")).isEqualTo(true);
            assertThat(visitor.complaintsButRequests()).isEmpty();
        }
    }

    @Test
    void anEmptyServerSaysHowToBegin(@TempDir Path base) {
        try (DkronProcess server = DkronProcess.in(base).start();
                Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/jobs");
            assertThat(visitor.at(".empty")).containsText("No jobs yet");
            assertThat(visitor.at(".empty code")).containsText("curl " + server.url() + "/v1/jobs");
            visitor.findsItAccessible();
            visitor.photograph("empty");
            visitor.open("/ui/");
            assertThat(visitor.at("main")).containsText("Nothing runs at the moment");
            visitor.heardNoComplaint();
        }
    }
}
