package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.tests.support.Command;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of {@code docs/clustering.md}, as printed and in the order of their numbers, in one folder; what is to be
 * done with each stands in a comment above it. On a loopback of its own where this machine can make one.
 */
class ClusteringPageIT {
    private static final Pattern BLOCK =
            Pattern.compile("(?ms)^<!-- run (\\d+): (\\w+)((?: \\S+)*) -->\\s*^```sh\\n(.*?)^```$");

    /** One block: what to do with it, and the words that go with that. */
    private record Block(String kind, String words, String text) {}

    @TempDir
    Path folder;

    private final Map<String, Process> nodes = new TreeMap<>();
    private List<String> prefix = List.of();

    @Test
    void theCommandsOfThePageWorkAsPrinted() throws Exception {
        Files.createDirectory(folder.resolve("bin"));
        Files.createSymbolicLink(
                folder.resolve("bin/dkron"), Distribution.home().resolve("bin/dkron"));
        Map<Integer, Block> blocks = blocks();
        assertThat(blocks).isNotEmpty();
        assertThat(blocks.keySet()).as("numbers without a gap").hasSize(lastOf(blocks));
        boolean apart = Namespaces.impossible().isEmpty();
        try (Namespaces network = apart ? Namespaces.create() : null) {
            if (network != null) {
                prefix = network.host(0).prefix();
            }
            blocks.forEach(this::run);
        } finally {
            for (Process node : nodes.values()) {
                node.destroy();
            }
            for (Process node : nodes.values()) {
                if (!node.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)) {
                    node.destroyForcibly().waitFor();
                }
            }
        }
    }

    private static int lastOf(Map<Integer, Block> blocks) {
        return blocks.keySet().stream().mapToInt(n -> n).max().orElse(0);
    }

    private static Map<Integer, Block> blocks() throws IOException {
        Map<Integer, Block> blocks = new TreeMap<>();
        Matcher matcher = BLOCK.matcher(Files.readString(Distribution.root().resolve("docs/clustering.md")));
        while (matcher.find()) {
            blocks.put(
                    Integer.parseInt(matcher.group(1)),
                    new Block(
                            matcher.group(2),
                            matcher.group(3).strip(),
                            matcher.group(4).strip()));
        }
        return blocks;
    }

    private void run(int number, Block block) {
        switch (block.kind()) {
            case "node" -> start(number, block);
            case "command" ->
                await("run " + number + ", " + block.text())
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> command(block).ok());
            case "until" ->
                await("run " + number + ", " + block.text() + ", to show " + block.words())
                        .atMost(Duration.ofSeconds(120))
                        .pollInterval(Duration.ofMillis(300))
                        .untilAsserted(() -> {
                            String output = command(block).output();
                            for (Map.Entry<String, Long> word :
                                    counted(block.words()).entrySet()) {
                                assertThat(output.split(Pattern.quote(word.getKey()), -1).length - 1L)
                                        .as("%s in %s", word.getKey(), output)
                                        .isGreaterThanOrEqualTo(word.getValue());
                            }
                        });
            case "kill" -> kill(block.words());
            default -> throw new AssertionError("run " + number + " of an unknown kind: " + block);
        }
    }

    private static Map<String, Long> counted(String words) {
        Map<String, Long> counts = new TreeMap<>();
        for (String word : words.split(" ")) {
            counts.merge(word, 1L, Long::sum);
        }
        return counts;
    }

    private List<String> shell(String text) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("env", "-C", folder.toString(), "bash", "-c", text));
        return command;
    }

    private Command.Outcome command(Block block) {
        return Command.attempt(shell(block.text()).toArray(String[]::new));
    }

    private void start(int number, Block block) {
        Matcher name = Pattern.compile("--node-name[ =](\\S+)").matcher(block.text());
        assertThat(name.find())
                .as("run %d names its node: %s", number, block.text())
                .isTrue();
        try {
            Path console = folder.resolve(name.group(1) + ".log");
            nodes.put(
                    name.group(1),
                    new ProcessBuilder(shell("exec " + block.text()))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()))
                            .start());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void kill(String node) {
        Process process = nodes.get(node);
        assertThat(process).as("a node of the name " + node).isNotNull();
        process.destroyForcibly();
        await(node + " to end").atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive());
    }
}
