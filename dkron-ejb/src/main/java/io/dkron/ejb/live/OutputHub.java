package io.dkron.ejb.live;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Live output of executions to those who watch them. Holds nothing of executions that nobody watches. A watcher takes
 * chunks in order of offset; where it was too slow, the next chunk's offset shows the gap and it reads that part from
 * the node. Safe for many threads.
 */
public final class OutputHub {
    /** An execution, by its job and id. */
    public record Source(JobName job, ExecutionId id) {
        public Source {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(id, "id");
        }
    }

    private final Executor executor;
    private final Map<Source, List<OutputSubscription>> watched = new HashMap<>();
    private int watchers;

    /** @param executor where watchers are woken; must not run tasks on the caller's thread */
    public OutputHub(Executor executor) {
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /** More output of an execution. */
    public synchronized void output(Source source, OutputChunk chunk) {
        watched.getOrDefault(source, List.of()).forEach(s -> s.offer(chunk));
    }

    /** The execution has ended; its watchers are told so after the last chunk. */
    public void ended(Source source) {
        List<OutputSubscription> told;
        synchronized (this) {
            List<OutputSubscription> gone = watched.remove(source);
            told = gone == null ? List.of() : gone;
            watchers -= told.size();
        }
        told.forEach(OutputSubscription::end);
    }

    /**
     * Watches an execution that runs.
     *
     * @param ready run on the hub's executor whenever there is something new
     * @return empty when there are too many watchers already
     */
    public synchronized Optional<OutputSubscription> subscribe(Source source, Runnable ready) {
        if (watchers >= LiveHub.MOST_WATCHERS) {
            return Optional.empty();
        }
        OutputSubscription[] self = new OutputSubscription[1];
        self[0] = new OutputSubscription(executor, ready, () -> remove(source, self[0]));
        watched.computeIfAbsent(source, s -> new ArrayList<>(1)).add(self[0]);
        watchers++;
        return Optional.of(self[0]);
    }

    /** The executions that are watched, as a copy. */
    public synchronized List<Source> watched() {
        return watched.isEmpty() ? List.of() : List.copyOf(watched.keySet());
    }

    /** Whether anybody watches that execution. */
    public synchronized boolean isWatched(Source source) {
        return watched.containsKey(source);
    }

    private synchronized void remove(Source source, OutputSubscription watcher) {
        List<OutputSubscription> all = watched.get(source);
        if (all != null && all.remove(watcher)) {
            watchers--;
            if (all.isEmpty()) {
                watched.remove(source);
            }
        }
    }
}
