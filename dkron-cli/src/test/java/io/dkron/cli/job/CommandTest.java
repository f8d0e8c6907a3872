package io.dkron.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.cli.client.FakeApi;
import io.dkron.cli.command.DkronCommand;
import io.dkron.cli.print.StandardOutput;
import io.dkron.cli.print.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Command lines against a server in this JVM. */
abstract class CommandTest {
    static final Terminal PERSON = new Terminal(true, false);

    final FakeApi server = new FakeApi();

    @TempDir
    Path folder;

    private Terminal terminal = Terminal.NONE;
    private String in = "";
    private Map<String, String> environment = Map.of("DKRON_ADDR", server.url());

    /** What a command did. */
    record Result(int code, String out, String err) {
        Result ends(int expected) {
            assertThat(code).as("%s%s", out, err).isEqualTo(expected);
            return this;
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    void typed(String text) {
        in = text;
    }

    void on(Terminal other) {
        terminal = other;
    }

    void with(Map<String, String> variables) {
        environment = variables;
    }

    Result dkron(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        CommandLine line = DkronCommand.line(new Surroundings(
                environment,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                () -> terminal,
                Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneId.of("Europe/Berlin")),
                time -> {}));
        line.setOut(new StandardOutput(out));
        line.setErr(new PrintWriter(err, true));
        int code = line.execute(arguments);
        line.getOut().flush();
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString());
    }

    String file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
