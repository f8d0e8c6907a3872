package io.dkron.tests.support;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One {@code dkron agent --server} of the distribution on free loopback ports. It can be killed and started again on the
 * same data. Its console goes to a file beside the data. Not thread-safe.
 */
public final class DkronProcess implements AutoCloseable {
    private final Path base;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final int httpPort;
    private final String host;
    private Process process;

    private DkronProcess(Builder b) {
        base = b.base;
        host = b.host;
        httpPort = b.httpPort;
        environment = Map.copyOf(b.environment);
        arguments = new ArrayList<>(List.of(
                "agent",
                "--server",
                "--node-name=" + b.nodeName,
                "--data-dir=" + base.resolve("data"),
                "--http-addr=" + host + ":" + httpPort,
                "--bind-addr=" + host + ":" + Distribution.freePort(),
                "--rpc-port=" + Distribution.freePort(),
                "--raft-port=" + Distribution.freePort()));
        arguments.addAll(b.flags);
    }

    /** Describes a server whose files live under this directory. */
    public static Builder in(Path base) {
        return new Builder(base);
    }

    /** Starts the process and returns at once. */
    public DkronProcess launch() {
        List<String> command = new ArrayList<>();
        command.add(Distribution.home().resolve("bin/dkron").toString());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(base.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(k -> k.startsWith("DKRON_"));
        builder.environment().putAll(environment);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Starts the process and waits until it is ready. */
    public DkronProcess start() {
        return launch().awaitReady();
    }

    /** Waits until the API says that the server is ready. */
    public DkronProcess awaitReady() {
        await("the server to be ready; its console: " + console())
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .failFast("the server ended: " + console(), () -> !process.isAlive())
                .ignoreExceptions()
                .until(() -> api().get("/health/ready").status() == 200);
        return this;
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
                throw new AssertionError("the server did not end within 60 s: " + console());
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

    public String url() {
        return "http://" + host + ":" + httpPort;
    }

    public Path base() {
        return base;
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

    /** Settings of a server to start. */
    public static final class Builder {
        private final Path base;
        private final List<String> flags = new ArrayList<>();
        private final Map<String, String> environment = new HashMap<>();
        private String nodeName = "node1";
        private String host = "127.0.0.1";
        private int httpPort = Distribution.freePort();

        private Builder(Path base) {
            this.base = base;
        }

        public Builder named(String name) {
            nodeName = name;
            return this;
        }

        /** Adds flags as typed. */
        public Builder with(String... more) {
            flags.addAll(List.of(more));
            return this;
        }

        public Builder env(String name, String value) {
            environment.put(name, value);
            return this;
        }

        public DkronProcess build() {
            return new DkronProcess(this);
        }

        public DkronProcess start() {
            return build().start();
        }
    }
}
