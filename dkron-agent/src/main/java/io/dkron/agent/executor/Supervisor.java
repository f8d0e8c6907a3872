package io.dkron.agent.executor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** One supervising shell: takes one run at a time. Guarded by its {@link Supervisors}. */
final class Supervisor {
    private static final Duration HELLO_WITHIN = Duration.ofSeconds(30);

    private final long made = System.nanoTime();
    private final int number;
    private final RandomAccessFile orders;
    private Optional<ProcessTable.Entry> process = Optional.empty();
    private Optional<ShellRun> current = Optional.empty();

    /** Opened for reading too, so that opening waits for nobody and writing finds a reader. */
    Supervisor(int number, Path fifo) throws IOException {
        this.number = number;
        this.orders = new RandomAccessFile(fifo.toFile(), "rw");
    }

    int number() {
        return number;
    }

    void hello(long pid) {
        process = ProcessTable.find(pid);
    }

    Optional<ShellRun> current() {
        return current;
    }

    void order(ShellRun run) throws IOException {
        current = Optional.of(run);
        orders.write((run.files().directory().toAbsolutePath() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    Optional<ShellRun> done() {
        Optional<ShellRun> run = current;
        current = Optional.empty();
        return run;
    }

    /** It said hello once and is gone now, or did not say it in 30 s. */
    boolean isDead() {
        if (process.isEmpty()) {
            return System.nanoTime() - made > HELLO_WITHIN.toNanos();
        }
        return ProcessTable.find(process.get().pid())
                .filter(now -> now.isSame(process.get()))
                .isEmpty();
    }

    boolean isReady() {
        return process.isPresent();
    }

    /** Ends it, after the run it has. */
    void dismiss() throws IOException {
        orders.close();
    }
}
