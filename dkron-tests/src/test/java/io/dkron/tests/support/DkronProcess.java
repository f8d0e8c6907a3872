package io.dkron.tests.support;

import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** One {@code dkron agent --server} of the distribution on free loopback ports. Not thread-safe. */
public final class DkronProcess extends NodeProcess {
    private final Path base;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final int httpPort;
    private final String host;

    private DkronProcess(Builder b) {
        super("the server", b.base);
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
        run(command, environment);
        return this;
    }

    /** Starts the process and waits until it is ready. */
    public DkronProcess start() {
        return launch().awaitReady();
    }

    /** Waits until the API says that the server is ready. */
    public DkronProcess awaitReady() {
        AtomicReference<String> answer = new AtomicReference<>("none");
        try {
            await("the server to be ready")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .failFast("the server ended", () -> !alive())
                    .until(() -> ready(answer));
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new AssertionError(
                    e.getMessage() + "\nits last answer: " + answer + "\nits console: " + lastPrinted(), e);
        }
        return this;
    }

    private boolean ready(AtomicReference<String> answer) {
        try {
            Api.Answer health = api().get("/health/ready");
            answer.set(health.status() + " " + health.text());
            return health.status() == 200;
        } catch (UncheckedIOException e) {
            answer.set(String.valueOf(e.getCause()));
            return false;
        }
    }

    @Override
    public String url() {
        return "http://" + host + ":" + httpPort;
    }

    public Path base() {
        return base;
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
