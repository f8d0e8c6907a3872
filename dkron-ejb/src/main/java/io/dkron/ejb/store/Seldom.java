package io.dkron.ejb.store;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Lets through one line a minute of a kind that could come every second, and counts the others. What has been quiet for
 * longer is let through at once. Safe for many threads.
 */
public final class Seldom {
    /** Between two lines of one kind. */
    public static final Duration EACH = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private boolean before;
    private long last;
    private long held;

    /** @param nanoTime a monotonic clock in nanoseconds */
    public Seldom(LongSupplier nanoTime) {
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
    }

    /** Runs the action with how many were held back since the last, or holds it back. @return whether it ran */
    public boolean run(Line line) {
        long count;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            if (before && now - last < EACH.toNanos()) {
                held++;
                return false;
            }
            before = true;
            last = now;
            count = held;
            held = 0;
        }
        line.write(count);
        return true;
    }

    /** Writes a line. */
    @FunctionalInterface
    public interface Line {
        /** @param held how many such lines were held back since the last one that was written */
        void write(long held);
    }
}
