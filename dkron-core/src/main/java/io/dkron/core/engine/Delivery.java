package io.dkron.core.engine;

import io.dkron.core.engine.Event.Handover;
import io.dkron.core.engine.Event.KnownRun;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.Trigger;
import io.dkron.core.time.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings orders and cancellations to members. An order whose fate is unknown stays bound to its node: the agent is asked,
 * and gets the same run key again only while it still has the journal it had (protocol P11).
 */
final class Delivery {
    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** An order that is not known to have arrived. */
    private static final class Open {
        final RunOrder order;
        final Instant since;
        boolean asking;

        Open(RunOrder order, Instant since, boolean asking) {
            this.order = order;
            this.since = since;
            this.asking = asking;
        }
    }

    private final Lead lead;
    private final Map<RunKey, Open> open = new LinkedHashMap<>();
    private final Map<RunKey, Execution> cancelling = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();

    Delivery(Lead lead) {
        this.lead = lead;
    }

    /** Sends the order for a recorded execution once the record is stored. */
    void order(JobEntry entry, Execution execution, Instant now) {
        RunOrder order = Orders.of(execution, entry.definition(), now.plus(lead.settings.dispatchFor()));
        open.put(execution.key(), new Open(order, now, false));
        send(order);
    }

    /** An execution of an earlier lead: its agent is asked before anything is decided about it (protocol P1). */
    void recover(JobEntry entry, Execution execution, Instant now) {
        RunOrder order = Orders.of(execution, entry.definition(), now.plus(lead.settings.dispatchFor()));
        open.put(execution.key(), new Open(order, now, true));
        if (execution.cancelAsked()) {
            cancelling.put(execution.key(), execution);
        }
        if (lead.alive(execution.node()).isPresent()) {
            ask(execution.node());
        } else {
            watch(execution.node(), now);
        }
    }

    /** The run is known to have arrived, or nobody wants it any more. */
    void arrived(RunKey key) {
        open.remove(key);
        cancelling.remove(key);
    }

    /** Ends a running execution; repeated until it has ended. */
    void cancel(Execution execution) {
        cancelling.put(execution.key(), execution);
        lead.ledger.hold(new Effect.Cancel(lead.fence, execution.node(), List.of(execution.key())));
    }

    void dispatched(Event.Dispatched event) {
        for (Handover handover : event.handovers()) {
            Open sent = open.get(handover.key());
            if (event.term() == lead.fence.term() && sent != null && !sent.asking) {
                handed(sent, handover, event.now());
            }
        }
    }

    private void handed(Open sent, Handover handover, Instant now) {
        switch (handover.result()) {
            case ACCEPTED -> {
                if (execution(sent.order).filter(this::journalReplaced).isPresent()) {
                    sent.asking = true; // by whom it was accepted nobody knows
                    ask(handover.key().node());
                } else {
                    accepted(handover.key());
                }
            }
            case REFUSED ->
                fail(sent.order, "node " + handover.key().node() + " refused the run: " + handover.detail(), now);
            case NOT_SENT -> notSent(sent, handover, now);
            case UNKNOWN -> {
                sent.asking = true;
                ask(handover.key().node());
            }
        }
    }

    private void accepted(RunKey key) {
        open.remove(key);
        Execution cancelled = cancelling.get(key);
        if (cancelled != null) {
            cancel(cancelled);
        }
    }

    private void notSent(Open sent, Handover handover, Instant now) {
        if (!now.isBefore(sent.since.plus(lead.settings.dispatchFor()))) {
            fail(sent.order, "node " + handover.key().node() + " could not be reached: " + handover.detail(), now);
            return;
        }
        lead.timers.at(now.plus(AGAIN), later -> {
            if (open.get(handover.key()) == sent && !sent.asking) {
                resend(sent, later);
            }
        });
    }

    /** The agent said what it knows: adopt, send again, or give up. */
    void listed(Event.AgentListed event) {
        if (event.term() != lead.fence.term()) {
            return;
        }
        asked.remove(event.node());
        Set<RunKey> known = new HashSet<>();
        for (KnownRun run : event.runs()) {
            known.add(run.key());
        }
        for (Open waiting : askingOf(event.node())) {
            if (Unreadable.is(waiting.order.key())) {
                decideUnreadable(waiting, known, event);
            } else {
                decide(waiting, known.contains(waiting.order.key()), event);
            }
        }
    }

    private void decide(Open waiting, boolean known, Event.AgentListed event) {
        RunKey key = waiting.order.key();
        Optional<Execution> execution = execution(waiting.order);
        if (execution.isEmpty()) {
            open.remove(key);
        } else if (known) {
            accepted(key);
        } else if (execution.get().journal().isEmpty()
                || !execution.get().journal().equals(event.journal())) {
            fail(waiting.order, "outcome unknown: the journal of node " + event.node() + " was replaced", event.now());
        } else if (tooLate(execution.get(), event.now())) {
            fail(
                    waiting.order,
                    "never started: recorded at " + execution.get().startedAt() + ", and no server led until "
                            + lead.electedAt,
                    event.now());
        } else {
            waiting.asking = false;
            resend(waiting, event.now());
        }
    }

