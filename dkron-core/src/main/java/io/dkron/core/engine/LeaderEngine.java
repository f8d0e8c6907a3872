package io.dkron.core.engine;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.Progress;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.store.Layout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The engine: takes events to the rooms of the present lead, and answers open requests when a lead ends. */
public final class LeaderEngine implements Engine {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration AGAIN_WITHIN = Duration.ofSeconds(5); // its client has not given up by then

    private final Lead.Tools tools;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, List<Event.Asked>> open =
            new LinkedHashMap<>(); // requests that wait for an answer, by id
    private List<Event.Asked> again = List.of(); // to be decided again by the next lead
    private final Rollback rollback = new Rollback();
    private Optional<Lead> lead = Optional.empty();
    private Optional<Requests> requests = Optional.empty();
    private Optional<Instant> wake = Optional.empty();
    private long sequence;
    private long tickets;
    private int outbox;

    /**
     * An engine that leads nothing yet.
     *
     * @param random chooses targets and spreads retries
     * @param uids random texts, never the same twice
     */
    public LeaderEngine(
            EngineSettings settings,
            Layout layout,
            Timetable.Factory timetables,
            RandomGenerator random,
            Supplier<String> uids) {
        this.tools = new Lead.Tools(settings, layout, timetables, random, uids, () -> ++tickets);
    }

    @Override
    public List<Effect> step(Event event) {
        List<Effect> effects = new ArrayList<>();
        if (event instanceof Event.Elected elected) {
            elected(elected, effects);
        } else if (event instanceof Event.Deposed deposed) {
            lose("this node leads no longer: " + deposed.reason(), effects);
            effects.addAll(rollback.givenUp(deposed.reason()));
        } else if (event instanceof Event.RolledBack back) {
            lose(back.what().reason(), effects);
            effects.addAll(rollback.givenUp("the store went back again"));
            effects.add(rollback.found(back));
        } else if (event instanceof Event.AcceptRollback accept) {
            effects.add(rollback.accept(accept));
            return effects;
        } else if (event instanceof Event.CommitLost lost && lead.isPresent()) {
            lost(lost, effects);
        } else if (event instanceof Event.Members changed) {
            members.clear();
            changed.members().forEach(m -> members.put(m.name(), m));
        }
        if (lead.isPresent()) {
            led(lead.get(), event, effects);
        } else if (event instanceof Event.Asked asked) {
            effects.add(new Effect.Answer(asked.request().id(), new Outcome.NoLeader(RETRY_AFTER)));
        }
        return effects;
    }

    private void led(Lead now, Event event, List<Effect> effects) {
        if (event instanceof Event.Committed done) {
            effects.addAll(now.ledger.committed(done.sequence(), done.version(), now.paused, event.now()));
            Optional<Effect.Reload> unproven = reload(effects);
            if (unproven.isPresent()) { // the store lost a term: this lead must do nothing more
                effects.stream().filter(e -> e instanceof Effect.Answer).forEach(e -> answered((Effect.Answer) e));
                lose(unproven.get().reason(), effects);
                return;
            }
        } else if (event instanceof Event.Started started) {
            started(now, started).ifPresent(effects::add);
        } else {
            handle(now, event);
        }
        now.ledger.cut();
        elapse(now, event.now());
        List<Effect> flushed = now.ledger.flush(sequence + 1, event.now());
        if (flushed.stream().anyMatch(e -> e instanceof Effect.Commit)) {
            sequence++;
        }
        effects.addAll(flushed);
        showOutbox(now.outbox.size(), effects);
        effects.stream().filter(e -> e instanceof Effect.Answer).forEach(e -> answered((Effect.Answer) e));
        if (event instanceof Event.Tick) {
            wake = Optional.empty(); // that wish is used up, even if it came true too early
        }
        wake(now, effects);
    }

    private void handle(Lead now, Event event) {
        if (event instanceof Event.Asked asked) {
            ask(asked);
        } else if (event instanceof Event.Reported reported) {
            reported.reports().forEach(r -> {
                now.results.reported(reported.node(), r, event.now());
                now.ledger.cut();
            });
        } else if (event instanceof Event.Dispatched dispatched) {
            now.delivery.dispatched(dispatched);
        } else if (event instanceof Event.AgentListed listed) {
            now.delivery.listed(listed);
        } else if (event instanceof Event.AgentUnreachable away) {
            now.delivery.unreachable(away.node(), event.now());
        } else if (event instanceof Event.Processed processed) {
            now.results.processed(processed);
        } else if (event instanceof Event.Notified notified) {
            now.outbox.notified(notified);
        } else if (event instanceof Event.ExecutionRead read) {
            now.outbox.executionRead(read);
        } else if (event instanceof Event.ExecutionsListed listed) {
            now.retention.listed(listed);
        } else if (event instanceof Event.ListFailed failed) {
            now.retention.failed(failed);
        } else if (event instanceof Event.Members) {
            now.absence.changed(now.replaceMembers(members), event.now());
        } else if (event instanceof Event.MemberRemoved removed) {
            now.absence.removed(removed.node(), event.now());
        } else if (event instanceof Event.AgentAhead ahead) {
            Rollback.suspect(now, ahead);
        } else if (event instanceof Event.Beat) {
            now.ledger.beat();
        }
    }

