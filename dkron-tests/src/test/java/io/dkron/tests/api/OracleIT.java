package io.dkron.tests.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.support.DkronProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends the requests that were recorded of Dkron 1.2.5 and of Dkron 4 to a server of ours, and holds its answers against
 * theirs: status by status, body by body in shape. What differs on purpose stands in {@code allowed-*.txt}, with why.
 */
class OracleIT {
    private static final Path ORACLE = Path.of("src/test/resources/oracle").toAbsolutePath();

    @TempDir
    Path base;

    @Test
    void bothDialectsAnswerAsTheOriginalsDid() throws IOException {
        // The scenario mostly waits, so both run at once.
        CompletableFuture<String> v4 = CompletableFuture.supplyAsync(() -> differences("v4"));
        CompletableFuture<String> v1 = CompletableFuture.supplyAsync(() -> differences("v1"));
        assertThat(v4.join()).as("differences from Dkron 4").isEmpty();
        assertThat(v1.join()).as("differences from Dkron 1.2.5").isEmpty();
    }

    private String differences(String dialect) {
        Path files = base.resolve(dialect);
        Path ours = files.resolve("ours.md");
        try {
            Files.createDirectories(files);
            try (DkronProcess server =
                    DkronProcess.in(files).with("--api-compat=" + dialect).start()) {
                run(
                        files,
                        "record.py",
                        "--base",
                        server.url(),
                        "--dialect",
                        dialect,
                        "--title",
                        "ours",
                        "--risky",
                        "--max-body", // ours has more fields, and what is cut cannot be compared
                        "1000000",
                        "--out",
                        ours.toString());
            }
            Result compared = run(
                    files,
                    "compare.py",
                    ORACLE.resolve("dkron-" + dialect + ".md").toString(),
                    ours.toString(),
                    ORACLE.resolve("allowed-" + dialect + ".txt").toString());
            System.out.println(dialect + ": " + compared.output.strip());
            return compared.exit == 0 ? "" : compared.output;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Result(int exit, String output) {}

    private static Result run(Path files, String script, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("python3", ORACLE.resolve(script).toString()));
        command.addAll(List.of(arguments));
        Path output = files.resolve(script + ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(script + " did not end: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Result result = new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        if (script.equals("record.py") && result.exit != 0) {
            throw new AssertionError(result.output);
        }
        return result;
    }
}