    /** It may be a run that no other execution accounts for; while there is one, its report is waited for. */
    private void decideUnreadable(Open waiting, Set<RunKey> known, Event.AgentListed event) {
        RunKey key = waiting.order.key();
        Set<RunKey> others = new HashSet<>();
        lead.find(waiting.order.job())
                .ifPresent(e -> e.groups().values().forEach(g -> g.executions().forEach(x -> others.add(x.key()))));
        if (known.stream().noneMatch(run -> Unreadable.maybe(key, run) && !others.contains(run))) {
            fail(waiting.order, Unreadable.REASON, event.now());
            return;
        }
        lead.timers.at(event.now().plus(AGAIN), later -> {
            if (open.get(key) == waiting) {
                ask(event.node());
            }
        });
    }

    /** A firing that never arrived may run as late as its job's grace says, like one that was missed. */
    private boolean tooLate(Execution execution, Instant now) {
        if (execution.trigger() != Trigger.SCHEDULE || execution.startedAt().isAfter(lead.electedAt)) {
            return false;
        }
        Duration grace = lead.find(execution.job())
                .map(e -> e.definition().misfire().grace())
                .filter(g -> !g.isEmpty())
                .flatMap(GoDuration::parse)
                .orElse(lead.settings.misfireGrace());
        return execution.scheduledAt().orElse(execution.startedAt()).isBefore(now.minus(grace));
    }

    private void resend(Open sent, Instant now) {
        Optional<Execution> execution = execution(sent.order);
        if (execution.isEmpty()) {
            open.remove(sent.order.key());
        } else if (execution.get().cancelAsked()) {
            finish(execution.get(), ExecutionState.CANCELLED, "cancelled before it started", now);
        } else {
            send(sent.order);
        }
    }

    private void send(RunOrder order) {
        lead.ledger.hold(new Effect.Dispatch(lead.fence, order.key().node(), List.of(order)));
    }

    private void ask(String node) {
        if (asked.add(node)) {
            lead.ledger.hold(new Effect.AskAgent(lead.fence, node));
        }
    }

    /** A question or a cancellation did not arrive: both are tried again. */
    void unreachable(String node, Instant now) {
        asked.remove(node);
        lead.timers.at(now.plus(AGAIN), later -> {
            if (!askingOf(node).isEmpty()) {
                ask(node);
            }
            List<RunKey> keys = cancelling.keySet().stream()
                    .filter(k -> k.node().equals(node) && !open.containsKey(k))
                    .toList();
            if (!keys.isEmpty()) {
                lead.ledger.hold(new Effect.Cancel(lead.fence, node, keys));
            }
        });
    }

    /** Whether the node has another journal now than when this was recorded: what it ran may be forgotten. */
    private boolean journalReplaced(Execution execution) {
        return lead.alive(execution.node())
                .filter(m -> !m.journalId().equals(execution.journal()))
                .isPresent();
    }

    /** The members changed: those that came back or lost their journal are asked, those that went are watched. */
    void members(Instant now) {
        for (JobEntry entry : lead.jobs.values()) {
            for (Execution execution : entry.unfinished()) {
                if (execution.state() == ExecutionState.RUNNING
                        && !open.containsKey(execution.key())
                        && journalReplaced(execution)) {
                    recover(entry, execution, now);
                }
            }
        }
        Set<String> nodes = new HashSet<>();
        lead.jobs.values().forEach(e -> e.unfinished().forEach(x -> nodes.add(x.node())));
        nodes.stream().sorted().forEach(node -> {
            if (lead.alive(node).isEmpty()) {
                watch(node, now);
            } else if (!askingOf(node).isEmpty()) {
                ask(node);
            }
        });
    }

    /** A node that stays away for long loses its executions. */
    private void watch(String node, Instant now) {
        lead.timers.at(now.plus(lead.settings.lostAfter()), later -> {
            if (lead.alive(node).isEmpty()) {
                List<Execution> lost = new ArrayList<>();
                lead.jobs
                        .values()
                        .forEach(e -> e.unfinished().stream()
                                .filter(x -> x.node().equals(node) && x.state() == ExecutionState.RUNNING)
                                .forEach(lost::add));
                lost.sort(java.util.Comparator.comparing(Execution::job).thenComparing(Execution::id));
                lost.forEach(x ->
                        finish(x, ExecutionState.LOST, "node " + node + " is out of reach, it may still run", later));
            }
        });
    }

    private List<Open> askingOf(String node) {
        return open.values().stream()
                .filter(o -> o.asking && o.order.key().node().equals(node))
                .toList();
    }

    private Optional<Execution> execution(RunOrder order) {
        return lead.find(order.job())
                .flatMap(e -> e.find(order.id()))
                .filter(e -> e.key().equals(order.key()) && !e.state().ended());
    }

    private void fail(RunOrder order, String reason, Instant now) {
        open.remove(order.key());
        execution(order).ifPresent(e -> finish(e, ExecutionState.FAILED, reason, now));
    }

    private void finish(Execution execution, ExecutionState end, String reason, Instant now) {
        Instant start = execution.startedAt().isAfter(now) ? now : execution.startedAt();
        lead.find(execution.job())
                .ifPresent(entry -> lead.results.finish(
                        entry,
                        execution.ended(end, start, now, Outputs.reason(reason)),
                        end == ExecutionState.FAILED && !Unreadable.is(execution.key()), // its attempt is a guess
                        now));
    }
}
