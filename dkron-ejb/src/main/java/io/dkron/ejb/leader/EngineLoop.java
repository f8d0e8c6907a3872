package io.dkron.ejb.leader;

import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The engine on its one thread: takes what waits in the mailbox, many letters a turn, steps the engine, performs the
 * effects in their order, and sleeps until the engine wants to be woken. Requests are refused when too many wait;
 * outcomes of effects never are. A step that throws is an error of ours: the engine is replaced by a new one, which
 * reads the store again, and open requests are answered as unavailable.
 */
public final class EngineLoop implements Runnable {
    /** Most requests and reports that wait. */
    public static final int MOST_WAITING = 10_000;

    /** How long a request may stay without an answer. */
    public static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    private static final int TURN = 1_000;
    private static final long LONGEST_SLEEP = Duration.ofSeconds(1).toNanos();
    private static final Logger LOG = System.getLogger(EngineLoop.class.getName());

    /** The decisions: an event in, effects out. */
    @FunctionalInterface
    public interface Brain {
        List<Effect> step(Event event);
    }

    private record Letter(Function<Instant, ? extends Event> event, Pending pending) {}

    private final Supplier<? extends Brain> brains;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Performers performers;
    private final Requests requests;
    private final Mailbox<Letter> mailbox;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean stopping;
    private volatile boolean quiet;
    private volatile long lastTurn;

    private Brain brain;
    private Instant wakeAt = Instant.MAX;
    private Event.Members members;

    /**
     * @param brains makes an engine that knows nothing yet
     * @param clock the engine's time
     * @param performers who performs the effects, to be complete when the loop runs; those of {@link Effect.Answer}, {@link Effect.WakeAt} and {@link
     *     Effect.Log} are performed here
     * @param answers where answers are completed
     */
    public EngineLoop(
            Supplier<? extends Brain> brains,
            InstantSource clock,
            LongSupplier nanoTime,
            Performers performers,
            java.util.concurrent.Executor answers) {
        this.brains = Objects.requireNonNull(brains, "brains");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        requests = new Requests(answers, ANSWER_WITHIN.toNanos());
        mailbox = new Mailbox<>(MOST_WAITING, nanoTime);
        brain = brains.get();
        lastTurn = nanoTime.getAsLong();
        this.performers = performers
                .on(Effect.Answer.class, a -> requests.answer(a.requestId(), a.outcome()))
                .on(Effect.WakeAt.class, w -> wakeAt = w.at())
                .on(Effect.Log.class, l -> LOG.log(l.level(), "{0}", l.message()));
    }

    /** Tells the engine what became of an effect, or who is a member. Never refused. */
    public void tell(Function<Instant, ? extends Event> event) {
        mailbox.put(new Letter(event, Pending.NONE));
    }

    /** Tells the engine what somebody else began; false when too much waits already: come again later. */
    public boolean offer(Function<Instant, ? extends Event> event) {
        return mailbox.offer(new Letter(event, Pending.NONE));
    }

    /**
     * Asks the engine. The answer is completed on the answers' executor, never exceptionally: {@link
     * Outcome.Unavailable} after {@link #ANSWER_WITHIN}, {@link Outcome.NoLeader} at once when too many wait.
     */
    public CompletionStage<Outcome> ask(Request request, Function<Instant, ? extends Event.Asked> event) {
        Pending pending = new Pending(request.id(), nanoTime.getAsLong() + ANSWER_WITHIN.toNanos());
        if (stopping || quiet || !mailbox.offer(new Letter(event, pending))) {
            pending.answer().complete(new Outcome.NoLeader(Duration.ofSeconds(1)));
        }
        return pending.answer();
    }

    /** Begins nothing new from now on: no firing, no request. Results of what runs are still stored. */
    public void quiet() {
        quiet = true;
    }

    /** Whether the engine's thread has turned within this time; it does so each second at least. */
    public boolean turnedWithin(Duration time) {
        return ended.getCount() > 0 && nanoTime.getAsLong() - lastTurn <= time.toNanos();
    }

    /** How many letters wait. */
    public int waiting() {
        return mailbox.size();
    }

    /** Runs until {@link #stop}; to be called once, on a thread of its own. */
    @Override
    public void run() {
        performers.complete();
        List<Letter> letters = new ArrayList<>();
        try {
            while (!stopping && mailbox.drain(letters, TURN, deadline())) {
                turn(letters);
                letters.clear();
            }
        } finally {
            stopping = true;
            mailbox.drain(letters, Integer.MAX_VALUE, nanoTime.getAsLong());
            letters.forEach(l -> requests.register(l.pending()));
            requests.answerAll("the node stops");
            ended.countDown();
        }
    }

    /** Ends the loop after its turn and waits for that; open requests are answered as unavailable. */
    public void stop(Duration atMost) throws InterruptedException {
        stopping = true;
        tell(Event.Tick::new);
        if (!ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            LOG.log(Level.WARNING, "engine did not end its turn within={0}", atMost);
        }
    }

    private void turn(List<Letter> letters) {
        for (Letter letter : letters) {
            requests.register(letter.pending());
            Event event = letter.event().apply(clock.instant());
            if (event instanceof Event.Members m) {
                members = m;
            }
            step(event);
        }
        lastTurn = nanoTime.getAsLong();
        Instant now = clock.instant();
        if (!quiet && !now.isBefore(wakeAt)) {
            wakeAt = Instant.MAX;
            step(new Event.Tick(now));
        }
        requests.expire(nanoTime.getAsLong());
    }

    private void step(Event event) {
        try {
            brain.step(event).forEach(performers::perform);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "engine failed on " + event.getClass().getSimpleName() + "; it starts anew", e);
            restart(e.toString());
        }
    }

    private void restart(String reason) {
        requests.answerAll("internal error: " + reason);
        brain = brains.get();
        wakeAt = Instant.MAX;
        performers.perform(new Effect.Reload(reason));
        if (members != null) {
            Event.Members known = members;
            tell(now -> new Event.Members(now, known.members()));
        }
    }

    private long deadline() {
        long now = nanoTime.getAsLong();
        if (quiet || wakeAt.equals(Instant.MAX)) {
            return now + LONGEST_SLEEP;
        }
        // The clock is asked again after a second at most, since it may have been corrected meanwhile.
        Duration left = Duration.between(clock.instant(), wakeAt);
        return now + (left.compareTo(Duration.ofNanos(LONGEST_SLEEP)) > 0 ? LONGEST_SLEEP : left.toNanos());
    }
}
