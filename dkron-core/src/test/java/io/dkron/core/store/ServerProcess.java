package io.dkron.core.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A server as a child process, with a folder and a port of its own. The port lies below the range from which the system
 * picks the near end of outgoing connections, so that it is still free when a killed server starts again. The child does
 * not outlive this JVM. What fails throws {@link IllegalStateException} with the end of the server's log.
 */
public abstract class ServerProcess implements StoreServer {
    private static final int LOWEST_PORT = 12_000;
    private static final int PORTS = 20_000;
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    private static final Duration LONGEST_END = Duration.ofSeconds(20);
    private static final int LOG_END = 4_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final String name;
    private final Path folder;
    private final int port;
    private final Thread atExit;
    private Optional<Process> process = Optional.empty();

    /** @param name what failures and the folder are called by */
    protected ServerProcess(String name) {
        this.name = name;
        try {
            folder = Files.createTempDirectory("dkron-test-" + name + "-");
            Files.createDirectory(data());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        port = freePort();
        atExit = new Thread(this::end, "end-" + name);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** The program and its arguments; the process is to stay in the foreground. */
    protected abstract List<String> command();

    /**
     * Whether the server answers requests now. Asked again and again after a start; an exception means no.
     *
     * @throws Exception whatever a client throws while the server is not there yet
     */
    protected abstract boolean serves() throws Exception;

    /** Variables to add to the child's environment. */
    protected Map<String, String> environment() {
        return Map.of();
    }

    /** Where the server keeps its data; exists, and outlives a kill. */
    public final Path data() {
        return folder.resolve("data");
    }

    /** Where its configuration, certificates and the like can lie; exists, and outlives a kill. */
    public final Path folder() {
        return folder;
    }

    public final int port() {
        return port;
    }

    /** {@code host:port}, without a scheme. */
    @Override
    public String machine() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void start() {
        if (process.isPresent()) {
            throw new IllegalStateException(name + " runs already");
        }
        ProcessBuilder builder = new ProcessBuilder(command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment());
        try {
            process = Optional.of(builder.start());
        } catch (IOException e) {
            throw new IllegalStateException(name + " cannot be started", e);
        }
        awaitService();
    }

    private void awaitService() {
        long giveUp = System.nanoTime() + LONGEST_START.toNanos();
        Exception last = new IllegalStateException("never asked");
        while (System.nanoTime() < giveUp && process.orElseThrow().isAlive()) {
            try {
                if (serves()) {
                    return;
                }
                last = new IllegalStateException("it says that it is not ready");
            } catch (Exception e) {
                last = e;
            }
            pauseBriefly();
        }
        String fate = process.orElseThrow().isAlive() ? "does not answer" : "ended while it started";
        kill();
        throw new IllegalStateException(name + " " + fate + "; end of its log:\n" + endOfLog(), last);
    }

    @Override
    public void kill() {
        process.ifPresent(running -> {
            List<ProcessHandle> all = Stream.concat(running.descendants(), Stream.of(running.toHandle()))
                    .toList();
            all.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle one : all) {
                awaitEnd(one);
            }
        });
        process = Optional.empty();
    }

    private void awaitEnd(ProcessHandle one) {
        try {
            one.onExit().get(LONGEST_END.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(name + " survived kill -9; end of its log:\n" + endOfLog(), e);
        }
    }

    @Override
    public boolean isRunning() {
        return process.map(Process::isAlive).orElse(false);
    }

    @Override
    public void pause() {
        signal("STOP");
    }

    @Override
    public void resume() {
        signal("CONT");
    }

    private void signal(String signal) {
        Process running = process.orElseThrow(() -> new IllegalStateException(name + " does not run"));
        Stream.concat(Stream.of(running.toHandle()), running.descendants()).forEach(one -> {
            try {
                int code = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + one.pid())
                        .inheritIO()
                        .start()
                        .waitFor();
                if (code != 0) {
                    throw new IllegalStateException(name + " got no SIG" + signal + "; end of its log:\n" + endOfLog());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public void close() {
        end();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void end() {
        kill();
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path log() {
        return folder.resolve("log");
    }

    /** The last lines that the server printed. */
    public final String endOfLog() {
        try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
            file.seek(Math.max(0, file.length() - LOG_END));
            byte[] end = new byte[(int) Math.min(LOG_END, file.length())];
            file.readFully(end);
            return new String(end, UTF_8);
        } catch (IOException e) {
            return "(none: " + e + ")";
        }
    }

    private static void pauseBriefly() {
        try {
            Thread.sleep(50); // between two questions, see awaitService
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A port of loopback that is free and was not given before in this JVM. */
    public static int freePort() {
        while (true) {
            int port = LOWEST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            if (!GIVEN.add(port)) {
                continue;
            }
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                GIVEN.remove(port); // another process has it now
            }
        }
    }

    /**
     * A program by its path: on {@code PATH}, in the folders of administrators, or under {@code ~/.cache/dkron-tests},
     * where {@code install-server} puts what is no package of this system. The test is skipped where there is none.
     *
     * @param unpacked where it would be below {@code ~/.cache/dkron-tests}, such as {@code consul/usr/bin/consul}
     */
    public static String program(String name, String unpacked) {
        Stream<Path> folders = Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin"))
                .map(folder -> Path.of(folder).resolve(name));
        Path cached = Path.of(System.getProperty("user.home"), ".cache", "dkron-tests")
                .resolve(unpacked);
        Optional<Path> found = Stream.concat(folders, Stream.of(cached))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(
                found.isPresent(), () -> name + " is not on this machine; dkron-connectors/*/install-server gets it");
        return found.orElseThrow().toString();
    }

    /**
     * The address of a running server to be used instead of one of the test's own: the variable {@code DKRON_TEST_} with
     * this name.
     */
    public static Optional<String> running(String name) {
        return Optional.ofNullable(System.getenv("DKRON_TEST_" + name)).filter(address -> !address.isBlank());
    }

    /** Whether slow runs are wanted whole (profile {@code long}). */
    public static boolean longRuns() {
        return Boolean.getBoolean("dkron.tests.long");
    }
}
