package io.dkron.core.engine;

import io.dkron.core.engine.Event.Handover;
import io.dkron.core.engine.Event.KnownRun;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.time.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings orders and cancellations to members. An order whose fate is unknown stays bound to its node: the agent is asked,
 * and gets the same run key again only while it still has the journal it had. Only one that certainly did not arrive, and
 * cannot any more, is given to another member or given up (protocol P11). An agent that was started anew is asked for all
 * that it had: it may have come back with an old disk.
 */
final class Delivery {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOCKS = Duration.ofSeconds(5); // an agent's may be behind by as much

    /** An order that is not known to have arrived. */
    private static final class Open {
        RunOrder order;
        final Instant since;
        Optional<Instant> askingSince = Optional.empty();
        long question; // only an answer to this one, or a later one, counts
        boolean arrived; // the agent had it once
        Instant underWayUntil = Instant.MIN; // a copy of this lead that nobody answered may arrive until then
        Optional<String> refusal = Optional.empty(); // why it will not be sent again

        Open(RunOrder order, Instant since) {
            this.order = order;
            this.since = since;
        }

        RunKey key() {
            return order.key();
        }

        boolean asking() {
            return askingSince.isPresent();
        }
    }

    private final Lead lead;
    private final Map<RunKey, Open> open = new LinkedHashMap<>();
    private final Map<RunKey, Execution> cancelling = new LinkedHashMap<>();
    private final Set<String> asked = new HashSet<>();
    private long questions;

    Delivery(Lead lead) {
        this.lead = lead;
    }

    /** Sends the order for a recorded execution once the record is stored. */
    void order(JobEntry entry, Execution execution, Instant now) {
        RunOrder order = Orders.of(execution, entry.definition(), now.plus(lead.settings.dispatchFor()));
        open.put(execution.key(), new Open(order, now));
        lead.absence.bind(execution);
        send(order);
    }

    /** An execution of an earlier lead: its agent is asked before anything is decided (protocol P1). */
    void recover(JobEntry entry, Execution execution, Instant now) {
        ask(entry, execution, false, now);
    }

    /** An execution of this lead of which its agent may not know any more, or is not heard. */
    void doubt(JobEntry entry, Execution execution, Instant now) {
        Open before = open.get(execution.key());
        ask(entry, execution, before == null || before.arrived, now);
    }

    private void ask(JobEntry entry, Execution execution, boolean arrived, Instant now) {
        RunOrder order = Orders.of(execution, entry.definition(), now.plus(lead.settings.dispatchFor()));
        Open asked = new Open(order, now);
        asked.arrived = arrived;
        open.put(execution.key(), asked);
        lead.absence.bind(execution);
        if (execution.cancelAsked()) {
            cancelling.put(execution.key(), execution);
        }
        ask(asked, now);
    }

    private void ask(Open unclear, Instant now) {
        unclear.askingSince = unclear.askingSince.or(() -> Optional.of(now));
        unclear.question = ++questions;
        String node = unclear.key().node();
        if (lead.alive(node).isPresent()) {
            ask(node);
        }
    }

    /** The run is known to have arrived. */
    void arrived(RunKey key) {
        open.remove(key);
        cancelling.remove(key);
    }

    /** A result is recorded. A lost one is asked for when its node is back. */
    void ended(Execution execution) {
        if (execution.state().settled()) {
            forget(execution);
        }
    }

    /** Nobody wants to know of it any more. */
    void forget(Execution execution) {
        arrived(execution.key());
        lead.absence.unbind(execution);
    }

    /** Ends a running execution; repeated until it has ended. */
    void cancel(Execution execution) {
        cancelling.put(execution.key(), execution);
        lead.ledger.hold(new Effect.Cancel(lead.fence, execution.node(), List.of(execution.key())));
    }

    void dispatched(Event.Dispatched event) {
        for (Handover handover : event.handovers()) {
            Open sent = open.get(handover.key());
            if (event.term() == lead.fence.term() && sent != null && !sent.asking()) {
                handed(sent, handover, event.now());
                lead.ledger.cut();
            }
        }
    }

