package io.dkron.ejb.store;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A store that remembers whether it answers. After a failure, calls fail at once with the known reason for a pause that
 * grows from {@link #FIRST_PAUSE} to {@link #LONGEST_PAUSE}; the first call after it tries again, and any success closes
 * the circuit. So a store that hangs costs one thread a pause and not one a request, and recovery needs nobody. The log
 * tells when it goes away and when it is back, at most once a minute. Safe for many threads.
 */
public final class StoreGuard implements Store {
    static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private static final Logger LOG = System.getLogger(StoreGuard.class.getName());

    /** A circuit that is open: since when, why, whether reads fail too, the pause, and when the next try is due. */
    private record Open(long since, String reason, boolean reads, long pause, long until) {
        Open trying(long now) {
            return new Open(since, reason, reads, pause, now + pause);
        }
    }

    private final Store store;
    private final LongSupplier nanoTime;
    private final LongConsumer commitNanos;
    private final Seldom away;
    private final AtomicBoolean awayTold = new AtomicBoolean();
    private final AtomicReference<Optional<Open>> circuit = new AtomicReference<>(Optional.empty());
    private volatile boolean writing = true;

    /**
     * @param nanoTime a monotonic clock in nanoseconds
     * @param commitNanos told how long each commit that reached the store took
     */
    public StoreGuard(Store store, LongSupplier nanoTime, LongConsumer commitNanos) {
        this.store = Objects.requireNonNull(store, "store");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.away = new Seldom(nanoTime);
        this.commitNanos = Objects.requireNonNull(commitNanos, "commitNanos");
    }

    @Override
    public Optional<Entry> get(String key) {
        return read(() -> store.get(key));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return read(() -> store.list(prefix, after, limit));
    }

    @Override
    public Limits limits() {
        return store.limits();
    }

    @Override
    public CommitResult commit(Batch batch) {
        Optional<String> refused = refusal();
        if (refused.isPresent()) {
            return new CommitResult.Failed(refused.get());
        }
        long start = nanoTime.getAsLong();
        CommitResult result = store.commit(batch);
        commitNanos.accept(nanoTime.getAsLong() - start);
        Optional<String> failure = failure(result);
        if (failure.isEmpty()) {
            succeeded();
        } else if (writing) {
            failed(failure.get(), false);
            if (!writing) { // the lead was lost in between: nobody commits here any more who could take it back
                forgetWrites();
            }
        }
        return result;
    }

    /**
     * Whether this node writes. While it does not, because another leads, a failed commit says nothing of the store, and
     * what earlier ones said is void.
     */
    public void writing(boolean now) {
        writing = now;
        if (!now) {
            forgetWrites();
        }
    }

    private void forgetWrites() {
        circuit.updateAndGet(old -> old.filter(Open::reads));
    }

    /** What the last calls showed; a look at the store itself where they showed nothing wrong. */
    @Override
    public Health health() {
        Optional<String> trouble = trouble();
        if (trouble.isPresent()) {
            return Health.down(trouble.get());
        }
        Health seen = store.health();
        if (!seen.up()) {
            failed(seen.detail(), true);
        }
        return seen;
    }

    /** Why the store is taken to be away; empty while it answers. Costs nothing. */
    public Optional<String> trouble() {
        return circuit.get().map(Open::reason);
    }

    /** For how long it has been away; zero while it answers. */
    public Duration troubledFor() {
        return circuit.get()
                .map(o -> Duration.ofNanos(nanoTime.getAsLong() - o.since()))
                .orElse(Duration.ZERO);
    }

    private <T> T read(Supplier<T> call) {
        // A full disk still reads, so reads go on through a circuit that a commit opened.
        boolean suspect = circuit.get().filter(Open::reads).isPresent();
        if (suspect) {
            Optional<String> refused = refusal();
            if (refused.isPresent()) {
                throw new StoreException(refused.get());
            }
        }
        T value;
        try {
            value = call.get();
        } catch (StoreException e) {
            failed(String.valueOf(e.getMessage()), true);
            throw e;
        }
        if (suspect) {
            succeeded();
        }
        return value;
    }

    private static Optional<String> failure(CommitResult result) {
        return result.match(new CommitResult.Cases<Optional<String>>() {
            @Override
            public Optional<String> committed(CommitResult.Committed c) {
                return Optional.empty();
            }

            @Override
            public Optional<String> refused(CommitResult.Refused r) {
                return Optional.empty();
            }

            @Override
            public Optional<String> failed(CommitResult.Failed f) {
                return Optional.of(f.reason());
            }

            @Override
            public Optional<String> unknown(CommitResult.Unknown u) {
                return Optional.of(u.reason());
            }
        });
    }

    /** The reason not to try now; takes the turn of the next try when its pause is over. */
    private Optional<String> refusal() {
        Optional<Open> open = circuit.get();
        if (open.isEmpty()) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        if (now - open.get().until() < 0) {
            return Optional.of(open.get().reason());
        }
        Open trying = open.get().trying(now);
        // One caller tries; whoever comes while it does is told the old reason.
        return circuit.compareAndSet(open, Optional.of(trying)) ? Optional.empty() : Optional.of(trying.reason());
    }

    private void failed(String reason, boolean reading) {
        long now = nanoTime.getAsLong();
        Open open = circuit.updateAndGet(old -> {
                    long pause = old.map(o -> Math.min(o.pause() * 2, LONGEST_PAUSE.toNanos()))
                            .orElse(FIRST_PAUSE.toNanos());
                    boolean reads = reading || old.filter(Open::reads).isPresent();
                    return Optional.of(new Open(old.map(Open::since).orElse(now), reason, reads, pause, now + pause));
                })
                .orElseThrow();
        away.run(held -> {
            awayTold.set(true);
            LOG.log(
                    Level.ERROR,
                    "store failed reason=\"{0}\" for={1}ms failures-not-told={2}; firings are held until it answers",
                    reason,
                    Long.toString((now - open.since()) / 1_000_000),
                    Long.toString(held));
        });
    }

    private void succeeded() {
        Optional<Open> before = circuit.getAndSet(Optional.empty());
        before.ifPresent(o -> LOG.log(
                awayTold.getAndSet(false) ? Level.INFO : Level.DEBUG,
                "store answered again after={0}ms",
                Long.toString((nanoTime.getAsLong() - o.since()) / 1_000_000)));
    }
}
