package io.dkron.core.engine;

import java.time.Duration;
import java.time.Instant;

/**
 * Engine time (protocol P17): the wall clock at the start plus monotonic time, drawn towards the wall clock by at most a
 * tenth of the time that passes. A wall clock that jumps by more than 5 s is followed only when it has kept to the jump
 * for 60 s, so that a clock set wrong for a moment neither fires nor eats anything. Not thread-safe: the engine's thread
 * asks it, for each event.
 */
public final class TimeKeeper {
    /** A difference beyond this is a step, not drift. */
    public static final Duration STEP = Duration.ofSeconds(5);

    /** How long a step must hold before it is adopted. */
    public static final Duration HOLD = Duration.ofSeconds(60);

    private static final long SLEW = 10; // one part in ten

    private Instant engine;
    private long lastNanos;
    private Duration step = Duration.ZERO;
    private long stepSinceNanos;
    private boolean stepping;

    /**
     * @param wall the wall clock now
     * @param nanos the monotonic clock now, as {@link System#nanoTime}
     */
    public TimeKeeper(Instant wall, long nanos) {
        engine = wall;
        lastNanos = nanos;
    }

    /** Engine time now. It goes back only when a step back of the wall clock was adopted. */
    public Instant now(Instant wall, long nanos) {
        long passed = Math.max(0, nanos - lastNanos);
        lastNanos = Math.max(lastNanos, nanos);
        engine = engine.plusNanos(passed);
        Duration off = Duration.between(engine, wall);
        if (off.abs().compareTo(STEP) <= 0) {
            stepping = false;
            engine = engine.plusNanos(slewed(off.toNanos(), passed));
        } else if (!stepping || off.minus(step).abs().compareTo(STEP) > 0) {
            stepping = true;
            step = off;
            stepSinceNanos = nanos;
        } else if (nanos - stepSinceNanos >= HOLD.toNanos()) {
            stepping = false;
            engine = wall;
        }
        return engine;
    }

    private static long slewed(long off, long passed) {
        long most = passed / SLEW;
        return Math.max(-most, Math.min(most, off));
    }

    /** Takes the wall clock as it is: at an election, when nothing has been decided by the old time yet. */
    public void restart(Instant wall, long nanos) {
        engine = wall;
        lastNanos = nanos;
        stepping = false;
    }
}
