package io.dkron.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.1234567Z");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Console console(boolean json) {
        return new Console(new PrintStream(out, true, StandardCharsets.UTF_8), json, "n\"1");
    }

    @Test
    void anEventIsOneLineForPeople() {
        assertThat(console(false).line(TIME, Level.INFO, "job saved job=a\nb"))
                .isEqualTo("2026-03-01T10:00:00.123Z INFO  job saved job=a\\nb");
    }

    @Test
    void anEventIsOneJsonObject() {
        assertThat(console(true).line(TIME, Level.WARNING, "a \"b\" \\ \u0007"))
                .isEqualTo(
                        "{\"time\":\"2026-03-01T10:00:00.123Z\",\"level\":\"warn\",\"msg\":\"a \\\"b\\\" \\\\ \\u0007\","
                                + "\"node\":\"n\\\"1\"}");
    }

    @Test
    void ofLibertysLinesOnlyWarningsAndErrorsPass() {
        StringBuilder failures = new StringBuilder();
        PrintStream lines = LibertyLines.streamTo(console(false), failures::append);
        lines.println("Launching dkron (Open Liberty)");
        lines.println("[AUDIT   ] CWWKE0001I: launched");
        lines.println("[WARNING ] CWWKX0000W: look");
        lines.println("[ERROR   ] CWWKZ0002E: no start");
        lines.println("\tat com.ibm.Inner");
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .satisfiesExactly(
                        first -> assertThat(first).endsWith("WARN  CWWKX0000W: look"),
                        second -> assertThat(second).endsWith("ERROR CWWKZ0002E: no start"));
        assertThat(failures).hasToString("CWWKZ0002E: no start");
    }
}
