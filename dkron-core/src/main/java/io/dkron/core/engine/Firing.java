package io.dkron.core.engine;

import io.dkron.core.engine.Timetable.Span;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.Concurrency;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.Misfire;
import io.dkron.core.job.MisfirePolicy;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.time.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fires what is due. Every due instant gets exactly one verdict, fired, skipped or missed, in the unit that moves {@code
 * next} past it (protocol P18).
 */
final class Firing {
    private static final int MISSED = 100;

    private final Lead lead;

    Firing(Lead lead) {
        this.lead = lead;
    }

    /** Fires all that is due by now, each job in a unit of its own; leaves the rest when too much waits for the store. */
    void fire(Instant now) {
        while (!lead.suspect && !lead.ledger.full()) {
            Optional<JobName> due = lead.due.pollDue(now);
            if (due.isEmpty()) {
                return;
            }
            fire(lead.jobs.get(due.get()), now);
            lead.ledger.cut();
        }
    }

    /** Gives this job's due instants up to now their verdict, before its schedule changes. */
    void upTo(JobEntry entry, Instant now) {
        if (entry.state().next().filter(n -> !n.isAfter(now)).isPresent()) {
            fire(entry, now);
        }
    }

    private void fire(JobEntry entry, Instant now) {
        JobState state = entry.state();
        Instant next = state.next().orElseThrow();
        Instant until =
                entry.definition().expiresAt().filter(e -> e.isBefore(now)).orElse(now);
        if (until.isBefore(next)) { // cannot be: next is never beyond the expiry
            until = next;
        }
        MisfirePolicy policy = entry.definition().misfire();
        Instant oldest = now.minus(grace(policy));
        boolean unknown = lead.gap == Reason.ROLLBACK && !next.isAfter(lead.electedAt); // what of it ran nobody knows
        Misfires.Verdict verdict = Misfires.judge(
                entry.timetable(),
                next,
                until,
                lateUpTo(now),
                oldest,
                unknown ? Misfire.SKIP : policy.mode(),
                policy.limit());
        missed(entry, verdict.missed(), next.isAfter(lead.electedAt) ? Reason.MISFIRE : lead.gap);
        List<Instant> fire = verdict.fire();
        for (int i = 0; i + 1 < fire.size(); i++) { // each a step of its own: the next instant is what is left to do
            passed(entry, fire.get(i), Optional.of(fire.get(i + 1)));
            scheduled(entry, fire.get(i), now);
            lead.ledger.cut();
        }
        Instant newest = fire.isEmpty() ? verdict.missed().last() : fire.get(fire.size() - 1);
        Instant last = newest.isBefore(next) ? next : newest;
        passed(entry, last, entry.nextAfter(last.isAfter(now) ? last : now));
        if (!fire.isEmpty()) {
            scheduled(entry, newest, now);
        }
    }

    private void passed(JobEntry entry, Instant due, Optional<Instant> next) {
        entry.set(entry.state().with().lastDue(Optional.of(due)).next(next));
        lead.due.set(entry.name(), next);
        lead.ledger.put(entry.job());
    }

    /** Instants up to this one are late: they fell due before this lead, or too long ago. */
    private Instant lateUpTo(Instant now) {
        Instant stalled = now.minus(lead.settings.onTime());
        return stalled.isAfter(lead.electedAt) ? stalled : lead.electedAt;
    }

    private Duration grace(MisfirePolicy policy) {
        return GoDuration.parse(policy.grace())
                .filter(g -> !policy.grace().isEmpty())
                .orElse(lead.settings.misfireGrace());
    }

    private void scheduled(JobEntry entry, Instant due, Instant now) {
        if (forbidden(entry)) {
            missed(entry, new Span(1, due, due), Reason.FORBID);
            lead.ledger.put(entry.job());
        } else {
            lead.groups.start(entry, Trigger.SCHEDULE, "due:" + Nanos.of(due), Optional.of(due), now);
        }
    }

    /** Starts a dependent job after its parent, if it may run now. */
    void dependent(JobEntry child, String cause, Instant now) {
        boolean may = !child.definition().disabled()
                && child.definition().startsAt().map(s -> !now.isBefore(s)).orElse(true)
                && child.definition().expiresAt().map(e -> !now.isAfter(e)).orElse(true);
        if (!may) {
            lead.info("dependent not started, it is disabled or out of its time job=" + child.name());
        } else if (forbidden(child)) {
            missed(child, new Span(1, now, now), Reason.FORBID);
            lead.ledger.put(child.job());
        } else {
            lead.groups.start(child, Trigger.DEPENDENT, cause, Optional.empty(), now);
        }
    }

    private static boolean forbidden(JobEntry entry) {
        return entry.definition().concurrency() == Concurrency.FORBID && entry.busy();
    }

    /** Notes firings that did not run; consecutive ones of one reason are one record. */
    private static void missed(JobEntry entry, Span span, Reason reason) {
        if (span.count() == 0) {
            return;
        }
        JobState state = entry.state();
        List<MissedFirings> all = new ArrayList<>(state.missed());
        MissedFirings last = all.isEmpty() ? null : all.get(all.size() - 1);
        if (last != null
                && last.reason() == reason
                && Nanos.of(last.last()) > state.lastGroup()
                && !span.last().isBefore(last.last())) {
            all.set(all.size() - 1, new MissedFirings(reason, last.count() + span.count(), last.first(), span.last()));
        } else {
            all.add(new MissedFirings(reason, span.count(), span.first(), span.last()));
        }
        JobState.Builder changed = state.with().missed(all.subList(Math.max(0, all.size() - MISSED), all.size()));
        entry.set(
                reason == Reason.FORBID
                        ? changed.skippedCount(state.skippedCount() + span.count())
                        : changed.missedCount(state.missedCount() + span.count()));
    }
}
