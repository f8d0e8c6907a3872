package io.dkron.ejb.leader;

import io.dkron.core.engine.TimeKeeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;

/** The engine's time by this machine's clocks (protocol P17), for many threads. */
public final class EngineClock implements InstantSource {
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final TimeKeeper keeper;

    public EngineClock(InstantSource wall, LongSupplier nanoTime) {
        this.wall = Objects.requireNonNull(wall, "wall");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        keeper = new TimeKeeper(wall.instant(), nanoTime.getAsLong());
    }

    @Override
    public synchronized Instant instant() {
        return keeper.now(wall.instant(), nanoTime.getAsLong());
    }

    /** How far the wall clock is ahead of the engine's time; positive when it was stepped forward. */
    public synchronized Duration offset() {
        return Duration.between(instant(), wall.instant());
    }
}
