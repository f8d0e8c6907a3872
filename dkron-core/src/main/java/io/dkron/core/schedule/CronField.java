package io.dkron.core.schedule;

import java.util.Locale;

/**
 * One field of a cron expression, as read.
 *
 * @param mask a bit for each value that matches
 * @param star whether it has an item {@code *} or {@code ?} with no step or step 1: then it says nothing about the day
 * @param interval whether it has an item {@code *}, {@code ?} or any step
 */
record CronField(long mask, boolean star, boolean interval) {
    private static final int LONGEST_SHOWN = 80;

    /** What a field may hold; {@code hashed} is how many values {@code ~} chooses from. */
    enum Range {
        SECOND("second", 0, 59, 60, ""),
        MINUTE("minute", 0, 59, 60, ""),
        HOUR("hour", 0, 23, 24, ""),
        DAY("day of month", 1, 31, 28, ""),
        MONTH("month", 1, 12, 12, " jan feb mar apr may jun jul aug sep oct nov dec"),
        WEEKDAY("day of week", 0, 6, 7, " sun mon tue wed thu fri sat");

        final String title;
        final int min;
        final int max;
        private final int hashed;
        private final String names; // of min and the values after it, each after a blank

        Range(String title, int min, int max, int hashed, String names) {
            this.title = title;
            this.min = min;
            this.max = max;
            this.hashed = hashed;
            this.names = names;
        }
    }

    /** A field, or why it is none; the reason is Dkron 4's. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        Refusal(String reason) {
            super(reason, null, false, false); // an outcome within this room, never seen outside: no stack trace
        }
    }

    /**
     * Reads a field: items joined by {@code ,}, empty ones skipped.
     *
     * @param hash what {@code ~} stands for, before the modulus; not negative
     */
    static CronField parse(String text, Range range, long hash) throws Refusal {
        long mask = 0;
        boolean star = false;
        boolean interval = false;
        for (String item : text.split(",", -1)) {
            if (!item.isEmpty()) {
                CronField part = item(item, range, hash);
                mask |= part.mask;
                star |= part.star;
                interval |= part.interval;
            }
        }
        return new CronField(mask, star, interval);
    }

    /** Whether every value matches. */
    boolean covers(Range range) {
        return mask == bits(range.min, range.max, 1);
    }

    private static CronField item(String item, Range range, long hash) throws Refusal {
        String[] parts = item.split("/", -1);
        if (parts.length > 2) {
            throw new Refusal("too many slashes: " + shown(item));
        }
        boolean stepped = parts.length == 2;
        long step = stepped ? number(parts[1]) : 1;
        String[] ends = parts[0].split("-", -1);
        if (ends.length > 2) {
            throw new Refusal("too many hyphens: " + shown(item));
        }
        boolean star = ends[0].equals("*") || ends[0].equals("?");
        boolean hashed = ends[0].equals("~");
        if ((ends.length == 2 && (star || hashed)) || (!hashed && item.indexOf('~') >= 0)) {
            throw new Refusal((star ? ends[0] : "~") + " takes no range: " + shown(item));
        }
        if (step == 0) {
            throw new Refusal("step of range should be a positive number: " + shown(item));
        }
        long first = star ? range.min : hashed ? start(range, hash, stepped, step) : value(ends[0], range);
        long last =
                star || (stepped && ends.length == 1) ? range.max : ends.length == 2 ? value(ends[1], range) : first;
        check(first, last, range, item);
        return new CronField(bits(first, last, step), star && step == 1, star || stepped);
    }

    private static void check(long first, long last, Range range, String item) throws Refusal {
        if (first < range.min) {
            throw new Refusal("beginning of range (" + first + ") below minimum (" + range.min + "): " + shown(item));
        }
        if (last > range.max) {
            throw new Refusal("end of range (" + last + ") above maximum (" + range.max + "): " + shown(item));
        }
        if (first > last) {
            throw new Refusal("beginning of range (" + first + ") beyond end of range (" + last + "): " + shown(item));
        }
    }

    /** Where {@code ~} or {@code ~/n} starts. A step beyond the range leaves only the start, which must lie within. */
    private static long start(Range range, long hash, boolean stepped, long step) {
        boolean within = stepped && step <= range.max - range.min + 1;
        return range.min + hash % (within ? step : range.hashed);
    }

    private static long value(String text, Range range) throws Refusal {
        int name = text.length() == 3 ? range.names.indexOf(" " + text.toLowerCase(Locale.ROOT)) : -1;
        return name >= 0 ? range.min + name / 4 : number(text);
    }

    private static long number(String text) throws Refusal {
        try {
            if (text.chars().allMatch(c -> c < 0x80)) {
                long value = Long.parseLong(text);
                if (value >= 0) {
                    return value;
                }
            }
            throw new Refusal("failed to parse int from " + shown(text) + ": not a number");
        } catch (NumberFormatException notOne) { // becomes a refusal that shows the text
            throw new Refusal("failed to parse int from " + shown(text) + ": not a number");
        }
    }

    private static long bits(long first, long last, long step) {
        long mask = 0;
        for (long value = first; value <= last; value += step) {
            mask |= 1L << value;
            if (step > last) {
                break; // also keeps the sum from overflowing
            }
        }
        return mask;
    }

    /** The text, cut so that a message stays readable. */
    static String shown(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    }
}
