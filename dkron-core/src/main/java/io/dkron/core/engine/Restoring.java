package io.dkron.core.engine;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.Lineage;
import io.dkron.core.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        Lineage file = lineage(jobs);
        Map<JobName, String> cycles = file.cycles();
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            JobDefinition job = jobs.get(i).definition();
            String at = "jobs[" + i + "].";
            String field = at + "parent_job";
            if (job.parent()
                    .filter(p -> !file.contains(p) && lead.find(p).isEmpty())
                    .isPresent()) {
                problems.add(new Problem(field, "specified parent job not found"));
            }
            Optional.ofNullable(cycles.get(job.name()))
                    .ifPresent(c -> problems.add(new Problem(field, "makes a cycle: " + c)));
            lead.room
                    .fault(job, lead.tools.layout().jobs())
                    .ifPresent(p -> problems.add(new Problem(at + p.field(), p.message())));
        }
        return problems;
    }

    private Lineage lineage(List<Job> jobs) {
        return new Lineage(
                jobs.stream()
                        .map(j -> new Lineage.Member(j.name(), j.definition().parent()))
                        .toList(),
                this::stored);
    }

    private Optional<JobName> stored(JobName name) {
        return lead.find(name).flatMap(e -> e.definition().parent());
    }

    /** Stores the jobs, each in a unit of its own, parents first, and says so in that order. */
    Outcome.Restored restore(List<Job> jobs, boolean dryRun, Instant now) {
        List<Job> ordered =
                Arrays.stream(lineage(jobs).parentsFirst()).mapToObj(jobs::get).toList();
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
}
