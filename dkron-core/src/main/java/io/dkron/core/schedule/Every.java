package io.dkron.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * {@code @every}: at anchor + k·period for k = 1, 2, …, whatever happens to the job or its leader meanwhile. A clock that
 * stood before the anchor therefore meets the first firing, not an earlier one.
 *
 * @param period whole seconds, at least 1
 */
public record Every(Duration period) implements Schedule {
    public Every {
        if (period.toSeconds() < 1 || !period.equals(Duration.ofSeconds(period.toSeconds()))) {
            throw new IllegalArgumentException("the period must be whole seconds, at least 1, not " + period);
        }
    }

    /** As Dkron reads any duration: cut to whole seconds, and 1 s where less would remain. */
    public static Every of(Duration wished) {
        return new Every(Duration.ofSeconds(Math.max(1, wished.toSeconds())));
    }

    @Override
    public Optional<Instant> next(Instant after, ZoneId zone, Instant anchor) {
        long start = Seconds.clamped(anchor);
        long due = start + (firings(Seconds.clamped(after), start) + 1) * period.toSeconds();
        return due > Seconds.MAX ? Optional.empty() : Optional.of(Instant.ofEpochSecond(due));
    }

    @Override
    public long count(Instant after, Instant until, ZoneId zone, Instant anchor) {
        long start = Seconds.clamped(anchor);
        return Math.max(0, firings(Seconds.clamped(until), start) - firings(Seconds.clamped(after), start));
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.every(this);
    }

    /** How many firings there were up to and with that second. */
    private long firings(long second, long start) {
        return second < start ? 0 : (second - start) / period.toSeconds();
    }
}
