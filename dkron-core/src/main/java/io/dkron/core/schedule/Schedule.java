package io.dkron.core.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * When a job fires, as its text says; the job's zone, anchor and period of validity come with each question. Whoever
 * asks often, or for a job, binds them once in a {@link BoundSchedule}.
 */
public sealed interface Schedule permits Cron, Every, At, Manual {
    /**
     * The first instant strictly after {@code after} at which this schedule fires. Pure, safe from any thread.
     *
     * @param zone whose wall clock the fields mean; {@code @every} and {@code @at} ignore it. It is taken as given: a
     *     {@code TZ=} prefix of the schedule counts in {@link #zone(JobZone, ZoneId)}, which chooses it
     * @param anchor the second of the save that introduced the schedule; only {@code @every} heeds it
     * @return whole seconds, but for an {@code @at} with a fraction; empty when it does not fire within 8 years ({@code
     *     @every} and {@code @at}: at all), or not before the year 10000. Gaps and overlaps of the clock never throw
     * @see "crontab(5): day of month and day of week are joined by OR"
     */
    Optional<Instant> next(Instant after, ZoneId zone, Instant anchor);

    /**
     * How many firings lie after {@code after} and not after {@code until}: by arithmetic for {@code @every}, by counting
     * bits month by month for cron, so that 200 days of every second cost microseconds. Parameters as in {@link #next}.
     */
    long count(Instant after, Instant until, ZoneId zone, Instant anchor);

    /**
     * The zone whose clock counts: that of the schedule's own prefix, else the job's.
     *
     * @param job the job's {@code timezone} field
     * @param server the zone of the server that asks, which an empty or {@code Local} name means
     */
    default ZoneId zone(JobZone job, ZoneId server) {
        return job.in(server);
    }

    /** Calls the case that this is. */
    <R> R match(Cases<R> cases);

    /** One function for each kind of schedule. */
    interface Cases<R> {
        R cron(Cron cron);

        R every(Every every);

        R at(At at);

        R manual(Manual manual);
    }
}
