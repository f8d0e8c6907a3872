package io.dkron.core.schedule;

import java.time.Instant;

/** Epoch seconds within the years that a firing can be written in, so that sums of them never overflow. */
final class Seconds {
    /** 0000-01-01T00:00:00Z. */
    static final long MIN = -62_167_219_200L;

    /** 9999-12-31T23:59:59Z. */
    static final long MAX = 253_402_300_799L;

    static final int PER_DAY = 86_400;

    private Seconds() {}

    /** The second that contains the instant, or the nearer bound. */
    static long clamped(Instant instant) {
        return Math.max(MIN, Math.min(MAX, instant.getEpochSecond()));
    }
}
