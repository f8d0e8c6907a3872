package io.dkron.ejb.leader;

import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Performs the effects that go to members and tells the engine what became of them. Never blocks the engine: a call is
 * made on a worker thread, and an agent that hangs costs only its own calls.
 */
public final class Dispatcher {
    private static final String DUE = "due:";

    private static final long RETRY_CONFIRMING = Duration.ofMillis(50).toNanos();

    private final AgentCalls agents;
    private final Authority authority;
    private final Executor workers;
    private final InstantSource clock;
    private final Consumer<Function<Instant, Event>> engine;
    private final LongConsumer delayNanos;
    private volatile boolean quiet;

    /**
     * @param authority asked before orders are handed out
     * @param engine takes every event
     * @param delayNanos told how late each firing was accepted by its node, counted from its due instant
     */
    public Dispatcher(
            AgentCalls agents,
            Authority authority,
            Executor workers,
            InstantSource clock,
            Consumer<Function<Instant, Event>> engine,
            LongConsumer delayNanos) {
        this.agents = Objects.requireNonNull(agents, "agents");
        this.authority = Objects.requireNonNull(authority, "authority");
        this.workers = Objects.requireNonNull(workers, "workers");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.engine = Objects.requireNonNull(engine, "engine");
        this.delayNanos = Objects.requireNonNull(delayNanos, "delayNanos");
    }

    /**
     * Hands out no more orders. To the engine that is as if the node had crashed before: the next leader finds them
     * recorded and not arrived, and hands them out.
     */
    public void quiet() {
        quiet = true;
    }

    /** Hands orders to their member. */
    public void dispatch(Effect.Dispatch effect) {
        if (quiet) {
            return;
        }
        work(() -> hand(effect), why -> notSent(effect, why));
    }

    private void hand(Effect.Dispatch effect) {
        if (!authorized(effect.orders())) {
            if (!quiet && !authority.lost()) {
                notSent(effect, "this server could not make sure in time that it still leads");
            } // else whoever leads next finds the orders recorded and not arrived
            return;
        }
        agents.run(effect.fence(), effect.node(), effect.orders()).thenAccept(handovers -> {
            measure(effect.orders(), handovers);
            tell(now -> new Event.Dispatched(now, effect.fence().term(), effect.node(), handovers));
        });
    }

    /** Blocks until the lead is confirmed, lost, or the orders are too old to be taken. */
    private boolean authorized(List<RunOrder> orders) {
        while (!authority.holds() && !authority.confirm()) {
            Instant now = clock.instant();
            if (quiet || authority.lost() || orders.stream().allMatch(o -> now.isAfter(o.deadline()))) {
                return false;
            }
            LockSupport.parkNanos(RETRY_CONFIRMING);
        }
        return true;
    }

    /** The engine may offer the orders again. */
    private void notSent(Effect.Dispatch effect, String why) {
        List<Event.Handover> handovers = effect.orders().stream()
                .map(o -> new Event.Handover(o.key(), Event.Handover.Result.NOT_SENT, why))
                .toList();
        tell(now -> new Event.Dispatched(now, effect.fence().term(), effect.node(), handovers));
    }

    /** Asks a member what it runs. */
    public void ask(Effect.AskAgent effect) {
        String node = effect.node();
        work(
                () -> agents.list(effect.fence(), node).thenAccept(listing -> listed(effect, listing)),
                why -> tell(now -> new Event.AgentUnreachable(now, node, why)));
    }

    private void listed(Effect.AskAgent effect, AgentCalls.Listing listing) {
        String node = effect.node();
        listing.ahead().ifPresent(seen -> tell(now -> new Event.AgentAhead(now, node, seen)));
        listing.failure()
                .ifPresentOrElse(
                        why -> tell(now -> new Event.AgentUnreachable(now, node, why)),
                        () -> tell(now -> new Event.AgentListed(
                                now,
                                effect.fence().term(),
                                node,
                                effect.question(),
                                listing.journals(),
                                listing.runs())));
    }

    /** Tells a member to end runs. */
    public void cancel(Effect.Cancel effect) {
        String node = effect.node();
        work(
                () -> agents.cancel(effect.fence(), node, effect.keys())
                        .thenAccept(failure ->
                                failure.ifPresent(why -> tell(now -> new Event.AgentUnreachable(now, node, why)))),
                why -> tell(now -> new Event.AgentUnreachable(now, node, why)));
    }

    /** Lets a member forget runs. */
    public void acknowledge(Effect.Acknowledge effect) {
        work(() -> agents.acknowledge(effect.node(), effect.keys()), why -> {});
    }

    private void work(Runnable call, Consumer<String> notStarted) {
        try {
            workers.execute(call);
        } catch (RejectedExecutionException e) {
            notStarted.accept("the node stops");
        }
    }

    private void tell(Function<Instant, Event> event) {
        engine.accept(event);
    }

    private void measure(List<RunOrder> orders, List<Event.Handover> handovers) {
        Map<Object, Event.Handover> byKey = new HashMap<>();
        handovers.forEach(h -> byKey.put(h.key(), h));
        Instant now = clock.instant();
        for (RunOrder order : orders) {
            Event.Handover handover = byKey.get(order.key());
            boolean accepted = handover != null && handover.result() == Event.Handover.Result.ACCEPTED;
            if (accepted && order.key().cause().startsWith(DUE) && order.key().attempt() == 1) {
                long due = Long.parseLong(
                        order.key().cause(), DUE.length(), order.key().cause().length(), 10);
                delayNanos.accept(
                        Duration.between(Instant.ofEpochSecond(0, due), now).toNanos());
            }
        }
    }
}
