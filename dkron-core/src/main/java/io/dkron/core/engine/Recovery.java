package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.JobState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** The first decisions of a lead: what an earlier one left unfinished goes on (protocol P1, P11). */
final class Recovery {
    private final Lead lead;
    private final Takeover takeover;

    Recovery(Lead lead, Takeover takeover) {
        this.lead = lead;
        this.takeover = takeover;
    }

    void run(Instant now) {
        if (takeover.inParts()) {
            lead.ledger.prove(); // also where nothing can be done: with this step the store says no more of it
            finish(takeover.todos(), now);
            lead.ledger.cut();
        }
        for (JobEntry entry : lead.jobs.values().stream()
                .sorted(java.util.Comparator.comparing(JobEntry::name))
                .toList()) {
            if (entry.state().anchor().equals(Instant.EPOCH)) { // no record of ours is without
                convert(entry, now);
            } else {
                resume(entry, now);
            }
            lead.ledger.cut();
        }
        lead.removal.resume();
        lead.outbox.resume(takeover.notices(), now);
    }

    /** A step that an earlier lead decided and did not finish, before anything else (protocol P5). */
    private void finish(List<Todo> todos, Instant now) {
        for (int i = 0; i < todos.size(); i++) {
            Todo todo = todos.get(i);
            lead.ledger.within(todos.subList(i + 1, todos.size()), () -> {
                lead.ledger.part(() -> todo);
                lead.find(todo.job())
                        .filter(e -> e.state().uid().equals(todo.uid()))
                        .ifPresent(e -> finish(e, todo, now));
            });
        }
    }

    private void finish(JobEntry entry, Todo todo, Instant now) {
        if (todo instanceof Todo.Start start) {
            lead.groups.complete(entry, start, now);
        } else if (todo instanceof Todo.Follow follow) {
            lead.results.follow(follow, now);
        } else if (todo instanceof Todo.Remove remove
                && (remove.dependents() || lead.childrenOf(entry.name()).isEmpty())) {
            lead.removal.removeAll(lead.removal.family(entry), () -> {});
        }
    }

    private void resume(JobEntry entry, Instant now) {
        for (Group group : List.copyOf(entry.groups().values())) {
            if (group.settled()) {
                lead.results.settle(entry, group, now);
            }
        }
        for (Execution execution : entry.unsettled()) {
            if (execution.state() == ExecutionState.WAITING
                    && entry.definition().disabled()) {
                lead.saving.drop(entry, execution, now);
                lead.ledger.cut();
            } else if (execution.state() == ExecutionState.WAITING) {
                lead.results.waitFor(execution);
            } else {
                lead.delivery.recover(entry, execution, now);
                lead.absence.recover(execution, now);
            }
        }
        if (entry.state().next().isEmpty()) {
            Instant after = entry.state().lastDue().filter(d -> d.isAfter(now)).orElse(now);
            Optional<Instant> next = entry.nextAfter(after);
            if (next.isPresent()) { // the schedule reaches further than the search did when this was stored
                lead.change(
                        entry, entry.job().with(entry.state().with().next(next).build()));
            }
        }
    }

    /** A job that Dkron 1.x stored becomes one of ours, again or for the first time; what ran under it cannot be asked for. */
    private void convert(JobEntry entry, Instant now) {
        for (Execution execution : entry.unfinished()) {
            if (!execution.key().jobUid().equals(entry.state().uid())) {
                lead.results.finish(
                        entry,
                        execution.ended(
                                ExecutionState.FAILED,
                                execution.startedAt(),
                                now,
                                Outputs.reason("outcome unknown: started by Dkron 1.x")),
                        false,
                        now);
                lead.ledger.cut(); // until the last one is stored the job stays as it is
            }
        }
        JobState.Builder state = entry.state()
                .with()
                .revision(Math.max(1, entry.state().revision()))
                .anchor(now.truncatedTo(ChronoUnit.SECONDS))
                .live(entry.live());
        if (Takeover.isFromDkron1(entry.job())) {
            state.uid(lead.tools.uids().get());
        }
        entry.set(state);
        Instant after = entry.state().lastDue().filter(d -> d.isAfter(now)).orElse(now);
        lead.change(
                entry,
                entry.job()
                        .with(entry.state().with().next(entry.nextAfter(after)).build()));
        resume(entry, now);
    }
}
