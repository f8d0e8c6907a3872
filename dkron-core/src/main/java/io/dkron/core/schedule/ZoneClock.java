package io.dkron.core.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The offsets of a zone as stretches of one offset each. Instants and wall clock are both counts of seconds from 1970.
 *
 * <p>{@code ZoneRules} takes about 100 ns for each of the three questions of a stretch, and nearly all questions fall
 * into one: that one is remembered. The field is plain on purpose, since a stretch is immutable and any is right.
 */
final class ZoneClock {
    /** Stands for "always" and "for ever" with room to add an offset. */
    private static final long FAR = 1L << 50;

    private static final int MOST_SHARED = 1_024; // more than there are named zones
    private static final Map<ZoneId, ZoneClock> SHARED = new ConcurrentHashMap<>();

    private final ZoneRules rules;
    private Stretch recent;

    private ZoneClock(ZoneRules rules) {
        this.rules = rules;
        recent = find(0);
    }

    static ZoneClock of(ZoneId zone) {
        ZoneClock shared = SHARED.get(zone);
        if (shared != null) {
            return shared;
        }
        ZoneClock made = new ZoneClock(zone.getRules());
        if (SHARED.size() < MOST_SHARED) {
            SHARED.put(zone, made);
        }
        return made;
    }

    /** The stretch that contains that second. */
    Stretch at(long second) {
        Stretch stretch = recent;
        if (second < stretch.start || second >= stretch.end) {
            stretch = find(second);
            recent = stretch;
        }
        return stretch;
    }

    private Stretch find(long second) {
        Instant instant = Instant.ofEpochSecond(second);
        int offset = rules.getOffset(instant).getTotalSeconds();
        ZoneOffsetTransition next = rules.nextTransition(instant);
        ZoneOffsetTransition last = rules.previousTransition(instant.plusNanos(1));
        long end = next == null ? FAR : next.toEpochSecond();
        return last == null
                ? new Stretch(-FAR, end, offset, offset)
                : new Stretch(
                        last.toEpochSecond(),
                        end,
                        offset,
                        last.getOffsetBefore().getTotalSeconds());
    }

    /**
     * From {@code start} until just before {@code end} the wall clock is ahead of UTC by {@code offset}; before the start
     * it was by {@code before}.
     */
    record Stretch(long start, long end, int offset, int before) {
        /** What the wall clock shows at the start. */
        long firstLocal() {
            return start + offset;
        }

        /**
         * What it would have shown at the start without the change: less than {@link #firstLocal} after a gap, whose first
         * time it is; more after an overlap, when all times before it are shown for the second time.
         */
        long oldLocal() {
            return start + before;
        }
    }
}
