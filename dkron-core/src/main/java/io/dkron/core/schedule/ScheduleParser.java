package io.dkron.core.schedule;

import io.dkron.core.problem.Problems;
import io.dkron.core.problem.Validated;
import io.dkron.core.schedule.CronField.Range;
import io.dkron.core.schedule.CronField.Refusal;
import io.dkron.core.time.GoDuration;
import io.dkron.core.time.Rfc3339;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a job's {@code schedule}: decides what is valid, as Dkron 4 does, and says of the rest what is wrong in Dkron 4's
 * words. Stateless, safe from any thread.
 *
 * <p>{@code [TZ=Zone |CRON_TZ=Zone ]} second minute hour day-of-month month day-of-week, or a descriptor that begins with
 * {@code @}, which must be exact: blanks around it are refused.
 */
public final class ScheduleParser {
    /** What five fields mean: in both Dkrons the first one is seconds, which is not what people expect. */
    public enum FiveFields {
        /** Refused with a hint: Dkron 4's rule, for what is saved by its dialect. */
        REFUSED,
        /** Seconds first, any day of the week: Dkron 1.x's rule, for its dialect and for every stored job. */
        SECONDS_FIRST
    }

    private static final String PREFIX = "can't parse job schedule: ";
    private static final String AT = "@at ";
    private static final String EVERY = "@every ";

    private static final Map<String, String> CALENDAR = Map.of(
            "@yearly", "0 0 0 1 1 *",
            "@annually", "0 0 0 1 1 *",
            "@monthly", "0 0 0 1 * *",
            "@weekly", "0 0 0 * * 0",
            "@daily", "0 0 0 * * *",
            "@midnight", "0 0 0 * * *",
            "@hourly", "0 0 * * * *",
            "@minutely", "0 * * * * *");

    private ScheduleParser() {}

    /**
     * Reads a schedule.
     *
     * @param jobName what {@code ~} is derived from; may be empty
     * @return the schedule, or one problem of field {@code schedule}
     */
    public static Validated<Schedule> parse(String text, String jobName, FiveFields fiveFields) {
        try {
            Schedule schedule = read(text, hash(jobName), fiveFields);
            return new Problems().orValue(() -> schedule);
        } catch (Refusal refusal) { // turned into the outcome that callers know
            return new Problems().add("schedule", PREFIX + refusal.getMessage()).orValue(Manual::new);
        }
    }

    /** The number behind {@code ~}: the sum of the name's code points. */
    private static long hash(String jobName) {
        return jobName.codePoints().asLongStream().sum();
    }

    private static Schedule read(String text, long hash, FiveFields fiveFields) throws Refusal {
        if (text.isEmpty()) {
            throw new Refusal("empty spec string");
        }
        if (text.equals("@manually")) {
            return new Manual();
        }
        if (text.startsWith(AT)) {
            return new At(instant(text));
        }
        if (!text.startsWith("TZ=") && !text.startsWith("CRON_TZ=")) {
            return unprefixed(text, text, Optional.empty(), hash, fiveFields);
        }
        int blank = blankAt(text);
        if (blank == text.length()) {
            throw new Refusal("no schedule after " + CronField.shown(text));
        }
        String zone = text.substring(text.indexOf('=') + 1, blank);
        Optional<JobZone> known =
                zone.isEmpty() ? JobZone.find("UTC") : JobZone.find(zone); // as Go reads an empty name
        if (known.isEmpty()) {
            throw new Refusal("provided bad location " + zone + ": unknown time zone " + zone);
        }
        return unprefixed(text, String.join(" ", words(text.substring(blank))), known, hash, fiveFields);
    }

    private static Schedule unprefixed(
            String whole, String text, Optional<JobZone> zone, long hash, FiveFields fiveFields) throws Refusal {
        if (text.startsWith(EVERY)) {
            return Every.of(duration(text));
        }
        String fields = CALENDAR.get(text);
        if (fields == null && text.startsWith("@")) {
            throw new Refusal("unrecognized descriptor: " + CronField.shown(text));
        }
        List<String> words = words(fields == null ? text : fields);
        boolean five = words.size() == 5 && fiveFields == FiveFields.SECONDS_FIRST;
        if (five) {
            words.add("*");
        }
        if (words.size() != Range.values().length) {
            throw new Refusal(wrongCount(words, fiveFields));
        }
        return compile(String.join(" ", words(whole)), words, zone, hash, five);
    }

    private static Cron compile(String text, List<String> words, Optional<JobZone> zone, long hash, boolean five)
            throws Refusal {
        Map<Range, CronField> fields = new EnumMap<>(Range.class);
        List<String> faults = new ArrayList<>();
        Iterator<String> word = words.iterator();
        for (Range range : Range.values()) {
            try {
                fields.put(range, CronField.parse(word.next(), range, hash));
            } catch (Refusal fault) { // all of them are told at once
                faults.add(fault.getMessage() + " in field " + range.title);
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal(String.join("; ", faults));
        }
        CronField hour = fields.get(Range.HOUR);
        CronField day = fields.get(Range.DAY);
        CronField weekday = fields.get(Range.WEEKDAY);
        CronMasks masks = new CronMasks(
                fields.get(Range.SECOND).mask(),
                fields.get(Range.MINUTE).mask(),
                (int) hour.mask(),
                day.mask(),
                (int) fields.get(Range.MONTH).mask(),
                (int) weekday.mask(),
                !day.star() && !weekday.star());
        return new Cron(text, masks, !hour.interval() && !hour.covers(Range.HOUR), zone, five);
    }

    private static String wrongCount(List<String> words, FiveFields fiveFields) {
        String seen = " fields, found " + words.size() + ": [" + CronField.shown(String.join(" ", words)) + "]";
        if (fiveFields == FiveFields.SECONDS_FIRST) {
            return "expected 5 or 6" + seen;
        }
        String hint = words.size() == 5
                ? "; the first field is the second: put 0 first, as in 0 " + CronField.shown(String.join(" ", words))
                : "";
        return "expected exactly 6" + seen + hint;
    }

    private static Instant instant(String text) throws Refusal {
        return Rfc3339.parse(text.substring(AT.length()))
                .orElseThrow(() -> new Refusal("failed to parse date " + CronField.shown(text)
                        + ": not a time with offset such as 2030-01-02T03:04:05Z"));
    }

    private static Duration duration(String text) throws Refusal {
        StringBuilder reason = new StringBuilder();
        Optional<Duration> duration = GoDuration.parse(text.substring(EVERY.length()), reason::append);
        return duration.orElseThrow(() -> new Refusal(
                "failed to parse duration " + CronField.shown(text) + ": " + CronField.shown(reason.toString())));
    }

    private static int blankAt(String text) {
        int at = 0;
        while (at < text.length() && !isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int at = 0; at <= text.length(); at++) {
            if (at == text.length() || isBlank(text.charAt(at))) {
                if (at > from) {
                    words.add(text.substring(from, at));
                }
                from = at + 1;
            }
        }
        return words;
    }

    /** Go's white space; Java's leaves out the no-break space. */
    private static boolean isBlank(char c) {
        return (c >= '\t' && c <= '\r') || c == '\u0085' || Character.isSpaceChar(c);
    }
}
