package io.dkron.tests.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.Api;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the dashboard's addresses answer, before any script runs. */
class DoorIT {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'";
    private final Api api = Site.get().api();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ui/",
                "/ui/jobs",
                "/ui/cluster",
                "/ui/jobs/new",
                "/ui/jobs/new/",
                "/ui/jobs/some-job",
                "/ui/jobs/some-job/edit",
                "/ui/jobs/some-job/runs/1-node1"
            })
    void everyPageHasItsHeadersAndNoCookie(String path) {
        Api.Answer answer = api.get(path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Security-Policy")).contains(POLICY);
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.header("Referrer-Policy")).contains("no-referrer");
        assertThat(answer.header("Set-Cookie")).isEmpty();
        assertThat(answer.bytes()).hasSizeLessThan(10_000);
        assertThat(answer.text())
                .startsWith("<!DOCTYPE html>")
                .doesNotContainPattern("(?i)\\son[a-z]+\\s*=\\s*[\"']")
                .doesNotContainPattern("(?i)\\sstyle\\s*=")
                .doesNotContainPattern("(?i)<script(?![^>]*\\ssrc=)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ui/nope", "/ui/jobs/a/b", "/ui/views/job.xhtml", "/ui/index.xhtml", "/ui/jobs/a/runs"})
    void whatIsNoPageIsNotFound(String path) {
        Api.Answer answer = api.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Security-Policy")).contains(POLICY);
        assertThat(answer.text()).contains("There is no such page");
    }

    @Test
    void aNameFromTheAddressIsText() {
        assertThat(api.get("/ui/jobs/%3Cscript%3Ealert(1)%3C%2Fscript%3E").text())
                .doesNotContain("<script>alert");
        assertThat(api.get("/ui/jobs/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E")
                        .text())
                .doesNotContain("<img");
    }

    @Test
    void assetsAreKeptForEverUnderTheirHashOnly() {
        String page = api.get("/ui/").text();
        Matcher matcher = Pattern.compile("/ui/assets/([0-9a-f]{12})/app\\.css").matcher(page);
        assertThat(matcher.find()).isTrue();
        Api.Answer sheet = api.get(matcher.group());
        assertThat(sheet.status()).isEqualTo(200);
        assertThat(sheet.header("Cache-Control").orElseThrow()).contains("immutable");
        assertThat(sheet.header("Content-Type").orElseThrow()).startsWith("text/css");
        assertThat(api.get("/ui/assets/000000000000/app.css").status()).isEqualTo(404);
        assertThat(api.get("/ui/assets/app.css").status()).isEqualTo(404);
    }

    @Test
    void theRootLeadsToTheDashboard() {
        assertThat(api.send("GET", "/", new byte[0], "Accept", "text/html")
                        .header("Location")
                        .orElseThrow())
                .endsWith("/ui/");
        assertThat(api.get("/ui").header("Location").orElseThrow()).endsWith("/ui/");
    }
}
