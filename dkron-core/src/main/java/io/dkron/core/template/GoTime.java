package io.dkron.core.template;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * An instant as templates see it: in UTC, printed by the layouts of Go's package time, in which the reference time Mon Jan 2
 * 15:04:05 MST 2006 shows what goes where. Immutable.
 *
 * @see "Go, package time: constants and Time.Format"
 */
public final class GoTime {
    private static final String PLAIN = "2006-01-02 15:04:05.999999999 -0700 MST";

    /** A piece of a layout and how it prints; where several begin alike the longest comes first. */
    private record Piece(String text, BiConsumer<StringBuilder, ZonedDateTime> print) {}

    private static final List<Piece> PIECES = List.of(
            new Piece("January", (out, t) -> out.append(t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH))),
            new Piece(
                    "Jan", (out, t) -> out.append(t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), 0, 3)),
            new Piece(
                    "Monday", (out, t) -> out.append(t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH))),
            new Piece(
                    "Mon",
                    (out, t) -> out.append(t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), 0, 3)),
            new Piece("MST", (out, t) -> out.append("UTC")),
            new Piece("002", (out, t) -> padded(out, t.getDayOfYear(), 3, '0')),
            new Piece("01", (out, t) -> padded(out, t.getMonthValue(), 2, '0')),
            new Piece("02", (out, t) -> padded(out, t.getDayOfMonth(), 2, '0')),
            new Piece("03", (out, t) -> padded(out, twelve(t), 2, '0')),
            new Piece("04", (out, t) -> padded(out, t.getMinute(), 2, '0')),
            new Piece("05", (out, t) -> padded(out, t.getSecond(), 2, '0')),
            new Piece("06", (out, t) -> padded(out, t.getYear() % 100, 2, '0')),
            new Piece("15", (out, t) -> padded(out, t.getHour(), 2, '0')),
            new Piece("1", (out, t) -> out.append(t.getMonthValue())),
            new Piece("2006", (out, t) -> padded(out, t.getYear(), 4, '0')),
            new Piece("2", (out, t) -> out.append(t.getDayOfMonth())),
            new Piece("__2", (out, t) -> padded(out, t.getDayOfYear(), 3, ' ')),
            new Piece("_2", (out, t) -> padded(out, t.getDayOfMonth(), 2, ' ')),
            new Piece("3", (out, t) -> out.append(twelve(t))),
            new Piece("4", (out, t) -> out.append(t.getMinute())),
            new Piece("5", (out, t) -> out.append(t.getSecond())),
            new Piece("PM", (out, t) -> out.append(t.getHour() < 12 ? "AM" : "PM")),
            new Piece("pm", (out, t) -> out.append(t.getHour() < 12 ? "am" : "pm")),
            new Piece("-07:00:00", (out, t) -> out.append("+00:00:00")),
            new Piece("-07:00", (out, t) -> out.append("+00:00")),
            new Piece("-070000", (out, t) -> out.append("+000000")),
            new Piece("-0700", (out, t) -> out.append("+0000")),
            new Piece("-07", (out, t) -> out.append("+00")),
            new Piece("Z07:00:00", (out, t) -> out.append('Z')),
            new Piece("Z07:00", (out, t) -> out.append('Z')),
            new Piece("Z070000", (out, t) -> out.append('Z')),
            new Piece("Z0700", (out, t) -> out.append('Z')),
            new Piece("Z07", (out, t) -> out.append('Z')));

    private final Instant instant;

    public GoTime(Instant instant) {
        this.instant = Objects.requireNonNull(instant, "instant");
    }

    /** Seconds since 1970. */
    public long unix() {
        return instant.getEpochSecond();
    }

    public Instant instant() {
        return instant;
    }

    /** The time as that layout shows it; what is no piece of the reference time stands as it is. */
    public String format(String layout) {
        ZonedDateTime time = instant.atZone(ZoneOffset.UTC);
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < layout.length()) {
            int fraction = fraction(layout, at);
            Optional<Piece> piece = piece(layout, at);
            if (fraction > 0) {
                print(out, layout.charAt(at), layout.charAt(at + 1) == '9', fraction, time.getNano());
                at += fraction + 1;
            } else if (piece.isPresent()) {
                piece.get().print().accept(out, time);
                at += piece.get().text().length();
            } else {
                out.append(layout.charAt(at++));
            }
        }
        return out.toString();
    }

    private static Optional<Piece> piece(String layout, int at) {
        for (Piece each : PIECES) {
            boolean name = each.text().equals("Jan") || each.text().equals("Mon"); // not the begin of a longer word
            int end = at + each.text().length();
            if (layout.startsWith(each.text(), at)
                    && !(name && end < layout.length() && Character.isLowerCase(layout.charAt(end)))
                    && !(each.text().equals("_2") && layout.startsWith("2006", at + 1))) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** How many digits of a second's fraction are wanted here: a point or comma before zeros or nines, and no digit after. */
    private static int fraction(String layout, int at) {
        if (layout.charAt(at) != '.' && layout.charAt(at) != ',' || at + 1 >= layout.length()) {
            return 0;
        }
        char digit = layout.charAt(at + 1);
        if (digit != '0' && digit != '9') {
            return 0;
        }
        int end = at + 1;
        while (end < layout.length() && layout.charAt(end) == digit) {
            end++;
        }
        boolean more = end < layout.length() && Character.isDigit(layout.charAt(end));
        return more ? 0 : end - at - 1;
    }

    private static void print(StringBuilder out, char point, boolean trimmed, int digits, int nanos) {
        StringBuilder text = new StringBuilder();
        padded(text, nanos, 9, '0');
        text.setLength(Math.min(9, digits));
        while (text.length() < digits) {
            text.append('0');
        }
        if (trimmed) {
            while (text.length() > 0 && text.charAt(text.length() - 1) == '0') {
                text.setLength(text.length() - 1);
            }
        }
        if (text.length() > 0) {
            out.append(point).append(text);
        }
    }

    private static void padded(StringBuilder out, int value, int width, char with) {
        String digits = Integer.toString(value);
        for (int i = digits.length(); i < width; i++) {
            out.append(with);
        }
        out.append(digits);
    }

    private static int twelve(ZonedDateTime time) {
        int hour = time.getHour() % 12;
        return hour == 0 ? 12 : hour;
    }

    /** As Go prints a time without a layout. */
    @Override
    public String toString() {
        return format(PLAIN);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GoTime time && instant.equals(time.instant);
    }

    @Override
    public int hashCode() {
        return instant.hashCode();
    }
}
