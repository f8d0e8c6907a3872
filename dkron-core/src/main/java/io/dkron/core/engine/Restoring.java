package io.dkron.core.engine;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Restores jobs with their counters: checked together, then stored one by one, parents before their children. */
final class Restoring {
    private final Lead lead;
    private final Saving saving;

    Restoring(Lead lead, Saving saving) {
        this.lead = lead;
        this.saving = saving;
    }

    /** Every job whose parent is nowhere, or its own ancestor. */
    List<Problem> problems(List<Job> jobs) {
        Map<JobName, JobDefinition> file = byName(jobs);
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            JobDefinition job = jobs.get(i).definition();
            String field = "jobs[" + i + "].parent_job";
            if (job.parent()
                    .filter(p -> !file.containsKey(p) && lead.find(p).isEmpty())
                    .isPresent()) {
                problems.add(new Problem(field, "specified parent job not found"));
            }
            Saving.cycle(job.name(), name -> file.containsKey(name) ? parent(file, name) : stored(name))
                    .ifPresent(c -> problems.add(new Problem(field, "makes a cycle: " + c)));
            String at = "jobs[" + i + "].";
            lead.room
                    .fault(job, lead.tools.layout().jobs())
                    .ifPresent(p -> problems.add(new Problem(at + p.field(), p.message())));
        }
        return problems;
    }

    private Optional<JobName> stored(JobName name) {
        return lead.find(name).flatMap(e -> e.definition().parent());
    }

    /** Stores the jobs, each in a unit of its own, parents first, and says so in that order. */
    Outcome.Restored restore(List<Job> jobs, boolean dryRun, Instant now) {
        List<Job> ordered = parentsFirst(jobs);
        if (!dryRun) {
            for (Job job : ordered) {
                JobEntry entry = saving.save(job.definition(), now);
                entry.set(counted(entry.state(), job.state()));
                lead.ledger.put(entry.job());
                lead.ledger.cut();
            }
        }
        return new Outcome.Restored(ordered.stream()
                .map(j -> new Outcome.Restored.Item(j.name(), Optional.empty()))
                .toList());
    }

    /** As Dkron: the larger counters, the later results, the status of the file where it has one. */
    private static JobState.Builder counted(JobState stored, JobState file) {
        boolean known = file.status() != JobStatus.NONE && file.status() != JobStatus.RUNNING;
        return stored.with()
                .successCount(Math.max(stored.successCount(), file.successCount()))
                .errorCount(Math.max(stored.errorCount(), file.errorCount()))
                .lastSuccess(later(stored.lastSuccess(), file.lastSuccess()))
                .lastError(later(stored.lastError(), file.lastError()))
                .status(known && stored.status() != JobStatus.RUNNING ? file.status() : stored.status());
    }

    private static Optional<Instant> later(Optional<Instant> a, Optional<Instant> b) {
        return a.isPresent() && b.isPresent() && a.get().isAfter(b.get()) ? a : b.or(() -> a);
    }

    private static List<Job> parentsFirst(List<Job> jobs) {
        Map<JobName, JobDefinition> file = byName(jobs);
        Map<JobName, List<Job>> left = new LinkedHashMap<>();
        jobs.forEach(j -> left.computeIfAbsent(j.name(), n -> new ArrayList<>()).add(j));
        List<Job> ordered = new ArrayList<>();
        for (Job job : jobs) {
            Set<JobName> line = new LinkedHashSet<>(); // the job and its ancestors in the file, nearest first
            Optional<JobName> at = Optional.of(job.name());
            while (at.isPresent() && line.add(at.get())) {
                at = parent(file, at.get()).filter(file::containsKey);
            }
            List<JobName> eldestFirst = new ArrayList<>(line);
            java.util.Collections.reverse(eldestFirst);
            for (JobName name : eldestFirst) {
                Optional.ofNullable(left.remove(name)).ifPresent(ordered::addAll);
            }
        }
        return ordered;
    }

    private static Map<JobName, JobDefinition> byName(List<Job> jobs) {
        Map<JobName, JobDefinition> file = new LinkedHashMap<>();
        jobs.forEach(j -> file.put(j.name(), j.definition())); // of one name twice the last counts
        return file;
    }

    private static Optional<JobName> parent(Map<JobName, JobDefinition> file, JobName name) {
        return Optional.ofNullable(file.get(name)).flatMap(JobDefinition::parent);
    }
}
