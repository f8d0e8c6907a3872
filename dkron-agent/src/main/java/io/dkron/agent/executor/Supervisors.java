package io.dkron.agent.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The supervising shells of a node. A run goes to an idle one; more are started while runs wait and nothing moves, so
 * that a burst of short commands is worked off by a few shells and long ones get a shell each. A shell outlives the node:
 * it writes down how its run ended, and ends with it. Safe for many threads.
 *
 * <p>Starting a process from Java costs some 3 ms and a thread that waits for it; an order to a shell that is there costs
 * its fork and {@code setsid}, some 1.8 ms of processor time with {@code /bin/true}, where fork and exec alone take 0.6.
 */
final class Supervisors implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Supervisors.class.getName());
    private static final int FEW = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int KEPT_IDLE = 4 * FEW;
    private static final int AT_ONCE = 16;
    private static final long STALLED_MILLIS = 20;

    private final Path directory;
    private final ScheduledExecutorService workers;
    private final Path setsid;
    private final String script;
    private final boolean rebooted;
    private final RandomAccessFile events;
    private final Thread listener;
    private final Map<Integer, Supervisor> all = new HashMap<>();
    private final Deque<Supervisor> idle = new ArrayDeque<>();
    private final Deque<ShellRun> waiting = new ArrayDeque<>();
    private int lastNumber;
    private int starting;
    private int growth = FEW;
    private long movements;
    private boolean watching;
    private boolean closed;

    /** @param runs the directory that holds the runs' own */
    Supervisors(Path runs, ScheduledExecutorService workers) throws IOException {
        this.directory = runs.toAbsolutePath().resolve("supervisors");
        this.workers = workers;
        this.setsid = setsid();
        try (InputStream in = Supervisors.class.getResourceAsStream("supervisor.sh")) {
            this.script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Files.createDirectories(directory);
        removeOld();
        this.rebooted = noteBoot();
        Path path = directory.resolve("events");
        mkfifo(path);
        this.events = new RandomAccessFile(path.toFile(), "rw");
        this.listener = new Thread(this::listen, "dkron-shell-events");
        listener.setDaemon(true);
        listener.start();
    }

    private static Path setsid() throws IOException {
        for (String at : System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":")) {
            Path path = Path.of(at.isEmpty() ? "." : at).resolve("setsid").toAbsolutePath();
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        throw new IOException("setsid not found in $PATH; install util-linux");
    }

    private void removeOld() throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, "{events,orders-*}")) {
            for (Path path : old) {
                Files.delete(path);
            }
        }
    }

    /** Whether the machine was started anew since a node last ran here: what then ran is gone. */
    private boolean noteBoot() throws IOException {
        Path path = directory.resolve("boot");
        String now = RunFiles.bootId();
        boolean other = Files.exists(path) && !Files.readString(path).equals(now);
        Files.writeString(
                path,
                now,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        return other;
    }

    boolean rebooted() {
        return rebooted;
    }

    Path setsidPath() {
        return setsid;
    }

    private void mkfifo(Path path) throws IOException {
        run(new ProcessBuilder("mkfifo", "-m", "600", path.toString()));
    }

    private static void run(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectInput(
                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(builder.command().get(0) + " did not end within 10 s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(builder.command().get(0) + " failed with exit status " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Hands a prepared run to a shell, now or when one is free. */
    synchronized void submit(ShellRun run) {
        waiting.add(run);
        assign();
        if (!waiting.isEmpty()) {
            if (all.size() + starting < FEW) {
                grow(1);
            }
            watch();
        }
    }

    private void assign() {
        while (!waiting.isEmpty() && !idle.isEmpty()) {
            Supervisor supervisor = idle.poll();
            ShellRun run = waiting.poll();
            try {
                supervisor.order(run);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "supervisor lost, its pipe is broken number=" + supervisor.number(), e);
                supervisor.done();
                remove(supervisor);
                waiting.addFirst(run);
            }
        }
    }

    private void grow(int count) {
        starting += count;
        for (int i = 0; i < count; i++) {
            int number = ++lastNumber;
            try {
                workers.execute(() -> start(number));
            } catch (RejectedExecutionException e) {
                starting -= count - i;
                return; // the node stops
            }
        }
    }

    private void start(int number) {
        Supervisor made = null;
        try {
            Path fifo = directory.resolve("orders-" + number);
            mkfifo(fifo);
            made = new Supervisor(number, fifo);
            synchronized (this) {
                all.put(number, made);
            }
            run(new ProcessBuilder(
                    setsid.toString(),
                    "-f",
                    "/bin/sh",
                    "-c",
                    script,
                    "dkron-supervisor",
                    fifo.toString(),
                    directory.resolve("events").toString(),
                    Integer.toString(number)));
        } catch (IOException e) {
            LOG.log(Level.ERROR, "supervisor not started, runs of the shell executor wait", e);
            synchronized (this) {
                starting--;
                if (made != null) {
                    remove(made);
                }
            }
        }
    }

    /** Starts more shells while runs wait and no run has begun or ended for a while. */
    private void watch() {
        if (!watching && !closed) {
            watching = true;
            long seen = movements;
            try {
                workers.schedule(() -> stalled(seen), STALLED_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                watching = false; // the node stops
            }
        }
    }

    private synchronized void stalled(long seen) {
        watching = false;
        if (waiting.isEmpty() || closed) {
            growth = FEW;
            return;
        }
        if (seen == movements || all.isEmpty()) {
            int more = Math.min(Math.min(waiting.size(), growth), AT_ONCE - starting);
            if (more > 0) {
                grow(more);
                growth = Math.min(2 * growth, AT_ONCE);
            }
        } else {
            growth = FEW;
        }
        watch();
    }

    private void listen() {
        try {
            for (String line = events.readLine(); line != null && !line.equals("Q"); line = events.readLine()) {
                String[] words = line.split(" ");
                Optional<ShellRun> ended = event(words);
                ended.ifPresent(ShellRun::supervisorDone);
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "events of supervisors cannot be read; restart the node", e);
        }
    }

    private synchronized Optional<ShellRun> event(String[] words) {
        Supervisor supervisor = words.length < 2 ? null : all.get(Integer.parseInt(words[1]));
        if (supervisor == null) {
            return Optional.empty();
        }
        Optional<ShellRun> ended = Optional.empty();
        if (words[0].equals("H")) {
            starting--;
            supervisor.hello(Long.parseLong(words[2]));
        } else {
            movements++;
            ended = supervisor.done();
        }
        idle.addFirst(supervisor);
        assign();
        dismissSurplus();
        return ended;
    }

    private void dismissSurplus() {
        while (idle.size() > KEPT_IDLE || closed && !idle.isEmpty()) {
            remove(idle.pollLast());
        }
    }

    private void remove(Supervisor supervisor) {
        all.remove(supervisor.number());
        idle.remove(supervisor);
        try {
            supervisor.dismiss();
            Files.deleteIfExists(directory.resolve("orders-" + supervisor.number()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Finds shells that were killed.
     *
     * @return their runs, which nobody waits for any more
     */
    synchronized List<ShellRun> lost() {
        List<ShellRun> lost = new ArrayList<>();
        for (Supervisor supervisor : List.copyOf(all.values())) {
            if (supervisor.isDead()) {
                LOG.log(Level.WARNING, "supervisor died, its run goes on number={0}", supervisor.number());
                starting -= supervisor.isReady() ? 0 : 1;
                supervisor.done().ifPresent(lost::add);
                remove(supervisor);
            }
        }
        return lost;
    }

    /** Lets the shells end, each after its run. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            dismissSurplus();
        }
        try {
            events.write("Q\n".getBytes(StandardCharsets.UTF_8));
            listener.join(5_000);
            events.close();
            synchronized (this) {
                for (Supervisor supervisor : List.copyOf(all.values())) {
                    remove(supervisor);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
