package io.dkron.core.engine;

import io.dkron.core.job.JobDefinition;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * When one job is due, by its schedule, zone and anchor alone; {@code starts_at}, {@code expires_at} and {@code
 * disabled} are the engine's. Pure, immutable.
 */
public interface Timetable {
    /** The first due instant strictly after {@code after}; empty when none is to come. */
    Optional<Instant> next(Instant after);

    /** The due instants after {@code after} up to and including {@code until}; its cost does not grow with their count. */
    Span between(Instant after, Instant until);

    /** Makes timetables; pure. */
    interface Factory {
        /**
         * The timetable of this job.
         *
         * @param anchor phase of {@code @every}
         */
        Timetable of(JobDefinition job, Instant anchor);
    }

    /**
     * Due instants in short.
     *
     * @param count how many
     * @param first the oldest; equal to {@link Instant#MIN} when there is none
     * @param last the newest; equal to {@link Instant#MIN} when there is none
     */
    record Span(long count, Instant first, Instant last) {
        public static final Span NONE = new Span(0, Instant.MIN, Instant.MIN);

        public Span {
            Objects.requireNonNull(first, "first");
            Objects.requireNonNull(last, "last");
            if (count < 0 || last.isBefore(first)) {
                throw new IllegalArgumentException(count + " due instants from " + first + " to " + last);
            }
        }
    }
}
