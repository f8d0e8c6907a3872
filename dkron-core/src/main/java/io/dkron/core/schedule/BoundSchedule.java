package io.dkron.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A schedule with all that decides its instants: the one function behind both the {@code next} that is shown and the
 * firing that happens. Pure, safe from any thread.
 *
 * @param zone whose wall clock counts ({@link Schedule#zone} chooses it)
 * @param anchor phase of {@code @every}
 */
public record BoundSchedule(Schedule schedule, ZoneId zone, Instant anchor) {
    /**
     * Several firings.
     *
     * @param count at least 1
     * @param first the oldest
     * @param newest the newest
     */
    public record Due(long count, Instant first, Instant newest) {}

    /** Binds the schedule; its own zone, if it names one, beats the job's. */
    public static BoundSchedule of(Schedule schedule, JobZone job, ZoneId server, Instant anchor) {
        return new BoundSchedule(schedule, schedule.zone(job, server), anchor);
    }

    /** The first firing strictly after that instant; see {@link Schedule#next}. */
    public Optional<Instant> next(Instant after) {
        return schedule.next(after, zone, anchor);
    }

    /** What falls due after {@code after} and not after {@code until}; costs microseconds whatever the count. */
    public Optional<Due> due(Instant after, Instant until) {
        long count = count(after, until);
        if (count == 0) {
            return Optional.empty();
        }
        Instant first = next(after).orElseThrow();
        Instant newest =
                count == 1 ? first : next(beforeNewest(after, until, 1)).orElseThrow();
        return Optional.of(new Due(count, first, newest));
    }

    /** The newest firings after {@code after} and not after {@code until}, {@code limit} at most, oldest first. */
    public List<Instant> newest(Instant after, Instant until, int limit) {
        long count = Math.min(limit, count(after, until));
        List<Instant> firings = new ArrayList<>();
        if (count > 0) {
            Instant last = beforeNewest(after, until, count);
            for (long i = 0; i < count; i++) {
                last = next(last).orElseThrow();
                firings.add(last);
            }
        }
        return firings;
    }

    private long count(Instant after, Instant until) {
        return schedule.count(after, until, zone, anchor);
    }

    /**
     * An instant after which, up to {@code until}, exactly {@code count} firings come: halves the window, so it asks at
     * most 38 times (for all of 10,000 years).
     *
     * @param count at least 1, at most all
     */
    private Instant beforeNewest(Instant after, Instant until, long count) {
        if (count(after, until) == count) {
            return after;
        }
        Instant low = after;
        long width = Math.max(1, Duration.between(after, until).toSeconds());
        while (width > 0) { // at low there are at least that many, at low + width + 1 s fewer
            long half = (width + 1) / 2;
            Instant middle = low.plusSeconds(half);
            if (count(middle, until) >= count) {
                low = middle;
                width -= half;
            } else {
                width = half - 1;
            }
        }
        return low;
    }
}
