package io.dkron.connectors.dynamodb;

import java.time.Duration;

/**
 * Until when a call may wait.
 *
 * @param nanos on the clock of {@link System#nanoTime}
 */
record Deadline(long nanos) {
    /** Many times what DynamoDB takes for an answer. */
    private static final Duration LEAST_TRY = Duration.ofMillis(150);

    static Deadline in(Duration wait) {
        return new Deadline(System.nanoTime() + wait.toNanos());
    }

    /** What is left, at least a millisecond. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, nanos - System.nanoTime()));
    }

    /** Whether so little is left that another try would most likely end without an answer. */
    boolean isOver() {
        return nanos - System.nanoTime() < LEAST_TRY.toNanos();
    }
}
