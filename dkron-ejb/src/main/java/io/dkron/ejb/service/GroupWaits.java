package io.dkron.ejb.service;

import io.dkron.core.engine.Effect;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Those who wait for the end of a group. The last ends are remembered, since a group can end before its starter has
 * begun to wait. Safe for many threads.
 */
public final class GroupWaits {
    private static final int REMEMBERED = 4_096;

    private record Group(JobName job, long number) {}

    private final Executor executor;
    private final Map<Group, List<CompletableFuture<Job>>> waits = new HashMap<>();
    private final Map<Group, Job> ends = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Group, Job> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param executor where waits are completed */
    public GroupWaits(Executor executor) {
        this.executor = executor;
    }

    /** A group has ended. */
    public void ended(Effect.GroupEnded end) {
        Group group = new Group(end.job().name(), end.group());
        List<CompletableFuture<Job>> waiting;
        synchronized (this) {
            ends.put(group, end.job());
            waiting = waits.remove(group);
        }
        if (waiting == null) {
            return;
        }
        for (CompletableFuture<Job> wait : waiting) {
            try {
                executor.execute(() -> wait.complete(end.job()));
            } catch (RejectedExecutionException e) {
                wait.complete(end.job()); // the node stops
            }
        }
    }

    /**
     * Completes with the job as it is when the group has ended. Who gives up waiting calls {@link #forget}.
     */
    synchronized CompletableFuture<Job> await(JobName job, long number) {
        Group group = new Group(job, number);
        Optional<Job> known = Optional.ofNullable(ends.get(group));
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        CompletableFuture<Job> wait = new CompletableFuture<>();
        waits.computeIfAbsent(group, g -> new ArrayList<>(1)).add(wait);
        return wait;
    }

    synchronized void forget(JobName job, long number, CompletableFuture<Job> wait) {
        Group group = new Group(job, number);
        List<CompletableFuture<Job>> all = waits.get(group);
        if (all != null && all.remove(wait) && all.isEmpty()) {
            waits.remove(group);
        }
    }
}
