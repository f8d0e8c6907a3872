package io.dkron.connectors.zookeeper;

import java.time.Duration;

/** Until when a call may last. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** Nanoseconds that are left, at least 1. */
    long left() {
        return Math.max(1, nanoTime - System.nanoTime());
    }

    boolean isOver() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
