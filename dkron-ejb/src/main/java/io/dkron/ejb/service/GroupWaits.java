package io.dkron.ejb.service;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongPredicate;

/**
 * Those who wait for the end of a group, on any server: the stored job says what of it has ended. A job that is deleted at
 * the end of its group is remembered for a while, since that can come before its starter has begun to wait. Safe for many
 * threads.
 */
public final class GroupWaits {
    private static final int REMEMBERED = 4_096;

    private record Group(JobName job, long number) {}

    private record Wait(Group group, String uid, CompletableFuture<Job> end) {}

    private final Executor executor;
    private final Map<JobName, List<Wait>> waits = new HashMap<>(); // guarded by this, as all else
    private final Map<Group, Job> deleted = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Group, Job> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @param executor where waits are completed */
    public GroupWaits(Executor executor) {
        this.executor = executor;
    }

    /**
     * A job has changed, or is looked at once more.
     *
     * @param unended whether an execution of that group runs or waits
     */
    void changed(Job job, LongPredicate unended) {
        List<Wait> over = new ArrayList<>();
        synchronized (this) {
            List<Wait> ofJob = waits.get(job.name());
            if (ofJob == null) {
                return;
            }
            for (Iterator<Wait> each = ofJob.iterator(); each.hasNext(); ) {
                Wait wait = each.next();
                if (ended(job, wait, unended)) {
                    each.remove();
                    over.add(wait);
                }
            }
            if (ofJob.isEmpty()) {
                waits.remove(job.name());
            }
        }
        over.forEach(wait -> complete(wait.end(), job));
    }

    /**
     * A job was deleted.
     *
     * @param last as it was with its groups ended
     * @param groups those that had not ended before
     */
    void deleted(Job last, Collection<Long> groups) {
        List<Wait> over;
        synchronized (this) {
            groups.forEach(number -> deleted.put(new Group(last.name(), number), last));
            over = Optional.ofNullable(waits.remove(last.name())).orElse(List.of());
        }
        over.forEach(wait -> complete(wait.end(), last));
    }

    /**
     * Completes with the job as it is when the group has ended. The caller has to look at the job once more after this
     * ({@link ReadModel#lookAgain}); who gives up waiting calls {@link #forget}.
     *
     * @param started the job with the group started
     */
    synchronized CompletableFuture<Job> await(Job started, long number) {
        Group group = new Group(started.name(), number);
        Optional<Job> gone = Optional.ofNullable(deleted.get(group));
        if (gone.isPresent()) {
            return CompletableFuture.completedFuture(gone.get());
        }
        Wait wait = new Wait(group, started.state().uid(), new CompletableFuture<>());
        waits.computeIfAbsent(started.name(), n -> new ArrayList<>(1)).add(wait);
        return wait.end();
    }

    synchronized void forget(JobName job, CompletableFuture<Job> end) {
        List<Wait> all = waits.get(job);
        if (all != null && all.removeIf(wait -> wait.end() == end) && all.isEmpty()) {
            waits.remove(job);
        }
    }

    /** Names of jobs that somebody waits for. */
    synchronized List<JobName> awaited() {
        return List.copyOf(waits.keySet());
    }

    private static boolean ended(Job job, Wait wait, LongPredicate unended) {
        if (!job.state().uid().equals(wait.uid())) {
            return true; // another job of that name: the one waited for is gone
        }
        long number = wait.group().number();
        if (job.state().lastGroup() < number) {
            return false; // this copy does not know the group yet
        }
        Optional<RecentGroup> recent =
                job.state().recent().stream().filter(r -> r.group() == number).findFirst();
        return recent.map(r -> r.status() != JobStatus.RUNNING).orElseGet(() -> !unended.test(number));
    }

    private void complete(CompletableFuture<Job> end, Job job) {
        try {
            executor.execute(() -> end.complete(job));
        } catch (RejectedExecutionException e) {
            end.complete(job); // the node stops
        }
    }
}
