package io.dkron.core.schedule;

import io.dkron.core.schedule.ZoneClock.Stretch;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/**
 * A cron expression or calendar descriptor, compiled.
 *
 * <p>How it follows a wall clock that is changed depends on its hour field. <em>Interval-like</em> (the field covers all 24
 * hours, or has a star or a step): it fires at every instant whose local time matches, so a gap adds nothing and both
 * passes of a repeated hour count. <em>Fixed</em>: all matching times inside a gap fire together once, at the first instant
 * after it; a time that occurs twice fires the first time only.
 *
 * @param text as the user wrote it, without blanks around it
 * @param masks which local times match
 * @param fixed whether local times are fixed points rather than an interval
 * @param ownZone that of a {@code TZ=} or {@code CRON_TZ=} prefix, which beats the job's
 * @param fiveFields whether it was written with five fields, seconds first, as Dkron 1.x took it
 */
public record Cron(String text, CronMasks masks, boolean fixed, Optional<JobZone> ownZone, boolean fiveFields)
        implements Schedule {
    /** 8 years and a day, in which a change of the clock may hide a match. */
    private static final long LOOK_AHEAD = (8 * 366L + 2) * Seconds.PER_DAY;

    public Cron {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(masks, "masks");
        Objects.requireNonNull(ownZone, "ownZone");
    }

    @Override
    public Optional<Instant> next(Instant after, ZoneId zone, Instant anchor) {
        long second = next(Seconds.clamped(after), ZoneClock.of(zone));
        return second == CronMasks.NONE || second > Seconds.MAX
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(second));
    }

    @Override
    public long count(Instant after, Instant until, ZoneId zone, Instant anchor) {
        return count(Seconds.clamped(after), Seconds.clamped(until), ZoneClock.of(zone));
    }

    @Override
    public ZoneId zone(JobZone job, ZoneId server) {
        return ownZone.orElse(job).in(server);
    }

    @Override
    public <R> R match(Cases<R> cases) {
        return cases.cron(this);
    }

    private long next(long after, ZoneClock clock) {
        long last = after + LOOK_AHEAD;
        long from = after + 1;
        while (from <= last) {
            Stretch stretch = clock.at(from);
            if (from == stretch.start() && endsGapWithMatch(stretch)) {
                return from;
            }
            long local = masks.next(firstLocal(from, stretch));
            if (local == CronMasks.NONE) {
                return CronMasks.NONE;
            }
            if (local - stretch.offset() < stretch.end()) {
                return local - stretch.offset();
            }
            from = stretch.end();
        }
        return CronMasks.NONE;
    }

    private long count(long after, long until, ZoneClock clock) {
        long count = 0;
        long from = after + 1;
        while (from <= until) {
            Stretch stretch = clock.at(from);
            long end = Math.min(stretch.end(), until + 1);
            long local = firstLocal(from, stretch);
            if (from == stretch.start() && endsGapWithMatch(stretch)) {
                count++;
                local++; // the end of a gap fires once, also when it matches by itself
            }
            count += masks.count(local, end + stretch.offset());
            from = end;
        }
        return count;
    }

    /** The first local time at or after {@code from} in that stretch which may fire. */
    private long firstLocal(long from, Stretch stretch) {
        long local = from + stretch.offset();
        return fixed ? Math.max(local, stretch.oldLocal()) : local; // before oldLocal all occur a second time
    }

    /** Whether the wall clock jumped over a matching time at the start of that stretch, which then fires there. */
    private boolean endsGapWithMatch(Stretch stretch) {
        if (!fixed || stretch.offset() <= stretch.before()) {
            return false;
        }
        long skipped = masks.next(stretch.oldLocal());
        return skipped != CronMasks.NONE && skipped < stretch.firstLocal();
    }
}
