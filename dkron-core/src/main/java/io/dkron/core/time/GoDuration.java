package io.dkron.core.time;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Durations in Go's text form: {@code 90m}, {@code 1h30m}, {@code 1.5s}, {@code -2ms}.
 *
 * <p>A text is an optional sign and one or more pairs of number and unit without blanks. A number may have a fraction
 * ({@code .5s}, {@code 1.s}); units are {@code ns}, {@code us} (also {@code µs} with U+00B5 or U+03BC), {@code ms},
 * {@code s}, {@code m} and {@code h}; there is no day. A bare {@code 0} is allowed. The value is a signed 64-bit number
 * of nanoseconds, so at most 2562047h47m16.854775807s. Stateless, safe from any thread.
 */
public final class GoDuration {
    /** The longest duration that Go can tell. */
    public static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private GoDuration() {}

    /** The duration, or empty if the text is none. */
    public static Optional<Duration> parse(String text) {
        return parse(text, reason -> {});
    }

    /**
     * The duration, or empty if the text is none; then {@code complain} is told once why, in Go's words, for example
     * {@code unknown unit "d" in duration "1d"}.
     */
    public static Optional<Duration> parse(String text, Consumer<String> complain) {
        Reader reader = new Reader(text);
        Optional<Duration> value = reader.read();
        if (value.isEmpty()) {
            complain.accept(reader.reason + " \"" + text + "\"");
        }
        return value;
    }

    /**
     * The text that Go prints, for example {@code 1h0m0s}, {@code 1m30s}, {@code 1.5s}, {@code 250ms}, {@code 0s}.
     * {@link #parse} reads it back exactly if it is within Go's range.
     */
    public static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        StringBuilder out = new StringBuilder(24);
        Duration size = duration;
        if (duration.isNegative()) {
            out.append('-');
            size = duration.negated();
        }
        long seconds = size.getSeconds();
        int nanos = size.getNano();
        if (seconds == 0) {
            return belowSecond(out, nanos).toString();
        }
        if (seconds >= 3600) {
            out.append(seconds / 3600).append('h');
        }
        if (seconds >= 60) {
            out.append(seconds / 60 % 60).append('m');
        }
        out.append(seconds % 60);
        return fraction(out, nanos, NANOS_PER_SECOND).append('s').toString();
    }

    private static StringBuilder belowSecond(StringBuilder out, int nanos) {
        if (nanos < 1_000) {
            return out.append(nanos).append("ns");
        }
        if (nanos < 1_000_000) {
            return fraction(out.append(nanos / 1_000), nanos % 1_000, 1_000).append("µs");
        }
        return fraction(out.append(nanos / 1_000_000), nanos % 1_000_000, 1_000_000)
                .append("ms");
    }

    private static StringBuilder fraction(StringBuilder out, int part, int whole) {
        if (part == 0) {
            return out;
        }
        out.append('.');
        int rest = part;
        for (int unit = whole / 10; rest > 0; unit /= 10) {
            out.append((char) ('0' + rest / unit));
            rest %= unit;
        }
        return out;
    }

    /** One pass over one text. Sums are kept as negative numbers, whose range is larger by the one value Go allows. */
    private static final class Reader {
        private static final String INVALID = "invalid duration";

        private final String text;
        private int at;
        private long sum; // of nanoseconds, never positive
        private String reason = INVALID;

        Reader(String text) {
            this.text = text;
        }

        Optional<Duration> read() {
            boolean negative = text.startsWith("-");
            if (negative || text.startsWith("+")) {
                at = 1;
            }
            if (text.substring(at).equals("0")) {
                return Optional.of(Duration.ZERO);
            }
            if (at == text.length()) {
                return Optional.empty();
            }
            try {
                while (at < text.length()) {
                    if (!pair()) {
                        return Optional.empty();
                    }
                }
                return Optional.of(Duration.ofNanos(negative ? sum : Math.negateExact(sum)));
            } catch (ArithmeticException tooLarge) { // every step above may overflow; each means the same
                reason = INVALID;
                return Optional.empty();
            }
        }

        private boolean pair() {
            int from = at;
            long whole = 0;
            while (isDigit()) {
                whole = Math.addExact(Math.multiplyExact(whole, 10), text.charAt(at++) - '0');
            }
            int digits = at - from;
            long part = 0;
            double scale = 1;
            if (at < text.length() && text.charAt(at) == '.') {
                at++;
                boolean exact = true; // digits that no longer fit cannot change a whole nanosecond
                for (; isDigit(); at++, digits++) {
                    exact = exact && part <= (Long.MAX_VALUE - 9) / 10;
                    if (exact) {
                        part = part * 10 + (text.charAt(at) - '0');
                        scale *= 10;
                    }
                }
            }
            if (digits == 0) {
                return false;
            }
            long unit = unit();
            if (unit == 0) {
                return false;
            }
            long nanos = Math.multiplyExact(-whole, unit);
            sum = Math.addExact(sum, Math.subtractExact(nanos, (long) (part * (unit / scale))));
            return true;
        }

        private long unit() {
            int from = at;
            while (at < text.length() && text.charAt(at) != '.' && !isDigit()) {
                at++;
            }
            String name = text.substring(from, at);
            return switch (name) {
                case "ns" -> 1;
                case "us", "\u00b5s", "\u03bcs" -> 1_000;
                case "ms" -> 1_000_000;
                case "s" -> NANOS_PER_SECOND;
                case "m" -> 60L * NANOS_PER_SECOND;
                case "h" -> 3_600L * NANOS_PER_SECOND;
                default -> {
                    reason = name.isEmpty() ? "missing unit in duration" : "unknown unit \"" + name + "\" in duration";
                    yield 0;
                }
            };
        }

        private boolean isDigit() {
            return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
        }
    }
}
