package io.dkron.core.time;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Optional;

/**
 * Instants as RFC 3339 text, written as Go writes them: UTC as {@code Z}, 0 to 9 fraction digits, trailing zeros cut.
 *
 * <p>{@code java.time} prints fractions in groups of three digits, so {@code …:44.13644931Z} would become
 * {@code …:44.136449310Z}; Dkron's clients compare texts. Stateless, safe from any thread.
 */
public final class Rfc3339 {
    /** Go's zero time, {@code 0001-01-01T00:00:00Z}: "none" in fields that cannot be null. */
    public static final Instant ZERO = Instant.ofEpochSecond(-62_135_596_800L);

    private static final long MIN_SECOND = -62_167_219_200L; // 0000-01-01T00:00:00Z
    private static final long MAX_SECOND = 253_402_300_799L; // 9999-12-31T23:59:59Z
    private static final int DATE_AND_TIME = "2006-01-02T15:04:05".length();
    private static final int HTML_LENGTH = "2006-01-02T15:04".length();
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int NANO_DIGITS = 9;

    private Rfc3339() {}

    /**
     * Reads {@code yyyy-mm-ddThh:mm:ss[.fraction](Z|±hh:mm)}. As in Go, the fraction may follow {@code .} or {@code ,}
     * and digits beyond the ninth are dropped; {@code T} and {@code Z} must be upper case; there is no second 60.
     *
     * @return the instant; empty if the text has another form, names a date that does not exist, or lies outside the
     *     years 0000 to 9999 in UTC
     */
    public static Optional<Instant> parse(String text) {
        if (text.length() <= DATE_AND_TIME) {
            return Optional.empty();
        }
        long local = localSecond(text);
        int second = secondOf(text);
        int at = DATE_AND_TIME;
        int nanos = 0;
        if (text.charAt(at) == '.' || text.charAt(at) == ',') {
            int from = ++at;
            while (at < text.length() && isDigit(text.charAt(at))) {
                if (at - from < NANO_DIGITS) {
                    nanos = nanos * 10 + digit(text, at);
                }
                at++;
            }
            if (at == from) {
                return Optional.empty();
            }
            for (int seen = at - from; seen < NANO_DIGITS; seen++) {
                nanos *= 10;
            }
        }
        int offset = offsetSeconds(text, at);
        if (local == Long.MIN_VALUE || second < 0 || offset == Integer.MIN_VALUE) {
            return Optional.empty();
        }
        return within(local + second - offset, nanos);
    }

    /**
     * Reads what {@link #parse} reads, and also {@code yyyy-mm-ddThh:mm} as UTC, which an HTML date input sends. Dkron
     * takes that second form in {@code starts_at}, {@code expires_at}, {@code last_success} and {@code last_error}.
     */
    public static Optional<Instant> parseLenient(String text) {
        if (text.length() == HTML_LENGTH) {
            long local = localSecond(text);
            return local == Long.MIN_VALUE ? Optional.empty() : within(local, 0);
        }
        return parse(text);
    }

    /**
     * Writes the instant in UTC; {@link #parse} reads it back exactly.
     *
     * @throws IllegalArgumentException outside the years 0000 to 9999
     */
    public static String format(Instant instant) {
        return append(new StringBuilder(30), instant).toString();
    }

    /** As {@link #format}, at the end of {@code out}, which is returned. */
    public static StringBuilder append(StringBuilder out, Instant instant) {
        long epochSecond = instant.getEpochSecond();
        if (epochSecond < MIN_SECOND || epochSecond > MAX_SECOND) {
            throw new IllegalArgumentException("no RFC 3339 form outside the years 0000 to 9999: " + instant);
        }
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(epochSecond, SECONDS_PER_DAY));
        int second = Math.floorMod(epochSecond, SECONDS_PER_DAY);
        int year = date.getYear();
        two(two(out, year / 100), year % 100).append('-');
        two(out, date.getMonthValue()).append('-');
        two(out, date.getDayOfMonth()).append('T');
        two(out, second / 3600).append(':');
        two(out, second / 60 % 60).append(':');
        two(out, second % 60);
        return fraction(out, instant.getNano()).append('Z');
    }

    private static Optional<Instant> within(long epochSecond, int nanos) {
        return epochSecond < MIN_SECOND || epochSecond > MAX_SECOND
                ? Optional.empty()
                : Optional.of(Instant.ofEpochSecond(epochSecond, nanos));
    }

    /** {@code yyyy-mm-ddThh:mm} at the start of the text as seconds of its own clock, or MIN_VALUE. */
    private static long localSecond(String text) {
        int year = number(text, 0, 4);
        int month = number(text, 5, 2);
        int day = number(text, 8, 2);
        int hour = number(text, 11, 2);
        int minute = number(text, 14, 2);
        boolean marks =
                text.charAt(4) == '-' && text.charAt(7) == '-' && text.charAt(10) == 'T' && text.charAt(13) == ':';
        boolean ranges = year >= 0
                && month >= 1
                && month <= 12
                && day >= 1
                && day <= YearMonth.of(year, month).lengthOfMonth()
                && hour >= 0
                && hour <= 23
                && minute >= 0
                && minute <= 59;
        if (!marks || !ranges) {
            return Long.MIN_VALUE;
        }
        return LocalDate.of(year, month, day).toEpochDay() * SECONDS_PER_DAY + hour * 3600L + minute * 60L;
    }

    private static int secondOf(String text) {
        int second = number(text, 17, 2);
        return text.charAt(16) == ':' && second <= 59 ? second : -1;
    }

    /** The offset that ends the text, in seconds, or MIN_VALUE. */
    private static int offsetSeconds(String text, int at) {
        if (at == text.length() - 1 && text.charAt(at) == 'Z') {
            return 0;
        }
        if (at != text.length() - "+00:00".length() || text.charAt(at + 3) != ':') {
            return Integer.MIN_VALUE;
        }
        char sign = text.charAt(at);
        int hours = number(text, at + 1, 2);
        int minutes = number(text, at + 4, 2);
        if ((sign != '+' && sign != '-') || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int seconds = hours * 3600 + minutes * 60;
        return sign == '+' ? seconds : -seconds;
    }

    private static int number(String text, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            if (!isDigit(text.charAt(i))) {
                return -1;
            }
            value = value * 10 + digit(text, i);
        }
        return value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int digit(String text, int at) {
        return text.charAt(at) - '0';
    }

    private static StringBuilder two(StringBuilder out, int value) {
        return out.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }

    private static StringBuilder fraction(StringBuilder out, int nanos) {
        if (nanos == 0) {
            return out;
        }
        out.append('.');
        int rest = nanos;
        for (int unit = 100_000_000; rest > 0; unit /= 10) {
            out.append((char) ('0' + rest / unit));
            rest %= unit;
        }
        return out;
    }
}
