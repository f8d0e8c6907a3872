package io.dkron.core.engine;

import io.dkron.core.engine.Event.Handover.Result;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Calls between nodes: they take time, get lost, come late or twice, and some pairs of nodes cannot reach each other. */
final class SimulatedNetwork {
    private record Cut(String from, String to) {}

    boolean faulty;
    private final Simulation simulation;
    private final Set<Cut> cuts = new HashSet<>();

    SimulatedNetwork(Simulation simulation) {
        this.simulation = simulation;
    }

    void cut(SimulatedNode from, SimulatedNode to) {
        cuts.add(new Cut(from.name, to.name));
    }

    void heal() {
        cuts.clear();
    }

    boolean reaches(SimulatedNode from, SimulatedNode to) {
        return from == to || !cuts.contains(new Cut(from.name, to.name));
    }

    boolean connected(SimulatedNode a, SimulatedNode b) {
        return reaches(a, b) && reaches(b, a);
    }

    /**
     * Calls a node. One of {@code reply} and {@code failed} is told, unless the caller dies; a request that was accepted
     * by the transport dies with the process it leads to.
     *
     * @param failed NOT_SENT if the request certainly did not leave, else UNKNOWN
     */
    <R> void call(
            SimulatedNode from, SimulatedNode to, Supplier<R> handle, Consumer<R> reply, Consumer<Result> failed) {
        boolean local = from == to;
        if (!to.up || !reaches(from, to)) {
            Result result = !to.up || simulation.oneIn(2) ? Result.NOT_SENT : Result.UNKNOWN;
            from.later(simulation.millis(1, result == Result.UNKNOWN ? 10_000 : 100), () -> failed.accept(result));
            return;
        }
        Runnable unanswered = () -> {
            R unused = handle.get();
        };
        boolean[] done = {false};
        from.later(Duration.ofSeconds(10), () -> once(done, () -> failed.accept(Result.UNKNOWN)));
        int fate = faulty && !local ? simulation.random.nextInt(40) : 39;
        if (fate == 0) {
            return; // lost
        }
        if (fate <= 2) { // late, after the caller has given up perhaps, and perhaps twice; no answer gets back
            to.later(simulation.millis(0, 20_000), unanswered);
            if (fate == 1) {
                to.later(simulation.millis(0, 4), unanswered);
            }
            return;
        }
        to.later(simulation.millis(0, local ? 0 : 4), () -> {
            R answer = handle.get();
            if (fate != 3 && reaches(to, from)) {
                from.later(simulation.millis(0, local ? 0 : 4), () -> once(done, () -> reply.accept(answer)));
            }
        });
    }

    private static void once(boolean[] done, Runnable run) {
        if (!done[0]) {
            done[0] = true;
            run.run();
        }
    }
}
