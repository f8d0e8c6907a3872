package io.dkron.core.schedule;

/**
 * The fields of a cron expression as bit masks, and the wall clock times that match them. Times are seconds from 1970 on
 * a clock without zone.
 *
 * <p>A search for a day looks at a month at a time: the weekday mask, repeated, is laid over the month and joined with
 * the mask of its days, so that even 29 February costs 96 steps of a few nanoseconds.
 *
 * @param seconds bits 0 to 59
 * @param minutes bits 0 to 59
 * @param hours bits 0 to 23
 * @param days bits 1 to 31
 * @param months bits 1 to 12
 * @param weekdays bits 0 (Sunday) to 6
 * @param eitherDay whether a day needs to match only one of {@code days} and {@code weekdays}
 */
record CronMasks(long seconds, long minutes, int hours, long days, int months, int weekdays, boolean eitherDay) {
    /** No time within the look-ahead. */
    static final long NONE = Long.MIN_VALUE;

    /** 8 years, the longest pause of 29 February, and the month one starts in. */
    private static final int LOOK_AHEAD_MONTHS = 8 * 12 + 1;

    private static final long EACH_WEEK = 1L | 1L << 7 | 1L << 14 | 1L << 21 | 1L << 28;

    /** The first matching time at or after {@code local}, or {@link #NONE} if there is none within 8 years. */
    long next(long local) {
        if (seconds == 0 || minutes == 0 || hours == 0) {
            return NONE;
        }
        long today = Math.floorDiv(local, Seconds.PER_DAY);
        long day = nextDay(today);
        if (day == today) {
            int time = nextTime(Math.floorMod(local, Seconds.PER_DAY));
            if (time >= 0) {
                return day * Seconds.PER_DAY + time;
            }
            day = nextDay(today + 1);
        }
        return day == NONE ? NONE : day * Seconds.PER_DAY + nextTime(0);
    }

    /** How many times match from {@code from} until just before {@code to}. */
    long count(long from, long to) {
        if (from >= to) {
            return 0;
        }
        long firstDay = Math.floorDiv(from, Seconds.PER_DAY);
        long lastDay = Math.floorDiv(to, Seconds.PER_DAY);
        long perDay = (long) Integer.bitCount(hours) * Long.bitCount(minutes) * Long.bitCount(seconds);
        return perDay * countDays(firstDay, lastDay)
                - countDays(firstDay, firstDay + 1) * timesBefore(Math.floorMod(from, Seconds.PER_DAY))
                + countDays(lastDay, lastDay + 1) * timesBefore(Math.floorMod(to, Seconds.PER_DAY));
    }

    private long nextDay(long from) {
        Month month = Month.of(from);
        long wanted = -1L << month.day;
        for (int i = 0; i < LOOK_AHEAD_MONTHS; i++) {
            long match = matching(month) & wanted;
            if (match != 0) {
                return month.first + Long.numberOfTrailingZeros(match) - 1;
            }
            month.advance();
            wanted = -1L;
        }
        return NONE;
    }

    private long countDays(long from, long to) {
        long count = 0;
        Month month = Month.of(from);
        long wanted = -1L << month.day;
        while (month.first < to) {
            if (to - month.first < 31) {
                wanted &= (1L << (to - month.first + 1)) - 1;
            }
            count += Long.bitCount(matching(month) & wanted);
            month.advance();
            wanted = -1L;
        }
        return count;
    }

    /** The matching days of a month, as bits 1 to 31. */
    private long matching(Month month) {
        if ((months >> month.number & 1) == 0) {
            return 0;
        }
        int first = (int) Math.floorMod(month.first + 4, 7L); // 1970-01-01 was a Thursday
        long week = (weekdays >> first | weekdays << (7 - first)) & 0x7F;
        long byWeekday = (week * EACH_WEEK) << 1;
        long either = eitherDay ? days | byWeekday : days & byWeekday;
        return either & ((2L << month.length) - 2);
    }

    /** The first matching second of a day at or after the given one, or -1. */
    private int nextTime(int time) {
        int hour = time / 3600;
        int minute = time / 60 % 60;
        if ((hours >> hour & 1) != 0) {
            long second = seconds & (-1L << (time % 60));
            if ((minutes >> minute & 1) != 0 && second != 0) {
                return time - time % 60 + Long.numberOfTrailingZeros(second);
            }
            long later = minutes & (-1L << (minute + 1));
            if (later != 0) {
                return hour * 3600 + Long.numberOfTrailingZeros(later) * 60 + Long.numberOfTrailingZeros(seconds);
            }
        }
        int later = hours & (-1 << (hour + 1));
        return later == 0
                ? -1
                : Integer.numberOfTrailingZeros(later) * 3600
                        + Long.numberOfTrailingZeros(minutes) * 60
                        + Long.numberOfTrailingZeros(seconds);
    }

    /** How many seconds of a matching day match before the given one. */
    private int timesBefore(int time) {
        int hour = time / 3600;
        int minute = time / 60 % 60;
        int perMinute = Long.bitCount(seconds);
        int count = Integer.bitCount(hours & ((1 << hour) - 1)) * Long.bitCount(minutes) * perMinute;
        if ((hours >> hour & 1) != 0) {
            count += Long.bitCount(minutes & ((1L << minute) - 1)) * perMinute;
            if ((minutes >> minute & 1) != 0) {
                count += Long.bitCount(seconds & ((1L << (time % 60)) - 1));
            }
        }
        return count;
    }

    /** A month of the calendar, moved on in place; never leaves a method, so that it costs no allocation. */
    private static final class Month {
        private long year;
        private int number; // 1 to 12
        private int length;
        private int day; // of the month, the one it was made from
        private long first; // its first day, as days from 1970

        /** The month of a day, by Howard Hinnant's civil_from_days: years that begin in March end in the leap day. */
        static Month of(long epochDay) {
            long shifted = epochDay + 719_468;
            long era = Math.floorDiv(shifted, 146_097);
            int dayOfEra = (int) (shifted - era * 146_097);
            int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
            int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            int fromMarch = (5 * dayOfYear + 2) / 153;
            Month month = new Month();
            month.day = dayOfYear - (153 * fromMarch + 2) / 5 + 1;
            month.number = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
            month.year = yearOfEra + era * 400 + (month.number <= 2 ? 1 : 0);
            month.first = epochDay - month.day + 1;
            month.length = month.length();
            return month;
        }

        void advance() {
            first += length;
            if (number == 12) {
                number = 1;
                year++;
            } else {
                number++;
            }
            length = length();
        }

        private int length() {
            if (number == 2) {
                boolean leap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
                return leap ? 29 : 28;
            }
            return 30 + ((number + (number >> 3)) & 1);
        }
    }
}
