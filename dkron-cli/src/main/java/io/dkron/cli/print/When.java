package io.dkron.cli.print;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Instants and durations in words. Immutable, safe from any thread. */
public final class When {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private final Clock clock;

    /** @param clock what is now, and the zone of local times */
    public When(Clock clock) {
        this.clock = clock;
    }

    /** {@code 2026-11-29 03:00:00}, on the local clock. */
    public String local(Instant time) {
        return LOCAL.format(time.atZone(clock.getZone()));
    }

    /** The local time and how far it is: {@code 2026-11-29 03:00:00 (in 3h)}. */
    public String both(Instant time) {
        return local(time) + " (" + relative(time) + ")";
    }

    /** {@code in 3h}, {@code 2d ago}, {@code now}. */
    public String relative(Instant time) {
        Duration distance = Duration.between(clock.instant(), time);
        if (distance.abs().compareTo(Duration.ofSeconds(1)) < 0) {
            return "now";
        }
        return distance.isNegative() ? rough(distance.negated()) + " ago" : "in " + rough(distance);
    }

    public ZoneId zone() {
        return clock.getZone();
    }

    /** How long something took: {@code 12ms}, {@code 1.4s}, {@code 3m20s}, {@code 2h5m}. */
    public static String took(Duration time) {
        long ms = time.toMillis();
        if (ms < 1000) {
            return ms + "ms";
        }
        if (ms < 10_000) {
            return ms / 1000 + "." + ms % 1000 / 100 + "s";
        }
        long seconds = ms / 1000;
        if (seconds < MINUTE) {
            return seconds + "s";
        }
        return seconds < HOUR
                ? seconds / MINUTE + "m" + seconds % MINUTE + "s"
                : seconds / HOUR + "h" + seconds % HOUR / MINUTE + "m";
    }

    /** One unit, as large as there are two of it. */
    private static String rough(Duration distance) {
        long seconds = distance.toSeconds();
        if (seconds < 2 * MINUTE) {
            return seconds + "s";
        }
        if (seconds < 2 * HOUR) {
            return seconds / MINUTE + "m";
        }
        return seconds < 2 * DAY ? seconds / HOUR + "h" : seconds / DAY + "d";
    }
}
