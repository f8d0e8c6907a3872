package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.DkronProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that goes away takes nothing from the screen, and the page heals when it is back. */
class LostConnectionIT {
    @Test
    void theBannerComesAndGoesWithoutAReload(@TempDir Path base) {
        try (DkronProcess server = DkronProcess.in(base).with("--tag=role=web").start();
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
            visitor.findsItAccessible();
            server.start();
            visitor.at("#banner button").click(); // without it the page tries by itself, later
            jobs.manual("after", "true");
            assertThat(visitor.at("#banner")).isHidden();
            assertThat(visitor.row("after")).isVisible();
            assertThat(visitor.page.evaluate("window.notReloaded")).isEqualTo(true);
            assertThat(visitor.complaintsButRequests()).isEmpty();
        }
    }

    @Test
    void anEmptyServerAloneSaysHowToBegin(@TempDir Path base) {
        try (DkronProcess server = DkronProcess.in(base).start();
                Visitor visitor = new Visitor(server.url())) {
            visitor.open("/ui/jobs");
            assertThat(visitor.at(".empty")).containsText("No jobs yet");
            assertThat(visitor.at(".empty code")).containsText("curl " + server.url() + "/v1/jobs");
            visitor.findsItAccessible();
            visitor.photograph("empty");
            visitor.page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
            visitor.at(".empty button:has-text('Copy')").click();
            assertThat(visitor.page.evaluate("navigator.clipboard.readText()").toString())
                    .startsWith("curl " + server.url());
            visitor.open("/ui/");
            assertThat(visitor.at("main")).containsText("Nothing runs at the moment");
            visitor.at(".rail a[href='/ui/cluster']").click();
            assertThat(visitor.at(".state-line")).containsText("leader node1 term");
            assertThat(visitor.at("table.members tbody tr")).hasCount(1);
            assertThat(visitor.at("table.members tbody tr")).containsText("answers this page");
            assertThat(visitor.at(".hint code")).containsText("dkron agent --server --join 127.0.0.1:");
            visitor.heardNoComplaint();
        }
    }
}