    private static Optional<Effect.Reload> reload(List<Effect> effects) {
        return effects.stream()
                .filter(e -> e instanceof Effect.Reload)
                .map(e -> (Effect.Reload) e)
                .findFirst();
    }

    private void ask(Event.Asked asked) {
        open.computeIfAbsent(asked.request().id(), id -> new ArrayList<>()).add(asked);
        requests.orElseThrow().handle(asked);
    }

    /** Nothing of the batch is stored, or nobody knows: what was assumed since is void. */
    private void lost(Event.CommitLost event, List<Effect> effects) {
        Optional<JobName> foreign = event.refused().flatMap(tools.layout().keys()::jobOf);
        if (foreign.isPresent()) { // certainly not stored, and this node still leads (protocol P21)
            again = open.values().stream().flatMap(List::stream).toList();
            open.clear();
            effects.add(new Effect.Log(
                    System.Logger.Level.WARNING,
                    "foreign write job=" + foreign.get() + ", it is read and decided again"));
        }
        Progress seen = lead.orElseThrow().ledger.progress();
        end(event.reason(), effects);
        effects.add(new Effect.Reload(event.reason(), seen, false));
    }

    /** Requests that a foreign write came in the way of. */
    private void askAgain(Lead begun, Instant now, List<Effect> effects) {
        List<Event.Asked> kept = again;
        again = List.of();
        for (Event.Asked asked : kept) {
            if (asked.now().plus(AGAIN_WITHIN).isBefore(now)) {
                effects.add(unavailable(asked, "the store was in the way for too long"));
            } else {
                ask(asked);
                begun.ledger.cut();
            }
        }
    }

    private static Effect unavailable(Event.Asked asked, String reason) {
        String id = asked.request().id();
        return new Effect.Answer(id, new Outcome.Unavailable(id, reason));
    }

    /** Timers and firings that are due, whatever the event was. */
    private static void elapse(Lead now, Instant instant) {
        Optional<Timers.Action> action = now.timers.pollDue(instant);
        while (action.isPresent()) {
            action.get().at(instant);
            now.ledger.cut();
            action = now.timers.pollDue(instant);
        }
        now.firing.fire(instant);
        now.requests.forget(instant).forEach(key -> {
            now.ledger.delete(key);
            now.ledger.cut();
        });
    }

    private void elected(Event.Elected event, List<Effect> effects) {
        end("the lead began anew", effects);
        Lead begun = new Lead(tools, event.takeover(), members, event.now());
        lead = Optional.of(begun);
        requests = Optional.of(new Requests(begun));
        List<Job> jobs = begun.jobs.values().stream()
                .map(JobEntry::job)
                .sorted(Comparator.comparing(Job::name))
                .toList();
        List<Execution> unfinished = begun.jobs.values().stream()
                .flatMap(e -> e.unfinished().stream())
                .sorted(Comparator.comparing(Execution::job).thenComparing(Execution::id))
                .toList();
        effects.add(new Effect.Publish(
                begun.fence.term(), begun.ledger.nextPosition(), true, jobs, List.of(), unfinished, begun.paused));
        effects.addAll(rollback.over(begun.ledger.progress()));
        new Recovery(begun, event.takeover()).run(event.now());
        askAgain(begun, event.now(), effects);
    }

    /** The lead is over: nobody knows whether what was asked is done (protocol P16). */
    private void lose(String reason, List<Effect> effects) {
        end(reason, effects);
        again.forEach(asked -> effects.add(unavailable(asked, reason)));
        again = List.of();
    }

    private void showOutbox(int size, List<Effect> effects) {
        if (size != outbox) {
            outbox = size;
            effects.add(new Effect.OutboxSize(size));
        }
    }

    private void end(String reason, List<Effect> effects) {
        lead = Optional.empty();
        requests = Optional.empty();
        wake = Optional.empty();
        open.values().forEach(all -> all.forEach(asked -> effects.add(unavailable(asked, reason))));
        open.clear();
        showOutbox(0, effects); // as far as this node knows
    }

    private void answered(Effect.Answer answer) {
        open.computeIfPresent(answer.requestId(), (id, all) -> {
            all.remove(0);
            return all.isEmpty() ? null : all;
        });
    }

    /** For display only: the real start comes with the result, and is stored then. */
    private static Optional<Effect> started(Lead now, Event.Started event) {
        return now.find(event.job())
                .flatMap(e -> e.find(event.id()))
                .filter(e -> e.key().equals(event.key()) && !e.state().ended())
                .map(e -> new Effect.Publish(
                        now.fence.term(),
                        now.ledger.nextPosition(),
                        false,
                        List.of(),
                        List.of(),
                        List.of(e.with().startedAt(event.at()).build()),
                        now.paused));
    }

    private void wake(Lead now, List<Effect> effects) {
        Optional<Instant> at = now.wakeAt();
        if (at.isPresent() && !at.equals(wake)) {
            effects.add(new Effect.WakeAt(at.get()));
        }
        wake = at;
    }
}
