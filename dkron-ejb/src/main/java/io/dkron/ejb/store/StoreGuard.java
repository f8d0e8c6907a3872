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

    /** One value, so that a failure of a lead that ends at this moment cannot be noted behind its end. */
    private record Circuit(boolean writing, Optional<Open> open) {
        /** Of who does not write any more, a failed commit says nothing. */
        Circuit writing(boolean now) {
            return new Circuit(now, now ? open : open.filter(Open::reads));
        }

        Circuit with(Optional<Open> other) {
            return new Circuit(writing, other);
        }
    }

    private final Store store;
    private final LongSupplier nanoTime;
    private final LongConsumer commitNanos;
    private final Seldom away;
    private final AtomicBoolean awayTold = new AtomicBoolean();
    private final AtomicReference<Circuit> circuit = new AtomicReference<>(new Circuit(true, Optional.empty()));

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
        } else {
            failed(failure.get(), false);
        }
        return result;
    }

    /**
     * Whether this node writes. While it does not, because another leads, a failed commit says nothing of the store, and
     * what earlier ones said is void.
     */
    public void writing(boolean now) {
        circuit.updateAndGet(old -> old.writing(now));
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
        return circuit.get().open().map(Open::reason);
    }

    /** For how long it has been away; zero while it answers. */
    public Duration troubledFor() {
        return circuit.get()
                .open()
                .map(o -> Duration.ofNanos(nanoTime.getAsLong() - o.since()))
                .orElse(Duration.ZERO);
    }

    private <T> T read(Supplier<T> call) {
        // A full disk still reads, so reads go on through a circuit that a commit opened.
        boolean suspect = circuit.get().open().filter(Open::reads).isPresent();
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
        Circuit seen = circuit.get();
        if (seen.open().isEmpty()) {
            return Optional.empty();
        }
        Open open = seen.open().get();
        long now = nanoTime.getAsLong();
        if (now - open.until() < 0) {
            return Optional.of(open.reason());
        }
        // One caller tries; whoever comes while it does is told the old reason.
        return circuit.compareAndSet(seen, seen.with(Optional.of(open.trying(now))))
                ? Optional.empty()
                : Optional.of(open.reason());
    }

    private void failed(String reason, boolean reading) {
        long now = nanoTime.getAsLong();
        Circuit after = circuit.updateAndGet(old -> {
            if (!reading && !old.writing()) {
                return old;
            }
            long pause = old.open()
                    .map(o -> Math.min(o.pause() * 2, LONGEST_PAUSE.toNanos()))
                    .orElse(FIRST_PAUSE.toNanos());
            boolean reads = reading || old.open().filter(Open::reads).isPresent();
            long since = old.open().map(Open::since).orElse(now);
            return old.with(Optional.of(new Open(since, reason, reads, pause, now + pause)));
        });
        if (!reading && !after.writing()) {
            return; // another leads: it says nothing of the store
        }
        long since = after.open().map(Open::since).orElse(now);
        away.run(held -> {
            awayTold.set(true);
            LOG.log(
                    Level.ERROR,
                    "store failed reason=\"{0}\" for={1}ms failures-not-told={2}; firings are held until it answers",
                    reason,
                    Long.toString((now - since) / 1_000_000),
                    Long.toString(held));
        });
    }

    private void succeeded() {
        Optional<Open> before =
                circuit.getAndUpdate(old -> old.with(Optional.empty())).open();
        before.ifPresent(o -> LOG.log(
                awayTold.getAndSet(false) ? Level.INFO : Level.DEBUG,
                "store answered again after={0}ms",
                Long.toString((nanoTime.getAsLong() - o.since()) / 1_000_000)));
    }
}
