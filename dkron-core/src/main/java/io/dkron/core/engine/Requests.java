package io.dkron.core.engine;

import io.dkron.core.engine.RequestRecord.Kind;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Does what is asked. A request that was done before is answered from memory (protocol P16); one that is done is
 * remembered in the unit that does it.
 */
final class Requests {
    private final Lead lead;
    private final Saving saving;
    private final Restoring restoring;

    Requests(Lead lead) {
        this.lead = lead;
        this.saving = lead.saving;
        this.restoring = new Restoring(lead, saving);
    }

    /** Handles a request; its answer is held until what it did is stored. */
    void handle(Event.Asked asked) {
        Optional<RequestRecord> before = lead.requests.find(asked.request().id());
        if (before.isPresent()) {
            answer(asked, repeated(asked, before.get()));
        } else if (asked instanceof Event.Save save) {
            answer(asked, save(save));
        } else if (asked instanceof Event.Delete delete) {
            delete(delete);
        } else if (asked instanceof Event.Toggle toggle) {
            answer(asked, toggle(toggle));
        } else if (asked instanceof Event.Run run) {
            answer(asked, run(run));
        } else if (asked instanceof Event.DeleteExecutions delete) {
            deleteExecutions(delete);
        } else if (asked instanceof Event.Restore restore) {
            answer(asked, restore(restore));
        } else if (asked instanceof Event.Pause pause) {
            answer(asked, pause(pause));
        } else if (asked instanceof Event.CancelExecutions cancel) {
            answer(asked, cancel(cancel));
        } else {
            throw new IllegalArgumentException("unknown request " + asked.getClass());
        }
    }

    private void answer(Event.Asked asked, Outcome outcome) {
        lead.ledger.hold(new Effect.Answer(asked.request().id(), outcome));
    }

    private Outcome repeated(Event.Asked asked, RequestRecord before) {
        boolean same = before.kind() == kind(asked) && before.job().equals(job(asked));
        return same
                ? new Outcome.Repeated(before, before.job().flatMap(lead::find).map(JobEntry::job))
                : new Outcome.KeyReused(before);
    }

    private void done(Event.Asked asked, Optional<Job> job, OptionalLong group) {
        Duration kept = asked.request().clientKey() ? RequestMemory.CLIENT_KEY : RequestMemory.SERVER_ID;
        lead.ledger.done(new RequestRecord(
                asked.request().id(),
                kind(asked),
                job(asked),
                job.map(j -> j.state().revision()).orElse(0L),
                group,
                asked.request().clientKey(),
                asked.now().plus(kept)));
    }

    private Outcome save(Event.Save event) {
        Optional<Outcome> refused = saving.refuse(event.definition(), event.unlessStored(), event.condition());
        if (refused.isPresent()) {
            return refused.get();
        }
        boolean created = lead.find(event.definition().name()).isEmpty();
        if (event.dryRun()) {
            return new Outcome.Checked(saving.merged(event.definition(), event.now()), created);
        }
        JobEntry entry = saving.save(event.definition(), event.now());
        OptionalLong group = OptionalLong.empty();
        if (event.run() && !event.definition().disabled()) {
            group = lead.groups.start(entry, Trigger.CREATE, cause(event), Optional.empty(), event.now());
            if (group.isEmpty()) {
                lead.warn("no member for the run at creation job=" + entry.name());
            }
        }
        done(event, Optional.of(entry.job()), group);
        return new Outcome.Saved(entry.job(), created, group);
    }

    private Outcome toggle(Event.Toggle event) {
        Optional<JobEntry> entry = lead.find(event.job());
        if (entry.isEmpty()) {
            return new Outcome.JobNotFound(event.job());
        }
        Optional<Outcome> unmet = saving.refuse(event.job(), event.condition());
        if (unmet.isPresent()) {
            return unmet.get();
        }
        JobDefinition old = entry.get().definition();
        boolean disabled = event.disabled().orElse(!old.disabled());
        JobEntry saved = saving.save(old.with().disabled(disabled).build(), event.now());
        done(event, Optional.of(saved.job()), OptionalLong.empty());
        return new Outcome.Saved(saved.job(), false, OptionalLong.empty());
    }

    private Outcome run(Event.Run event) {
        Optional<JobEntry> entry = lead.find(event.job());
        if (entry.isEmpty()) {
            return new Outcome.JobNotFound(event.job());
        }
        if (entry.get().definition().disabled() && !event.evenDisabled()) {
            return new Outcome.JobDisabled(event.job());
        }
        OptionalLong group =
                lead.groups.start(entry.get(), Trigger.MANUAL, cause(event), Optional.empty(), event.now());
        if (group.isEmpty()) {
            return new Outcome.NoTarget(event.job());
        }
        done(event, Optional.of(entry.get().job()), group);
        return new Outcome.RunStarted(entry.get().job(), group.getAsLong());
    }

    private static String cause(Event.Asked asked) {
        return "request:" + asked.request().id();
    }

    private void delete(Event.Delete event) {
        Optional<JobEntry> entry = lead.find(event.job());
        if (entry.isEmpty()) {
            answer(event, new Outcome.JobNotFound(event.job()));
            return;
        }
        Optional<Outcome> unmet = saving.refuse(event.job(), event.condition());
        List<JobName> children = List.copyOf(lead.childrenOf(event.job()));
        if (unmet.isPresent()) {
            answer(event, unmet.get());
        } else if (!children.isEmpty() && !event.cascade()) {
            answer(event, new Outcome.HasDependents(event.job(), children));
        } else {
            Job job = entry.get().job();
            List<JobEntry> family = lead.removal.family(entry.get());
            List<JobName> others = family.stream()
                    .map(JobEntry::name)
                    .filter(n -> !n.equals(event.job()))
                    .toList();
            done(event, Optional.of(job), OptionalLong.empty());
            lead.removal.removeAll(family, () -> answer(event, new Outcome.Deleted(job, others)));
        }
    }

