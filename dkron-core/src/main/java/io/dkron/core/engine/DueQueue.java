package io.dkron.core.engine;

import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Jobs by their next firing; every operation takes O(log n). */
final class DueQueue {
    private record Due(Instant at, JobName job) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : job.compareTo(other.job);
        }
    }

    private final TreeSet<Due> queue = new TreeSet<>();
    private final Map<JobName, Due> byJob = new HashMap<>();

    /** Sets, changes or takes away the job's next firing. */
    void set(JobName job, Optional<Instant> next) {
        Due old = byJob.get(job);
        if (old != null && next.isPresent() && old.at.equals(next.get())) {
            return;
        }
        if (old != null) {
            queue.remove(old);
            byJob.remove(job);
        }
        next.ifPresent(at -> {
            Due due = new Due(at, job);
            queue.add(due);
            byJob.put(job, due);
        });
    }

    /** The earliest firing. */
    Optional<Instant> first() {
        return queue.isEmpty() ? Optional.empty() : Optional.of(queue.first().at);
    }

    /** Takes out the job that is due first, if it is due by now. */
    Optional<JobName> pollDue(Instant now) {
        if (queue.isEmpty() || queue.first().at.isAfter(now)) {
            return Optional.empty();
        }
        Due due = queue.pollFirst();
        byJob.remove(due.job);
        return Optional.of(due.job);
    }
}
