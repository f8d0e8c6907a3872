package io.dkron.ejb.rpc;

import io.dkron.core.execution.RunKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Gathers for a moment what members may forget, so that many results cost one call. Losing some does no harm, the member
 * reports again; so beyond {@link #MOST} of one member more are dropped. Safe for many threads.
 */
final class Acknowledgements {
    /** Keys that wait for one member. */
    static final int MOST = 10_000;

    private static final long GATHER_MILLIS = 50;

    private final ScheduledExecutorService workers;
    private final BiConsumer<String, List<RunKey>> send;
    private final Map<String, Set<RunKey>> waiting = new HashMap<>();

    Acknowledgements(ScheduledExecutorService workers, BiConsumer<String, List<RunKey>> send) {
        this.workers = Objects.requireNonNull(workers, "workers");
        this.send = Objects.requireNonNull(send, "send");
    }

    void add(String node, List<RunKey> keys) {
        synchronized (this) {
            boolean first = !waiting.containsKey(node);
            Set<RunKey> set = waiting.computeIfAbsent(node, n -> new LinkedHashSet<>());
            if (set.size() + keys.size() <= MOST) {
                set.addAll(keys);
            }
            if (!first) {
                return;
            }
        }
        try {
            workers.schedule(() -> flush(node), GATHER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            flush(node); // the node stops: now or never
        }
    }

    private void flush(String node) {
        List<RunKey> keys;
        synchronized (this) {
            keys = new ArrayList<>(waiting.getOrDefault(node, Set.of()));
            waiting.remove(node);
        }
        if (!keys.isEmpty()) {
            send.accept(node, keys);
        }
    }
}
