package io.dkron.core.store;

/** A real server of a backend, of a test's own, on loopback: a process with its data in a directory. Not thread-safe. */
public interface StoreServer extends AutoCloseable {
    /** Starts the process on the data that are there, on the same port each time, and waits until it serves. */
    void start();

    /** What {@code backend-machine} is to say. */
    String machine();

    /** Whether it was started, and neither killed nor ended by itself. */
    boolean isRunning();

    /** kill -9; harmless where it does not run. The data stay; {@link #start} goes on with them. */
    void kill();

    /** SIGSTOP: it accepts connections and never answers. */
    void pause();

    /** SIGCONT. */
    void resume();

    /** Ends it, and removes its data. */
    @Override
    void close();
}