    private void handed(Open sent, Handover handover, Instant now) {
        String node = handover.key().node();
        switch (handover.result()) {
            case ACCEPTED -> {
                if (execution(sent.order).filter(lead.absence::journalReplaced).isPresent()) {
                    sent.arrived = true;
                    ask(sent, now); // by whom it was accepted nobody knows
                } else {
                    accepted(handover.key());
                }
            }
            case REFUSED -> giveUp(sent, "node " + node + " refused the run: " + handover.detail(), now);
            case OTHER_JOURNAL -> ask(sent, now); // an earlier journal may have had it
            case NOT_SENT -> notSent(sent, handover, now);
            case UNKNOWN -> {
                sent.underWayUntil = now.plus(lead.settings.dispatchFor()).plus(CLOCKS);
                ask(sent, now);
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
        boolean again = now.isBefore(sent.since.plus(lead.settings.dispatchFor()));
        if (!again || substitutable(sent, now)) {
            giveUp(sent, "node " + handover.key().node() + " could not be reached: " + handover.detail(), now);
            return;
        }
        lead.timers.at(now.plus(AGAIN), later -> {
            if (open.get(handover.key()) == sent && !sent.asking()) {
                resend(sent, later);
            }
        });
    }

    private boolean substitutable(Open sent, Instant now) {
        return !now.isBefore(sent.underWayUntil)
                && lead.find(sent.order.job())
                        .flatMap(entry -> execution(sent.order)
                                .filter(e -> !lead.groups.substitutes(entry, e).isEmpty()))
                        .isPresent();
    }

    /**
     * The node did not take it: another may, or it has failed. While an earlier copy of the order may be under way that is
     * not known yet, so the node is asked once that is over.
     */
    private void giveUp(Open sent, String reason, Instant now) {
        sent.refusal = Optional.of(reason);
        if (now.isBefore(sent.underWayUntil)) {
            sent.askingSince = sent.askingSince.or(() -> Optional.of(now));
            lead.timers.at(sent.underWayUntil, later -> {
                if (open.get(sent.key()) == sent) {
                    ask(sent, later);
                }
            });
            return;
        }
        open.remove(sent.key());
        Optional<Execution> execution = execution(sent.order);
        Optional<JobEntry> entry = lead.find(sent.order.job());
        if (execution.isEmpty() || entry.isEmpty()) {
            return;
        }
        if (execution.get().cancelAsked()) {
            finish(execution.get(), ExecutionState.CANCELLED, "cancelled before it started", false, now);
        } else if (execution.get().state() == ExecutionState.LOST
                || !lead.groups.substitute(entry.get(), execution.get(), reason, now)) {
            finish(execution.get(), ExecutionState.FAILED, reason, true, now);
        }
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
            if (run.ended() && lead.gap == MissedFirings.Reason.ROLLBACK) {
                expectReport(run.key(), event.now());
            }
        }
        for (Open waiting : askingOf(event.node())) {
            if (waiting.question > event.question()) {
                ask(event.node()); // it became unclear only after the agent had been asked
                continue;
            }
            if (Unreadable.is(waiting.key())) {
                decideUnreadable(waiting, known, event);
            } else {
                decide(waiting, known.contains(waiting.key()), event);
            }
            lead.ledger.cut();
        }
    }

    private void decide(Open waiting, boolean known, Event.AgentListed event) {
        RunKey key = waiting.key();
        Optional<Execution> execution = execution(waiting.order);
        if (execution.isEmpty()) {
            open.remove(key);
        } else if (known) {
            accepted(key);
        } else if (waiting.arrived || !event.journals().contains(execution.get().journal())) {
            // Whether that attempt has ended nobody can say, so none follows it (protocol P12).
            fail(
                    waiting.order,
                    "outcome unknown: the journal of node " + event.node() + " was replaced or is an old copy",
                    false,
                    event.now());
        } else if (mayBeUndone(execution.get())) {
            fail(
                    waiting.order,
                    "outcome unknown: the store went back in time, and node " + event.node() + " has it no longer",
                    false,
                    event.now());
        } else if (waiting.refusal.isPresent()) {
            giveUp(waiting, waiting.refusal.get(), event.now());
        } else if (execution.get().state() == ExecutionState.LOST) {
            giveUp(waiting, "never started: it did not reach node " + event.node(), event.now());
        } else if (tooLate(execution.get(), event.now())) {
            String reason = "never started: recorded at " + execution.get().startedAt() + ", and no server led until "
                    + lead.electedAt;
            fail(waiting.order, reason, true, event.now());
        } else {
            waiting.askingSince = Optional.empty();
            renew(waiting, execution.get(), event.journals().get(0));
            resend(waiting, event.now());
        }
    }

    /**
     * The agent was started again: it takes only orders for the present journal, so that none that it took before can be
     * taken for one that never arrived, whatever old copy of its disk it comes back with.
     */
    private void renew(Open waiting, Execution execution, String journal) {
        if (!execution.journal().equals(journal)) {
            Execution renewed = execution.with().journal(journal).build();
            lead.find(execution.job()).ifPresent(entry -> {
                entry.groups().get(renewed.group()).put(renewed);
                lead.ledger.put(renewed);
                lead.ledger.guard(entry.name());
            });
            waiting.order = waiting.order.forJournal(journal);
        }
    }

    /**
     * It ended, and the store says that it runs. If its result was acknowledged before the store went back, the agent does not
     * report it again (protocol P14).
     */
    private void expectReport(RunKey key, Instant now) {
        Open waiting = open.get(key);
        if (waiting != null) {
            lead.timers.at(
                    now.plus(lead.settings.lostAfter()),
                    later -> execution(waiting.order)
                            .filter(e -> !lead.results.processing(e.key()))
                            .ifPresent(e -> finish(
                                    e,
                                    ExecutionState.FAILED,
                                    "outcome unknown: it ended before the store went back in time",
                                    false,
                                    later)));
        }
    }

    /** It may be a run that no other execution accounts for; while there is one, its report is waited for. */
    private void decideUnreadable(Open waiting, Set<RunKey> known, Event.AgentListed event) {
        RunKey key = waiting.order.key();
        Set<RunKey> others = new HashSet<>();
        lead.find(waiting.order.job())
                .ifPresent(e -> e.groups().values().forEach(g -> g.executions().forEach(x -> others.add(x.key()))));
        if (known.stream().noneMatch(run -> Unreadable.maybe(key, run) && !others.contains(run))) {
            fail(waiting.order, Unreadable.REASON, false, event.now()); // its attempt is a guess
            return;
        }
        lead.timers.at(event.now().plus(AGAIN), later -> {
            if (open.get(key) == waiting) {
                ask(event.node());
            }
        });
    }

    /** It may have ended, and been forgotten by its node, in what the store lost when it went back (protocol P14). */
    private boolean mayBeUndone(Execution execution) {
        return lead.gap == MissedFirings.Reason.ROLLBACK
                && !execution.startedAt().isAfter(lead.electedAt);
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
            open.remove(sent.key());
        } else if (execution.get().cancelAsked()) {
            giveUp(sent, "cancelled before it started", now);
        } else {
            send(sent.order);
        }
    }

