package io.dkron.ejb.wiring;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/**
 * Starts parts in order and stops them in reverse, as a checked state machine: new, starting, running, stopping,
 * stopped. A part that fails to start stops the ones before it. Each part is stopped once, whatever others throw.
 * Starting and stopping are exclusive of each other.
 */
public final class LifeCycle {
    private static final Logger LOG = System.getLogger(LifeCycle.class.getName());

    /** Where a life cycle stands. */
    public enum State {
        NEW,
        STARTING,
        RUNNING,
        STOPPING,
        STOPPED
    }

    /** What it takes to start or stop a part. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    private record Part(String name, Action stop) {}

    private final String name;
    private final Deque<Part> started = new ArrayDeque<>();
    private volatile State state = State.NEW;

    public LifeCycle(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    public State state() {
        return state;
    }

    /** Begins starting. @throws IllegalStateException unless new */
    public synchronized void begin() {
        move(State.NEW, State.STARTING);
    }

    /**
     * Starts a part and remembers how to stop it.
     *
     * @throws IllegalStateException unless starting, or when the part does not start; the parts before it are stopped
     */
    public synchronized void start(String part, Action start, Action stop) {
        if (state != State.STARTING) {
            throw new IllegalStateException(name + ": " + part + " cannot start while " + state);
        }
        try {
            start.run();
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            stopAll();
            throw new IllegalStateException(name + ": " + part + " did not start: " + e.getMessage(), e);
        }
        started.push(new Part(part, stop));
    }

    /** All parts are started. @throws IllegalStateException unless starting */
    public synchronized void running() {
        move(State.STARTING, State.RUNNING);
    }

    /** Stops every started part in reverse order; a second call does nothing. */
    public synchronized void stop() {
        if (state != State.STOPPED) {
            stopAll();
        }
    }

    private void stopAll() {
        state = State.STOPPING;
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                part.stop().run();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                LOG.log(Level.WARNING, "part did not stop cleanly name=" + part.name(), e);
            }
        }
        state = State.STOPPED;
    }

    private void move(State from, State to) {
        if (state != from) {
            throw new IllegalStateException(name + ": " + to + " needs " + from + ", is " + state);
        }
        state = to;
    }
}
