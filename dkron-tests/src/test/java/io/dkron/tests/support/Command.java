package io.dkron.tests.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of this machine that a test calls; each ends within a minute or is killed. */
public final class Command {
    /** What a program did: its exit code, and both its outputs in one. */
    public record Outcome(int exit, String output) {
        public boolean ok() {
            return exit == 0;
        }
    }

    private Command() {}

    /** Runs it and answers how it ended; a program that is not there ended with 127. */
    public static Outcome attempt(String... command) {
        return feed("", command);
    }

    /** The same with an input. */
    public static Outcome feed(String input, String... command) {
        try {
            Path output = Files.createTempFile("dkron-command", ".out");
            try {
                return run(input, output, List.of(command));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            return new Outcome(127, e.getMessage());
        }
    }

    private static Outcome run(String input, Path output, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Outcome(124, "no end within 60 s: " + command);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    /** Runs it; its output, or an error that shows it when it failed. */
    public static String run(String... command) {
        Outcome outcome = attempt(command);
        if (!outcome.ok()) {
            throw new UncheckedIOException(
                    new IOException(String.join(" ", command) + ": exit " + outcome.exit() + ": " + outcome.output()));
        }
        return outcome.output();
    }
}