    private void deleteExecutions(Event.DeleteExecutions event) {
        Optional<JobEntry> entry = lead.find(event.job());
        if (entry.isEmpty()) {
            answer(event, new Outcome.JobNotFound(event.job()));
            return;
        }
        lead.retention.whenKnown(entry.get(), () -> {
            if (lead.find(event.job()).filter(e -> e == entry.get()).isEmpty()) {
                answer(event, new Outcome.JobNotFound(event.job()));
            } else {
                answer(event, clear(event, entry.get()));
            }
        });
    }

    private Outcome clear(Event.DeleteExecutions event, JobEntry entry) {
        List<io.dkron.core.job.ExecutionId> live = entry.live();
        int deleted = 0;
        for (io.dkron.core.job.ExecutionId id : entry.kept().all()) {
            if (!live.contains(id)) {
                entry.kept().remove(id);
                lead.outbox.delete(entry.name(), id);
                if (++deleted % lead.room.deletes() == 0) {
                    lead.ledger.cut(); // who repeats the request deletes the rest
                }
            }
        }
        entry.set(entry.state()
                .with()
                .successCount(0)
                .errorCount(0)
                .lastSuccess(Optional.empty())
                .lastError(Optional.empty()));
        lead.ledger.put(entry.job());
        done(event, Optional.of(entry.job()), OptionalLong.empty());
        return new Outcome.ExecutionsDeleted(entry.job());
    }

    private Outcome restore(Event.Restore event) {
        if (lead.paused) {
            return new Outcome.Paused();
        }
        List<Problem> problems = restoring.problems(event.jobs());
        if (!problems.isEmpty()) {
            return new Outcome.Invalid(problems);
        }
        Outcome restored = restoring.restore(event.jobs(), event.dryRun(), event.now());
        if (!event.dryRun()) {
            done(event, Optional.empty(), OptionalLong.empty());
        }
        return restored;
    }

    private Outcome pause(Event.Pause event) {
        lead.paused = event.paused();
        String key = lead.tools.layout().keys().paused();
        if (event.paused()) {
            lead.ledger.put(key, event.now().toString().getBytes(StandardCharsets.UTF_8));
        } else {
            lead.ledger.delete(key);
        }
        done(event, Optional.empty(), OptionalLong.empty());
        return new Outcome.PauseSet(event.paused());
    }

    private Outcome cancel(Event.CancelExecutions event) {
        Optional<JobEntry> entry = lead.find(event.job());
        if (entry.isEmpty()) {
            return new Outcome.JobNotFound(event.job());
        }
        List<Execution> wanted = entry.get().unsettled().stream()
                .filter(e -> event.id().map(e.id()::equals).orElse(true))
                .toList();
        if (wanted.isEmpty()) {
            boolean unknown = event.id().isPresent()
                    && entry.get().kept().known()
                    && !entry.get().kept().all().contains(event.id().get());
            return unknown ? new Outcome.ExecutionNotFound(event.job()) : new Outcome.NotRunning(event.job());
        }
        List<Execution> cancelling = new ArrayList<>();
        for (Execution each : wanted) {
            lead.ledger.cut(); // who repeats the request cancels the rest
            cancelling.add(cancel(entry.get(), each, event.now()));
        }
        done(event, Optional.of(entry.get().job()), OptionalLong.empty());
        return new Outcome.Cancelling(entry.get().job(), cancelling);
    }

    private Execution cancel(JobEntry entry, Execution execution, Instant now) {
        if (execution.state() == ExecutionState.WAITING) {
            Execution ended = execution.ended(ExecutionState.CANCELLED, now, now, Outputs.reason("cancelled"));
            lead.results.finish(entry, ended, false, now);
            return ended;
        }
        Execution asked = execution.with().cancelAsked(true).build();
        entry.groups().get(asked.group()).put(asked);
        lead.ledger.put(asked);
        lead.ledger.put(entry.job()); // its version guards against another writer
        lead.delivery.cancel(asked);
        return asked;
    }

    private static Kind kind(Event.Asked asked) {
        if (asked instanceof Event.Save) {
            return Kind.SAVE;
        } else if (asked instanceof Event.Delete) {
            return Kind.DELETE;
        } else if (asked instanceof Event.Toggle) {
            return Kind.TOGGLE;
        } else if (asked instanceof Event.Run) {
            return Kind.RUN;
        } else if (asked instanceof Event.DeleteExecutions) {
            return Kind.DELETE_EXECUTIONS;
        } else if (asked instanceof Event.Restore) {
            return Kind.RESTORE;
        }
        return asked instanceof Event.Pause ? Kind.PAUSE : Kind.CANCEL;
    }

    private static Optional<JobName> job(Event.Asked asked) {
        if (asked instanceof Event.Save e) {
            return Optional.of(e.definition().name());
        } else if (asked instanceof Event.Delete e) {
            return Optional.of(e.job());
        } else if (asked instanceof Event.Toggle e) {
            return Optional.of(e.job());
        } else if (asked instanceof Event.Run e) {
            return Optional.of(e.job());
        } else if (asked instanceof Event.DeleteExecutions e) {
            return Optional.of(e.job());
        }
        return asked instanceof Event.CancelExecutions e ? Optional.of(e.job()) : Optional.empty();
    }
}
