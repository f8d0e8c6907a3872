package io.dkron.ejb.leader;

import io.dkron.core.cluster.Trust;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Store;
import io.dkron.ejb.store.Seldom;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The one thread of a server that writes its store, so that one commit at most is in flight (protocol P4) and a takeover
 * never meets a commit of its own. A takeover is repeated, with growing pauses, until it succeeds or another leads; also
 * one that follows soon after another waits, so that a fault that comes back at once does not spin. Whether this node may lead
 * at all is decided elsewhere ({@link Election}); what became of that reaches the engine in order with the rest.
 */
public final class StoreWriter implements Runnable {
    static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);
    private static final long SOON = Duration.ofSeconds(10).toNanos();

    private static final Logger LOG = System.getLogger(StoreWriter.class.getName());

    /**
     * Takes the lead: raises the term in the store and reads what a leader must know.
     *
     * @see io.dkron.core.engine.Takeover
     */
    @FunctionalInterface
    public interface Taking {
        /**
         * @return makes the event for the engine, elected or deposed
         * @throws OvertakenException when another node was faster; it is tried again while this one may lead
         * @throws RuntimeException when the store does not allow it now; it is tried again
         */
        Function<Instant, Event> take();

        /** Why this node does not lead although the last call of {@link #take} ended well; empty where it does. */
        default Optional<String> refused() {
            return Optional.empty();
        }
    }

    /** Another node took the lead, or holds it: no fault of the store. */
    public static final class OvertakenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public OvertakenException(String message) {
            super(message);
        }
    }

    private sealed interface Work {
        record Commit(Effect.Commit effect) implements Work {}

        record Take(String reason, boolean elected) implements Work {}

        record Depose(String reason) implements Work {}

        record End() implements Work {}
    }

    private final Store store;
    private final Taking taking;
    private final Trust trust;
    private final LongSupplier nanoTime;
    private final Consumer<Function<Instant, Event>> engine;
    // The engine has one commit or takeover in flight, so this never holds more than a few.
    private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private volatile boolean eligible;
    private volatile Optional<String> trouble = Optional.of("not led yet: starting");
    private volatile Thread thread;
    private Duration pause = FIRST_PAUSE;
    private long lastTaken;
    private boolean taken;
    private final Seldom cannotLead;

    /**
     * @param trust begins with each election, is renewed by each commit, ends with the lead
     * @param engine is told what became of commits and takeovers; takes every event
     */
    public StoreWriter(
            Store store, Taking taking, Trust trust, LongSupplier nanoTime, Consumer<Function<Instant, Event>> engine) {
        this.store = Objects.requireNonNull(store, "store");
        this.taking = Objects.requireNonNull(taking, "taking");
        this.trust = Objects.requireNonNull(trust, "trust");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.engine = Objects.requireNonNull(engine, "engine");
        this.cannotLead = new Seldom(nanoTime);
    }

    /** Commits a batch; the engine hears of the outcome. Returns at once. */
    public void commit(Effect.Commit effect) {
        queue.add(new Work.Commit(effect));
    }

    /** This node may lead from now on: takes the lead, and the engine hears of it. Returns at once. */
    public void elected(String reason) {
        trust.begun(nanoTime.getAsLong());
        eligible = true;
        trouble = Optional.of(reason);
        queue.add(new Work.Take(reason, true));
    }

    /** This node may not lead any more: a takeover in progress ends, and the engine hears of it. Returns at once. */
    public void deposed(String reason) {
        eligible = false;
        trust.ended();
        trouble = Optional.of(reason);
        queue.add(new Work.Depose(reason));
    }

    /**
     * Takes the lead again, as often as needed and for as long as this node may; the engine hears of it. Returns at once.
     */
    public void take(String reason) {
        trouble = Optional.of(reason);
        queue.add(new Work.Take(reason, false));
    }

    /** Whether this node may lead. */
    public boolean eligible() {
        return eligible;
    }

    /** Why this node does not lead; empty while it does. */
    public Optional<String> trouble() {
        return trouble;
    }

    /** Runs until {@link #stop}; to be called once, on a thread of its own. */
    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (!stopping) {
                Work work = queue.take();
                if (work instanceof Work.Commit commit) {
                    perform(commit.effect());
                } else if (work instanceof Work.Take take) {
                    lead(take);
                } else if (work instanceof Work.Depose depose) {
                    engine.accept(now -> new Event.Deposed(now, depose.reason()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // told to end
        } finally {
            thread = null;
        }
    }

    /** Ends after the commit in flight. */
    public void stop() {
        stopping = true;
        queue.add(new Work.End());
    }

    private void perform(Effect.Commit effect) {
        CommitResult result;
        long sent = nanoTime.getAsLong();
        try {
            result = store.commit(effect.batch());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "store threw on commit", e);
            result = new CommitResult.Unknown(e.toString());
        }
        if (result instanceof CommitResult.Committed) {
            trust.acknowledged(sent);
        }
        engine.accept(result.match(new Told(effect.sequence())));
    }

    private void lead(Work.Take work) throws InterruptedException {
        if (!work.elected() && taken && nanoTime.getAsLong() - lastTaken < SOON) {
            pause();
        } else {
            pause = FIRST_PAUSE;
        }
        while (!stopping && eligible) {
            try {
                Function<Instant, Event> event = taking.take();
                taken = true;
                lastTaken = nanoTime.getAsLong();
                succeeded();
                engine.accept(event);
                return;
            } catch (OvertakenException e) {
                trouble = Optional.of(e.getMessage());
                LOG.log(Level.DEBUG, "lead not taken", e);
                pause();
            } catch (RuntimeException e) {
                trouble = Optional.of(String.valueOf(e.getMessage()));
                cannotLead.run(held -> LOG.log(
                        Level.ERROR,
                        "cannot lead reason=\"{0}\" because=\"{1}\" attempts-not-told={2}; trying again",
                        work.reason(),
                        e.getMessage(),
                        Long.toString(held)));
                pause();
            }
        }
        // Whoever asked for the takeover waits for a word; a second one of the deposition does no harm.
        engine.accept(now -> new Event.Deposed(now, "another may lead"));
    }

    private void succeeded() {
        trouble = taking.refused();
        if (!eligible) { // deposed meanwhile: its event follows
            trouble = Optional.of("another may lead");
        }
    }

    private void pause() throws InterruptedException {
        Thread.sleep(pause.toMillis());
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    }

    /** What the engine is told of a commit's outcome. */
    private record Told(long sequence) implements CommitResult.Cases<Function<Instant, Event>> {
        @Override
        public Function<Instant, Event> committed(CommitResult.Committed c) {
            return now -> new Event.Committed(now, sequence, c.version());
        }

        @Override
        public Function<Instant, Event> refused(CommitResult.Refused r) {
            String reason = "refused: " + r.key() + " has version " + r.actual();
            return now -> new Event.CommitLost(now, sequence, reason, Optional.of(r.key()));
        }

        @Override
        public Function<Instant, Event> failed(CommitResult.Failed f) {
            return lost(f.reason());
        }

        @Override
        public Function<Instant, Event> unknown(CommitResult.Unknown u) {
            return lost(u.reason());
        }

        private Function<Instant, Event> lost(String reason) {
            return now -> new Event.CommitLost(now, sequence, reason);
        }
    }
}
