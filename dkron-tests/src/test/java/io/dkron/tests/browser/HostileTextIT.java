package io.dkron.tests.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Node;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Text that wants to be more than text stays text, and what it hides is shown. */
class HostileTextIT {
    private static final String MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    private static final String HIDDEN = "txt\u202eexe.\u0007\u200b";
    private final Node server = Site.get().follower();
    private final Jobs jobs = new Jobs(server.api());
    private final Visitor visitor = new Visitor(server.url());

    @BeforeEach
    void aHostileJob() {
        ObjectNode job = Api.shell(
                "hostile",
                "@manually",
                "printf '%s\\n' '" + MARKUP + "' 'a\u202eb' ; printf '\\033[31mred\\033[0m \\007bell\\n'; "
                        + "head -c 200000 /dev/zero | tr '\\0' x; exit 1");
        job.put("displayname", MARKUP + HIDDEN).put("owner", "\"><svg onload=alert(3)>" + HIDDEN);
        job.putObject("metadata").put("<b>key</b>", MARKUP);
        jobs.save(job);
        jobs.run("hostile");
        visitor.page.onDialog(dialog -> {
            dialog.dismiss();
            throw new AssertionError("a script of the job ran: " + dialog.message());
        });
    }

    @AfterEach
    void gone() {
        visitor.close();
        jobs.close();
    }

    @Tag("F69")
    @Test
    void inTheList() {
        visitor.open("/ui/jobs?q=hostile");
        assertThat(visitor.at("tbody tr .c-name")).containsText(MARKUP + "txt[U+202E]exe.^G[U+200B]");
        assertThat(visitor.at("tbody tr .c-owner")).containsText("\"><svg onload=alert(3)>txt[U+202E]exe.");
        nothingCameAlive();
    }

    @Tag("F69")
    @Test
    void onItsPageAndInItsOutput() {
        visitor.open("/ui/jobs/hostile");
        assertThat(visitor.at("h1")).containsText(MARKUP);
        assertThat(visitor.at(".facts")).containsText("<b>key</b>");
        assertThat(visitor.at(".log")).containsText(MARKUP);
        assertThat(visitor.at(".log")).containsText("a[U+202E]b");
        assertThat(visitor.at(".log .fg-1")).hasText("red");
        assertThat(visitor.at(".log")).containsText("^Gbell");
        assertThat(visitor.at(".log")).containsText("more characters, in the download");
        nothingCameAlive();
    }

    @Test
    void inTheOverview() {
        visitor.open("/ui/");
        assertThat(visitor.at("section[aria-labelledby=h-failed]")).containsText("hostile");
        nothingCameAlive();
    }

    private void nothingCameAlive() {
        assertThat(visitor.at("main img, main script, main svg[onload], main b").count())
                .isZero();
        visitor.needsNoSidewaysScrolling();
        visitor.findsItAccessible();
        visitor.heardNoComplaint();
    }
}
