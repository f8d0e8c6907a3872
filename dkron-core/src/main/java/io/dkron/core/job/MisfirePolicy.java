package io.dkron.core.job;

import java.util.Objects;

/**
 * What becomes of missed firings of a job.
 *
 * @param mode which of those within the grace run
 * @param limit most missed firings that {@link Misfire#ALL} makes up, at least 0
 * @param grace how late a firing may still run as a Go duration; empty means the setting {@code misfire-grace}
 */
public record MisfirePolicy(Misfire mode, int limit, String grace) {
    public static final MisfirePolicy DEFAULT = new MisfirePolicy(Misfire.ONCE, 100, "");

    public MisfirePolicy {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(grace, "grace");
    }
}
