package io.dkron.agent.executor.http;

import com.google.re2j.Pattern;
import io.dkron.agent.executor.call.CallRun;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The first part of an answer, kept on disk until an expression was looked for in it: many answers at once need no memory.
 * Gone when its run is over. Safe for many threads.
 */
final class BodyCopy {
    /** Bytes in which an expression is looked for. */
    static final int MOST = 4 << 20;

    private static final Logger LOG = System.getLogger(BodyCopy.class.getName());

    private final Path file;
    private final OutputStream out;
    private long size;

    private BodyCopy(Path file) throws IOException {
        this.file = file;
        this.out = Files.newOutputStream(file);
    }

    static BodyCopy of(CallRun run, Path file) throws IOException {
        BodyCopy copy = new BodyCopy(file);
        run.result().whenComplete((result, error) -> copy.delete());
        return copy;
    }

    synchronized void add(byte[] bytes) throws IOException {
        if (size < MOST) {
            out.write(bytes, 0, (int) Math.min(bytes.length, MOST - size));
        }
        size += bytes.length;
    }

    /** Whether the answer was no longer than what is kept. */
    synchronized boolean isWhole() {
        return size <= MOST;
    }

    boolean holds(Pattern expression) throws IOException {
        return expression.matcher(bytes()).find();
    }

    private synchronized byte[] bytes() throws IOException {
        out.close();
        return Files.readAllBytes(file);
    }

    private synchronized void delete() {
        try {
            out.close();
            Files.deleteIfExists(file);
        } catch (IOException e) { // it goes with the run's directory
            LOG.log(Level.WARNING, "file of a run not deleted file=" + file, e);
        }
    }
}
