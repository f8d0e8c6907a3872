package io.dkron.core.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code @at}: once.
 *
 * @param instant the firing; may carry a fraction of a second
 */
public record At(Instant instant) implements Schedule {
    public At {
        Objects.requireNonNull(instant, "instant");
    }

    @Override
    public Optional<Instant> next(Instant after, ZoneId zone, Instant anchor) {
        return instant.isAfter(after) ? Optional.of(instant) : Optional.empty();
    }

    @Override
    public long count(Instant after, Instant until, ZoneId zone, Instant anchor) {
        return instant.isAfter(after) && !instant.isAfter(until) ? 1 : 0;
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.at(this);
    }
}
