package io.dkron.ejb.service;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.live.OutputHub.Source;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * Looks, each time it runs, whether the executions that somebody watches have printed more, and passes that on. Each is
 * looked at by itself, so that a node that does not answer holds up its own output only. Costs nothing while nobody
 * watches. Run by one thread at a time.
 */
public final class OutputFollower implements Runnable {
    private static final Logger LOG = System.getLogger(OutputFollower.class.getName());
    private static final int PART = 64 * 1_024;

    private final OutputHub hub;
    private final Function<Source, Optional<Execution>> running;
    private final NodeOutputs nodes;
    private final Executor workers;
    private final Map<Source, Long> seen = new ConcurrentHashMap<>();
    private final Set<Source> asked = ConcurrentHashMap.newKeySet();

    /**
     * @param running an execution that has not ended
     * @param workers threads that may block
     */
    public OutputFollower(
            OutputHub hub, Function<Source, Optional<Execution>> running, NodeOutputs nodes, Executor workers) {
        this.hub = Objects.requireNonNull(hub, "hub");
        this.running = Objects.requireNonNull(running, "running");
        this.nodes = Objects.requireNonNull(nodes, "nodes");
        this.workers = Objects.requireNonNull(workers, "workers");
    }

    @Override
    public void run() {
        List<Source> watched = hub.watched();
        seen.keySet().retainAll(watched);
        for (Source source : watched) {
            if (asked.add(source)) {
                try {
                    workers.execute(() -> look(source));
                } catch (RejectedExecutionException e) {
                    asked.remove(source); // the node stops
                }
            }
        }
    }

    private void look(Source source) {
        try {
            running.apply(source).ifPresent(execution -> follow(source, execution));
        } catch (RuntimeException e) { // it is looked at again the next time
            LOG.log(Level.WARNING, "output not followed execution=" + source.id(), e);
        } finally {
            asked.remove(source);
        }
    }

    private void follow(Source source, Execution execution) {
        Long known = seen.get(source);
        if (known == null) {
            // Its watcher reads what is there by itself; from here on it is told.
            seen.put(source, nodes.tail(execution, 1).map(OutputTail::size).orElse(0L));
            return;
        }
        long from = known;
        Optional<OutputChunk> more = nodes.read(execution, from, PART);
        while (more.isPresent() && more.get().bytes().length > 0) {
            hub.output(source, more.get());
            from = more.get().end();
            more = more.get().bytes().length < PART ? Optional.empty() : nodes.read(execution, from, PART);
        }
        seen.put(source, from);
    }
}
