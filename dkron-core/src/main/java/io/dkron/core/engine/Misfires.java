package io.dkron.core.engine;

import io.dkron.core.engine.Timetable.Span;
import io.dkron.core.job.Misfire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of the due instants of one job up to now (protocol P18). An instant is on time if it fell due while this
 * node led and is only a moment old: such ones all run. Of the late ones the job's policy lets some run; the others are
 * missed. Costs do not grow with the length of the gap.
 */
final class Misfires {
    /**
     * The verdicts.
     *
     * @param fire instants to run, oldest first
     * @param missed those that do not, all older than the ones that do
     */
    record Verdict(List<Instant> fire, Span missed) {}

    private Misfires() {}

    /**
     * Judges the instants from {@code next} to {@code until}.
     *
     * @param next a due instant, the first without a verdict
     * @param until the newest instant that may fire, not before {@code next}
     * @param lateUpTo instants up to this one are late
     * @param oldest a late instant before this one is beyond the grace
     */
    static Verdict judge(
            Timetable timetable,
            Instant next,
            Instant until,
            Instant lateUpTo,
            Instant oldest,
            Misfire policy,
            int limit) {
        Instant before = next.minusNanos(1);
        Instant lateEnd = lateUpTo.isBefore(until) ? lateUpTo : until;
        List<Instant> onTime = instants(timetable, lateEnd.isBefore(before) ? before : lateEnd, until);
        Span late = lateEnd.isBefore(next) ? Span.NONE : timetable.between(before, lateEnd);
        List<Instant> fire = new ArrayList<>();
        if (late.count() > 0 && !late.last().isBefore(oldest)) {
            if (policy == Misfire.ONCE && onTime.isEmpty()) {
                fire.add(late.last());
            } else if (policy == Misfire.ALL) {
                fire.addAll(newest(timetable, before, oldest, late.last(), limit));
            }
        }
        Span missed = late;
        if (!fire.isEmpty()) {
            missed = timetable.between(before, fire.get(0).minusNanos(1));
        }
        fire.addAll(onTime);
        return new Verdict(List.copyOf(fire), missed);
    }

    /** The newest instants, {@code limit} at most, that are after {@code before}, not before {@code oldest}. */
    private static List<Instant> newest(Timetable timetable, Instant before, Instant oldest, Instant last, int limit) {
        if (limit < 1) {
            return List.of();
        }
        Instant floor = oldest.minusNanos(1).isAfter(before) ? oldest.minusNanos(1) : before;
        Instant from = last.minusNanos(1);
        Duration window = Duration.ofSeconds(1);
        while (from.isAfter(floor) && timetable.between(from, last).count() < limit) {
            window = window.multipliedBy(2);
            from = last.minus(window);
        }
        List<Instant> all = instants(timetable, from.isAfter(floor) ? from : floor, last);
        return all.subList(Math.max(0, all.size() - limit), all.size());
    }

    private static List<Instant> instants(Timetable timetable, Instant after, Instant until) {
        List<Instant> all = new ArrayList<>();
        Optional<Instant> next = timetable.next(after);
        while (next.isPresent() && !next.get().isAfter(until)) {
            all.add(next.get());
            next = timetable.next(next.get());
        }
        return all;
    }
}
