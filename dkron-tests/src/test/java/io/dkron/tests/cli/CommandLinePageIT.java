package io.dkron.tests.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.Command;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.SharedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/cli.md, run as they are printed there, against a server. */
class CommandLinePageIT {
    private static final Pattern BLOCK =
            Pattern.compile("(?ms)^<!-- run (\\d+): (\\w+)((?: \\S+)*) -->\\s*^```\\w+\\n(.*?)^```$");

    @TempDir
    Path folder;

    @Test
    void theExamplesOfThePageWorkAsPrinted() throws Exception {
        Matcher blocks = BLOCK.matcher(Files.readString(Distribution.root().resolve("docs/cli.md")));
        int number = 0;
        while (blocks.find()) {
            assertThat(Integer.parseInt(blocks.group(1)))
                    .as("numbers without a gap")
                    .isEqualTo(++number);
            List<String> words = new ArrayList<>(List.of(blocks.group(3).strip().split(" ")));
            words.remove("");
            run(number, blocks.group(2), words, blocks.group(4));
        }
        assertThat(number).isPositive();
    }

    private void run(int number, String kind, List<String> words, String text) throws IOException {
        switch (kind) {
            case "file" -> {
                Path file = folder.resolve(words.get(0));
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            }
            case "command" -> check(number, text, 0, words);
            case "fails" -> check(number, text, Integer.parseInt(words.get(0)), words.subList(1, words.size()));
            default -> throw new AssertionError("run " + number + " of an unknown kind: " + kind);
        }
    }

    private void check(int number, String text, int code, List<String> words) {
        Command.Outcome outcome = Command.attempt(
                "env",
                "-C",
                folder.toString(),
                "DKRON_ADDR=" + SharedServer.get().url(),
                "PATH=" + Distribution.home().resolve("bin") + ":" + System.getenv("PATH"),
                "bash",
                "-euo",
                "pipefail",
                "-c",
                text);
        assertThat(outcome.exit())
                .as("run %d: %s%s", number, text, outcome.output())
                .isEqualTo(code);
        assertThat(outcome.output()).as("run %d: %s", number, text).contains(words);
    }
}
