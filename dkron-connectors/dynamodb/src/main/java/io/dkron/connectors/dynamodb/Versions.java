package io.dkron.connectors.dynamodb;

import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Versions that are never given twice: milliseconds since 1970, and 20 random bits below, rising within this process. A
 * counter in the table would be one more item that all commits fight for. Dkron 1.x adds 1 to whatever it finds, and ours
 * compares for being equal only. Safe for use by many threads.
 */
final class Versions {
    private static final int RANDOM_BITS = 20;

    private final Clock clock;
    private final AtomicLong last = new AtomicLong();

    Versions(Clock clock) {
        this.clock = clock;
    }

    long next() {
        long fresh = clock.millis() << RANDOM_BITS | ThreadLocalRandom.current().nextInt(1 << RANDOM_BITS);
        return last.updateAndGet(newest -> Math.max(newest + 1, fresh));
    }
}
