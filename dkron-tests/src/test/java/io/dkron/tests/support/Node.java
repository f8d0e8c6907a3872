package io.dkron.tests.support;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One member of a {@link Cluster}: a process of the distribution at an address of its own, with the standard ports, its
 * files under a directory of its name. It can be killed, stopped as by Ctrl-Z, and started again with its data, without
 * them, or elsewhere. Its console goes to a file beside the data, over all its starts. Not thread-safe.
 */
public final class Node extends NodeProcess {
    private final String name;
    private final boolean server;
    private final Optional<Namespaces.Host> host;
    private final String loopback;
    private final Supplier<List<String>> flags;
    private volatile boolean paused;
    private volatile long resumed = Long.MIN_VALUE;

    /**
     * @param host the machine it is on; empty: this one
     * @param loopback its address where there is no such machine
     * @param flags asked at each start
     */
    Node(
            String name,
            boolean server,
            Path base,
            Optional<Namespaces.Host> host,
            String loopback,
            Supplier<List<String>> flags) {
        super(name, base);
        this.name = name;
        this.server = server;
        this.host = host;
        this.loopback = loopback;
        this.flags = flags;
    }

    public String name() {
        return name;
    }

    public boolean server() {
        return server;
    }

    public String address() {
        return host.map(Namespaces.Host::address).orElse(loopback);
    }

    /** The machine it is on, where machines are namespaces. */
    public Namespaces.Host host() {
        return host.orElseThrow();
    }

    /** Starts the process and returns at once; further flags win over the cluster's. */
    public Node launch(String... more) {
        if (alive()) {
            throw new IllegalStateException(name + " runs already");
        }
        List<String> command = new ArrayList<>();
        host.ifPresent(h -> command.addAll(h.prefix()));
        command.add(Distribution.home().resolve("bin/dkron").toString());
        command.addAll(
                List.of("agent", "--node-name=" + name, "--data-dir=" + data(), "--bind-addr=" + address() + ":8946"));
        command.add("--http-addr=" + address() + ":8080");
        if (server) {
            command.add("--server");
        }
        if (host.isPresent()) {
            command.add("--insecure");
        }
        command.addAll(flags.get());
        command.addAll(List.of(more));
        String flags =
                System.getenv().getOrDefault("DKRON_JAVA_OPTS", "") + " -Ddkron.noop-executor=true"; // for benchmarks
        run(command, Map.of("DKRON_JAVA_OPTS", flags));
        return this;
    }

    /** Starts the process and waits until it is ready. */
    public Node start(String... more) {
        return launch(more).awaitReady();
    }

    /** Waits until it is ready: joined, and a leader known. */
    public Node awaitReady() {
        await(name + " to be ready; its console: " + console())
                .atMost(Duration.ofSeconds(240))
                .pollInterval(Duration.ofMillis(100))
                .failFast(name + " ended: " + console(), () -> !alive())
                .until(this::ready);
        return this;
    }

    /** Whether {@code /health/ready} says so. */
    public boolean ready() {
        return status("/health/ready") == 200;
    }

    /** The status of a GET; 0 without an answer within 2 s. */
    public int status(String path) {
        try {
            return quick().get(path).status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    /** SIGSTOP: it does nothing more, but its connections stay. */
    public void pause() {
        paused = true;
        Command.run("kill", "-STOP", Long.toString(pid()));
    }

    /** SIGCONT. */
    public void resume() {
        Command.run("kill", "-CONT", Long.toString(pid()));
        resumed = System.nanoTime();
        paused = false;
    }

    /** Whether it stood still by {@link #pause} at any time after that moment of the monotonic clock. Of any thread. */
    public boolean stoodStillAfter(long nanoTime) {
        return paused || resumed != Long.MIN_VALUE && resumed - nanoTime > 0;
    }

    /** Removes its data; it must not run. */
    public void wipe() {
        if (alive()) {
            throw new IllegalStateException(name + " runs");
        }
        delete(data());
    }

    /** Removes a directory's content, and itself where it is not a mount. */
    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path at, IOException problem) throws IOException {
                    if (!at.equals(directory)) {
                        Files.delete(at);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client of its API that waits 2 s at most. */
    public Api quick() {
        return new Api(url(), Duration.ofSeconds(2));
    }

    @Override
    public String url() {
        return "http://" + address() + ":8080";
    }

    /** A value of {@code /metrics}; empty without an answer or without such a line. */
    public Optional<Double> metric(String key) {
        try {
            return quick().get("/metrics")
                    .text()
                    .lines()
                    .filter(l -> l.startsWith(key + " "))
                    .map(l -> Double.parseDouble(l.substring(key.length() + 1).strip()))
                    .findFirst();
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (alive()) {
            resume();
        }
        super.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
