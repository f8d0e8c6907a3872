package io.dkron.core.engine;

import java.time.Instant;

/** Instants as nanoseconds since 1970, as executions and groups are numbered. */
final class Nanos {
    private static final long SECOND = 1_000_000_000L;

    private Nanos() {}

    static long of(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }
}
