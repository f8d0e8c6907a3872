package io.dkron.core.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** {@code @manually}: never by itself. */
public record Manual() implements Schedule {
    @Override
    public Optional<Instant> next(Instant after, ZoneId zone, Instant anchor) {
        return Optional.empty();
    }

    @Override
    public long count(Instant after, Instant until, ZoneId zone, Instant anchor) {
        return 0;
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.manual(this);
    }
}
