package io.dkron.ejb.leader;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The engine's time: the wall clock at election plus monotonic time, drawn towards the wall clock by at most a tenth of
 * the time that passes. A wall clock that steps by more than five seconds is believed only after the step held for a
 * minute, so that a wrong minute of NTP neither eats nor repeats firings. Safe for many threads.
 *
 * @see "protocol P17"
 */
public final class EngineClock implements InstantSource {
    static final long STEP = Duration.ofSeconds(5).toNanos();
    static final long BELIEF = Duration.ofSeconds(60).toNanos();
    private static final long SLEW_PART = 10;

    private static final Logger LOG = System.getLogger(EngineClock.class.getName());

    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Instant origin;
    private final long start;

    /** Nanoseconds that engine time is ahead of origin + monotonic time. */
    private long adjustment;

    private long lastRead;
    private boolean stepped;
    private long stepSince;
    private long stepSize;

    public EngineClock(InstantSource wall, LongSupplier nanoTime) {
        this.wall = Objects.requireNonNull(wall, "wall");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        origin = wall.instant();
        start = nanoTime.getAsLong();
    }

    @Override
    public synchronized Instant instant() {
        long passed = nanoTime.getAsLong() - start;
        Instant unadjusted = origin.plusNanos(passed);
        long difference = Duration.between(unadjusted.plusNanos(adjustment), wall.instant())
                .toNanos();
        if (Math.abs(difference) <= STEP) {
            stepped = false;
            long most = Math.max(0, passed - lastRead) / SLEW_PART;
            adjustment += Math.max(-most, Math.min(most, difference));
        } else {
            watchStep(passed, difference);
        }
        lastRead = Math.max(lastRead, passed);
        return unadjusted.plusNanos(adjustment);
    }

    /** How far the wall clock is ahead of the engine's time; positive when it was stepped forward. */
    public synchronized Duration offset() {
        return Duration.between(instant(), wall.instant());
    }

    private void watchStep(long passed, long difference) {
        if (!stepped || Math.abs(difference - stepSize) > STEP) {
            stepped = true;
            stepSince = passed;
            stepSize = difference;
            LOG.log(
                    Level.WARNING,
                    "wall clock stepped by={0}s; schedules follow it after it held for a minute",
                    Long.toString(difference / 1_000_000_000));
        } else if (passed - stepSince >= BELIEF) {
            adjustment += difference;
            stepped = false;
            LOG.log(Level.WARNING, "wall clock step adopted by={0}s", Long.toString(difference / 1_000_000_000));
        }
    }
}
