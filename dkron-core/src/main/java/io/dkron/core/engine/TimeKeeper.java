package io.dkron.core.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Engine time (protocol P17): the wall clock at the election plus monotonic time, drawn towards the wall clock by at most
 * a tenth of the time that passes. A wall clock that jumps by more than 5 s is followed only when a majority of the
 * servers within reach shows the same time, or, where no other server is within reach, when it has kept to the jump for
 * 60 s. So a clock set wrong neither fires nor eats anything. Not thread-safe: the engine's thread asks it, for each
 * event.
 */
public final class TimeKeeper {
    /** A difference beyond this is a step, not drift. */
    public static final Duration STEP = Duration.ofSeconds(5);

    /** How long a step must hold before a server without others adopts it. */
    public static final Duration HOLD = Duration.ofSeconds(60);

    /** How far clocks that agree may be apart. */
    public static final Duration AGREEMENT = Duration.ofSeconds(2);

    /**
     * The age that offsets of other servers may have at most. A step is judged by them only when it is older than this:
     * by then all of them were measured after it.
     */
    public static final Duration FRESH = Duration.ofSeconds(10);

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

    /**
     * Engine time now. It goes back only when a step back of the wall clock was adopted.
     *
     * @param others how far the wall clock of each other server within reach is ahead of this one's, measured within the
     *     last {@link #FRESH}; empty when there is none
     */
    public Instant now(Instant wall, long nanos, Map<String, Duration> others) {
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
        } else if (adopts(Duration.ofNanos(nanos - stepSinceNanos), others.values())) {
            stepping = false;
            engine = wall;
        }
        return engine;
    }

    private static boolean adopts(Duration held, Collection<Duration> others) {
        if (others.isEmpty()) {
            return held.compareTo(HOLD) >= 0;
        }
        long agreeing = 1 + others.stream().filter(TimeKeeper::agrees).count();
        return held.compareTo(FRESH) >= 0 && 2 * agreeing > 1 + others.size();
    }

    private static boolean agrees(Duration ahead) {
        return ahead.abs().compareTo(AGREEMENT) <= 0;
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

    /**
     * Whether a server with this wall clock may lead: not if most servers within reach agree on a time, within {@link
     * #AGREEMENT}, that is further than that from its own. Where no majority agrees, of two servers for instance, nobody
     * can tell who is wrong, and all may lead. Pure, safe from any thread.
     *
     * @param others as of {@link #now}
     */
    public static boolean eligible(Map<String, Duration> others) {
        int majority = (1 + others.size()) / 2 + 1;
        List<Duration> ahead = others.values().stream().sorted().toList();
        for (int i = 0; i + majority <= ahead.size(); i++) {
            Duration first = ahead.get(i);
            Duration last = ahead.get(i + majority - 1);
            boolean together = last.minus(first).compareTo(AGREEMENT) <= 0;
            if (together && (first.compareTo(AGREEMENT) > 0 || last.negated().compareTo(AGREEMENT) > 0)) {
                return false;
            }
        }
        return true;
    }
}
