package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.Lineage;
import io.dkron.core.problem.Problem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Saves definitions: what must hold between jobs, what of the old state stays, when the job is due next. */
final class Saving {
    private final Lead lead;

    Saving(Lead lead) {
        this.lead = lead;
    }

    /** Why a job of this name cannot be changed under the condition; empty if it can. */
    Optional<Outcome> refuse(JobName name, Condition condition) {
        Optional<Job> stored = lead.find(name).map(JobEntry::job);
        boolean holds = condition.absent()
                ? stored.isEmpty()
                : condition.revision().isEmpty()
                        || stored.filter(j -> j.state().revision()
                                        == condition.revision().getAsLong())
                                .isPresent();
        return holds ? Optional.empty() : Optional.of(new Outcome.RevisionMismatch(stored));
    }

    /** Why this definition cannot be saved among the stored jobs; empty if it can. */
    Optional<Outcome> refuse(JobDefinition definition, List<Problem> unlessStored, Condition condition) {
        if (lead.paused) {
            return Optional.of(new Outcome.Paused());
        }
        if (!unlessStored.isEmpty() && lead.find(definition.name()).isEmpty()) {
            return Optional.of(new Outcome.Invalid(unlessStored));
        }
        Optional<Outcome> unmet = refuse(definition.name(), condition);
        if (unmet.isPresent()) {
            return unmet;
        }
        Optional<JobName> missing = definition
                .parent()
                .filter(p -> !p.equals(definition.name()) && lead.find(p).isEmpty());
        if (missing.isPresent()) {
            return Optional.of(new Outcome.ParentNotFound(missing.get()));
        }
        return Lineage.cycle(definition.name(), name -> parent(definition, name))
                .map(c -> new Problem("parent_job", "makes a cycle: " + c))
                .or(() -> lead.room.fault(definition, lead.tools.layout().jobs()))
                .map(problem -> new Outcome.Invalid(List.of(problem)));
    }

    private Optional<JobName> parent(JobDefinition saved, JobName name) {
        return name.equals(saved.name())
                ? saved.parent()
                : lead.find(name).flatMap(e -> e.definition().parent());
    }

    /** The job as it will be with this definition. */
    Job merged(JobDefinition definition, Instant now) {
        Optional<JobEntry> stored = lead.find(definition.name());
        if (stored.isEmpty()) {
            JobState state = JobState.created(lead.tools.uids().get(), now.truncatedTo(ChronoUnit.SECONDS));
            long numbers = lead.purges.getOrDefault(definition.name(), 0L);
            Optional<Instant> next =
                    JobEntry.nextAfter(definition, lead.tools.timetables().of(definition, state.anchor()), now);
            return new Job(
                    definition, state.with().lastNumber(numbers).next(next).build());
        }
        JobDefinition old = stored.get().definition();
        JobState state = stored.get().state();
        Instant anchor =
                old.schedule().equals(definition.schedule()) ? state.anchor() : now.truncatedTo(ChronoUnit.SECONDS);
        Optional<Instant> next = state.next();
        if (retimed(old, definition)) {
            Instant after = state.lastDue().filter(d -> d.isAfter(now)).orElse(now);
            next = JobEntry.nextAfter(definition, lead.tools.timetables().of(definition, anchor), after);
        }
        return new Job(
                definition,
                state.with()
                        .revision(state.revision() + 1)
                        .anchor(anchor)
                        .next(next)
                        .build());
    }

    private static boolean retimed(JobDefinition a, JobDefinition b) {
        return !a.schedule().equals(b.schedule())
                || !a.timezone().equals(b.timezone())
                || !a.startsAt().equals(b.startsAt())
                || !a.expiresAt().equals(b.expiresAt())
                || !a.parent().equals(b.parent())
                || a.disabled() != b.disabled();
    }

    /** Saves the definition, which was not refused. Firings that are due by now get their verdict first. */
    JobEntry save(JobDefinition definition, Instant now) {
        lead.find(definition.name()).ifPresent(e -> lead.firing.upTo(e, now));
        Job merged = merged(definition, now);
        Optional<JobEntry> stored = lead.find(definition.name());
        if (stored.isEmpty()) {
            lead.ledger.put(merged);
            return lead.add(merged, KeptIds.none());
        }
        lead.change(stored.get(), merged);
        stored.get().unsettled().forEach(e -> lead.absence.expire(e));
        if (definition.disabled()) {
            cancelWaiting(stored.get(), now);
        }
        return stored.get();
    }

    private void cancelWaiting(JobEntry entry, Instant now) {
        for (Execution execution : entry.unfinished()) {
            if (execution.state() == ExecutionState.WAITING) {
                lead.ledger.part(); // the next leader sees for itself that the job is disabled
                drop(entry, execution, now);
            }
        }
    }

    /** Gives up a waiting retry, as its job is disabled. */
    void drop(JobEntry entry, Execution waiting, Instant now) {
        lead.info("retry dropped, the job was disabled job=" + entry.name() + " execution=" + waiting.id());
        lead.results.finish(
                entry,
                waiting.ended(ExecutionState.CANCELLED, now, now, Outputs.reason("the job was disabled")),
                false,
                now);
    }

    /** A job that was just created with this definition, for its size alone. */
    static Job fresh(JobDefinition definition) {
        return new Job(definition, JobState.created("", Instant.EPOCH));
    }
}
