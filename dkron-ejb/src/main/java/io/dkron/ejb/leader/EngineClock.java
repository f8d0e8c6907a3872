package io.dkron.ejb.leader;

import io.dkron.core.engine.TimeKeeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The engine's time by this machine's clocks and those of the other servers (protocol P17), for many threads. */
public final class EngineClock implements InstantSource {
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Supplier<Map<String, Duration>> others;
    private final TimeKeeper keeper;

    /** The clock of a server that has no others. */
    public EngineClock(InstantSource wall, LongSupplier nanoTime) {
        this(wall, nanoTime, Map::of);
    }

    /**
     * @param others how far the wall clock of each other server within reach is ahead of this one's, measured within the
     *     last {@link TimeKeeper#FRESH}; asked often, must not block
     */
    public EngineClock(InstantSource wall, LongSupplier nanoTime, Supplier<Map<String, Duration>> others) {
        this.wall = Objects.requireNonNull(wall, "wall");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.others = Objects.requireNonNull(others, "others");
        keeper = new TimeKeeper(wall.instant(), nanoTime.getAsLong());
    }

    @Override
    public Instant instant() {
        Map<String, Duration> offsets = others.get();
        synchronized (this) {
            return keeper.now(wall.instant(), nanoTime.getAsLong(), offsets);
        }
    }

    /**
     * This server gained the lead from another, or its first: engine time begins at the wall clock. Not to be called when
     * a lead begins anew after a failure of the store, or a step would be adopted that nobody confirmed.
     */
    public synchronized void elected() {
        keeper.restart(wall.instant(), nanoTime.getAsLong());
    }

    /** Whether this server's clock lets it lead; one that leads hands over when it does not. */
    public boolean eligible() {
        return TimeKeeper.eligible(others.get());
    }

    /** How far the wall clock is ahead of the engine's time; positive when it was stepped forward. */
    public Duration offset() {
        Instant engine = instant();
        return Duration.between(engine, wall.instant());
    }
}
