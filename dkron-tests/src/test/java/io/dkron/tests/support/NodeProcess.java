package io.dkron.tests.support;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process of the distribution with its files under one directory. It can be killed and started again on the same data.
 * Its console goes to a file beside the data, over all its starts. Not thread-safe.
 */
abstract class NodeProcess implements AutoCloseable {
    private static final int LAST = 8_000;

    private final String name;
    private final Path base;
    private Process process;

    /** @param name for messages */
    NodeProcess(String name, Path base) {
        this.name = name;
        this.base = base;
    }

    /** {@code http://} and its address. */
    public abstract String url();

    /** Starts a process and returns at once; of this one's environment no {@code DKRON_} variable is passed on. */
    void run(List<String> command, Map<String, String> environment) {
        try {
            Files.createDirectories(base);
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(base.toFile()).redirectErrorStream(true);
            builder.environment().keySet().removeIf(k -> k.startsWith("DKRON_"));
            builder.environment().putAll(environment);
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** kill -9, and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM, and waits for the end. */
    public int terminate() {
        process.destroy();
        return awaitEnd();
    }

    /** Waits for the end and answers the exit code. */
    public int awaitEnd() {
        try {
            if (!process.waitFor(60, SECONDS)) {
                throw new AssertionError(name + " did not end within 60 s: " + lastPrinted());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public boolean alive() {
        return process != null && process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** A client of its API. */
    public Api api() {
        return new Api(url());
    }

    public Path data() {
        return base.resolve("data");
    }

    public Path console() {
        return base.resolve("console.log");
    }

    /** What it printed so far, over all starts. */
    public String printed() {
        try {
            return Files.exists(console()) ? Files.readString(console(), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of what it printed, for messages: the directory may be gone when they are read. */
    String lastPrinted() {
        String all = printed();
        return all.length() <= LAST ? all : "..." + all.substring(all.length() - LAST);
    }

    @Override
    public void close() {
        if (alive()) {
            process.destroy();
            try {
                if (!process.waitFor(20, SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
