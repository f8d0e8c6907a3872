package io.dkron.core.schedule;

import io.dkron.core.schedule.CronField.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The masks of a cron expression in English words.
 *
 * <p>cron-utils has a describer too; it reads {@code 0 0 22 * * 1,3,5} as "every Tuesday days" and joins the day fields by
 * "and" where Dkron means "or", so the words are ours.
 */
final class CronText {
    /** Up to so many times of day are listed one by one. */
    private static final int MOST_LISTED = 6;

    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");
    private static final List<String> WEEKDAYS =
            List.of("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday");

    private final List<Integer> seconds;
    private final List<Integer> minutes;
    private final List<Integer> hours;
    private final List<Integer> days;
    private final List<Integer> months;
    private final List<Integer> weekdays;
    private final boolean eitherDay;

    private CronText(CronMasks masks) {
        seconds = values(masks.seconds());
        minutes = values(masks.minutes());
        hours = values(masks.hours());
        days = values(masks.days());
        months = values(masks.months());
        weekdays = values(masks.weekdays());
        eitherDay = masks.eitherDay();
    }

    static String of(CronMasks masks) {
        return new CronText(masks).text();
    }

    private String text() {
        boolean noDay = eitherDay ? days.isEmpty() && weekdays.isEmpty() : days.isEmpty() || weekdays.isEmpty();
        if (seconds.isEmpty() || minutes.isEmpty() || hours.isEmpty() || months.isEmpty() || noDay) {
            return "never: a field has no value";
        }
        boolean listed = seconds.size() * minutes.size() * hours.size() <= MOST_LISTED;
        String time = listed ? "at " + joined(times()) : frequency();
        String day = day();
        String month = months.size() == 12 ? "" : " in " + runs(months, i -> MONTHS.get(i - 1));
        return (listed && day.isEmpty() ? "every day " : "") + time + day + month;
    }

    private List<String> times() {
        boolean whole = seconds.equals(List.of(0));
        List<String> times = new ArrayList<>();
        for (int hour : hours) {
            for (int minute : minutes) {
                for (int second : seconds) {
                    times.add(two(hour) + ":" + two(minute) + (whole ? "" : ":" + two(second)));
                }
            }
        }
        return times;
    }

    private String frequency() {
        List<String> parts = new ArrayList<>();
        boolean wholeMinutes = seconds.equals(List.of(0));
        boolean wholeHours = wholeMinutes && minutes.equals(List.of(0));
        if (!wholeMinutes) {
            parts.add(unit(seconds, Range.SECOND));
        }
        if (!wholeHours && (wholeMinutes || minutes.size() < 60)) {
            parts.add(unit(minutes, Range.MINUTE));
        }
        if (wholeHours) {
            parts.add(unit(hours, Range.HOUR));
        } else if (hours.size() < 24) {
            boolean run = hours.get(hours.size() - 1) - hours.get(0) == hours.size() - 1;
            parts.add(
                    run
                            ? "from " + two(hours.get(0)) + ":00 to " + two(hours.get(hours.size() - 1)) + ":59"
                            : steps(hours, Range.HOUR)
                                    .map(s -> "of " + s)
                                    .orElseGet(() -> "of " + plural("hour", hours) + " " + runs(hours, CronText::two)));
        }
        return String.join(" ", parts);
    }

    private String day() {
        if (eitherDay && (days.size() == 31 || weekdays.size() == 7)) {
            return ""; // one of them takes every day
        }
        String ofMonth = days.size() == 31 || days.isEmpty()
                ? ""
                : " on "
                        + steps(days, Range.DAY)
                                .map(s -> s.replace(" day of month", " day"))
                                .orElseGet(() -> plural("day", days) + " " + runs(days, i -> Integer.toString(i)))
                        + " of the month";
        String ofWeek = weekdays.size() == 7 || weekdays.isEmpty() ? "" : onDays();
        return ofMonth + (ofMonth.isEmpty() || ofWeek.isEmpty() ? "" : " or") + ofWeek;
    }

    private String onDays() {
        String names = runs(weekdays, WEEKDAYS::get);
        boolean run = weekdays.size() >= 3 && !names.contains(" and ");
        return (run ? " from " : " on ") + names;
    }

    private static String unit(List<Integer> values, Range range) {
        if (values.size() == range.max - range.min + 1) {
            return "every " + range.title;
        }
        return steps(values, range)
                .orElseGet(() -> "at " + plural(range.title, values) + " " + runs(values, i -> Integer.toString(i)));
    }

    /** {@code every 5 minutes}, if the values are steps to the end of the range. */
    private static Optional<String> steps(List<Integer> values, Range range) {
        if (values.size() < 3) {
            return Optional.empty();
        }
        int first = values.get(0);
        int step = values.get(1) - first;
        for (int i = 2; i < values.size(); i++) {
            if (values.get(i) - values.get(i - 1) != step) {
                return Optional.empty();
            }
        }
        if (step == 1 || values.get(values.size() - 1) + step <= range.max) {
            return Optional.empty();
        }
        String every =
                range == Range.DAY ? "every " + ordinal(step) + " day" : "every " + step + " " + range.title + "s";
        return Optional.of(first == range.min ? every : every + " from " + range.title + " " + first);
    }

    /** The values, with three or more in a row as {@code first to last}. */
    private static String runs(List<Integer> values, IntFunction<String> name) {
        List<String> items = new ArrayList<>();
        int from = 0;
        for (int at = 1; at <= values.size(); at++) {
            if (at == values.size() || values.get(at) != values.get(at - 1) + 1) {
                if (at - from >= 3) {
                    items.add(name.apply(values.get(from)) + " to " + name.apply(values.get(at - 1)));
                } else {
                    values.subList(from, at).forEach(value -> items.add(name.apply(value)));
                }
                from = at;
            }
        }
        return joined(items);
    }

    private static String joined(List<String> items) {
        int last = items.size() - 1;
        return last == 0 ? items.get(0) : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
    }

    private static List<Integer> values(long mask) {
        List<Integer> values = new ArrayList<>();
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            values.add(Long.numberOfTrailingZeros(rest));
        }
        return List.copyOf(values);
    }

    private static String plural(String word, List<Integer> values) {
        return values.size() == 1 ? word : word + "s";
    }

    private static String ordinal(int number) {
        String ending = number / 10 == 1
                ? "th"
                : number % 10 == 1 ? "st" : number % 10 == 2 ? "nd" : number % 10 == 3 ? "rd" : "th";
        return number + ending;
    }

    private static String two(int number) {
        return number < 10 ? "0" + number : Integer.toString(number);
    }
}
