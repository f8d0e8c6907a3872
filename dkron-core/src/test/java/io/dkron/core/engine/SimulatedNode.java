package io.dkron.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A process on a machine: it can be killed, which forgets all it was about to do, or stopped, which delays it. */
final class SimulatedNode {
    final String name;
    final boolean server;
    boolean up = true;
    boolean paused;
    boolean removed;
    private final Simulation simulation;
    private final List<Runnable> backlog = new ArrayList<>();
    private long incarnation;

    SimulatedNode(Simulation simulation, String name, boolean server) {
        this.simulation = simulation;
        this.name = name;
        this.server = server;
    }

    /** Has this life of the process do it after that time; when it is stopped, once it goes on. */
    void later(Duration delay, Runnable run) {
        long mine = incarnation;
        simulation.after(delay, () -> mine == incarnation && up, () -> {
            if (paused) {
                backlog.add(run);
            } else {
                run.run();
            }
        });
    }

    boolean works() {
        return up && !paused;
    }

    void kill() {
        up = false;
        paused = false;
        incarnation++;
        backlog.clear();
    }

    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        List<Runnable> waiting = List.copyOf(backlog);
        backlog.clear();
        long mine = incarnation;
        for (Runnable run : waiting) { // one of them may be the end of this process
            if (mine == incarnation) {
                run.run();
            }
        }
    }
}
