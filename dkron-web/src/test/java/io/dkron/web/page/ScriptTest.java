package io.dkron.web.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs the tests of the scripts, {@code src/test/js}, by Node's own runner. */
class ScriptTest {
    private static final long AT_MOST_SECONDS = 120;

    @Test
    void theScriptsPassTheirOwnTests() throws IOException, InterruptedException {
        assumeTrue(hasNode(), "the tests of the scripts are skipped: node is not installed");
        Process process = new ProcessBuilder(List.of("node", "--test", "src/test/js/"))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(AT_MOST_SECONDS, TimeUnit.SECONDS))
                .as("node ended")
                .isTrue();
        assertThat(process.exitValue()).as(report).isZero();
        assertThat(report).containsPattern("(?m)^# pass [1-9]");
    }

    private static boolean hasNode() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("node", "--version")
                    .redirectErrorStream(true)
                    .start();
            String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return process.waitFor() == 0 && version.matches("v(2\\d|[3-9]\\d)\\..*");
        } catch (IOException notThere) {
            return false;
        }
    }
}
