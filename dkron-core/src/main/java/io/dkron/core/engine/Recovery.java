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

    Recovery(Lead lead) {
        this.lead = lead;
    }

    void run(Instant now) {
        for (JobEntry entry : lead.jobs.values().stream()
                .sorted(java.util.Comparator.comparing(JobEntry::name))
                .toList()) {
            if (Takeover.isFromDkron1(entry.job())) {
                convert(entry, now);
            } else {
                resume(entry, now);
            }
            lead.ledger.cut();
        }
        lead.removal.resume();
    }

    private void resume(JobEntry entry, Instant now) {
        for (Group group : List.copyOf(entry.groups().values())) {
            if (group.settled()) {
                lead.results.settle(entry, group, now);
            }
        }
        for (Execution execution : entry.unsettled()) {
            if (execution.state() == ExecutionState.WAITING) {
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

    /** A job that Dkron 1.x stored becomes one of ours; what ran under it cannot be asked for. */
    private void convert(JobEntry entry, Instant now) {
        JobState.Builder state = entry.state()
                .with()
                .uid(lead.tools.uids().get())
                .revision(Math.max(1, entry.state().revision()))
                .anchor(now.truncatedTo(ChronoUnit.SECONDS));
        entry.set(state);
        lead.change(
                entry,
                entry.job().with(entry.state().with().next(entry.nextAfter(now)).build()));
        for (Execution execution : entry.unfinished()) {
            lead.results.finish(
                    entry,
                    execution.ended(
                            ExecutionState.FAILED,
                            execution.startedAt(),
                            now,
                            Outputs.reason("outcome unknown: started by Dkron 1.x")),
                    false,
                    now);
        }
    }
}