    private void send(RunOrder order) {
        lead.ledger.hold(new Effect.Dispatch(lead.fence, order.key().node(), List.of(order)));
    }

    private void ask(String node) {
        if (asked.add(node)) {
            lead.ledger.hold(new Effect.AskAgent(lead.fence, node, questions));
        }
    }

    /** A question or a cancellation did not arrive: both are tried again, while the node is a member. */
    void unreachable(String node, Instant now) {
        asked.remove(node);
        lead.timers.at(now.plus(AGAIN), later -> {
            if (lead.alive(node).isPresent()) {
                askAgain(node);
            }
        });
        for (Open waiting : askingOf(node)) {
            Instant since = waiting.askingSince.orElse(now);
            if (!now.isBefore(since.plus(lead.settings.lostAfter()))) {
                execution(waiting.order).ifPresent(e -> lead.absence.lose(e, now));
                lead.ledger.cut();
            }
        }
    }

    /** The node may be within reach again: it is asked and told what it has not answered. */
    void askAgain(String node) {
        if (!askingOf(node).isEmpty()) {
            ask(node);
        }
        List<RunKey> keys = cancelling.keySet().stream()
                .filter(k -> k.node().equals(node) && !open.containsKey(k))
                .toList();
        if (!keys.isEmpty()) {
            lead.ledger.hold(new Effect.Cancel(lead.fence, node, keys));
        }
    }

    /** Whether the run is not known to have arrived. */
    boolean isOpen(RunKey key) {
        return open.containsKey(key);
    }

    private List<Open> askingOf(String node) {
        return open.values().stream()
                .filter(o -> o.asking() && o.key().node().equals(node))
                .toList();
    }

    private Optional<Execution> execution(RunOrder order) {
        return lead.find(order.job())
                .flatMap(e -> e.find(order.id()))
                .filter(e -> e.key().equals(order.key()) && !e.state().settled());
    }

    private void fail(RunOrder order, String reason, boolean mayRetry, Instant now) {
        open.remove(order.key());
        execution(order).ifPresent(e -> finish(e, ExecutionState.FAILED, reason, mayRetry, now));
    }

    /** Records an end that no agent reported. */
    void finish(Execution execution, ExecutionState end, String reason, boolean mayRetry, Instant now) {
        Instant start = execution.startedAt().isAfter(now) ? now : execution.startedAt();
        lead.find(execution.job())
                .ifPresent(entry -> lead.results.finish(
                        entry, execution.ended(end, start, now, Outputs.reason(reason)), mayRetry, now));
    }
}
