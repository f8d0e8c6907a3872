package io.dkron.core.template;

import io.dkron.core.template.Functions.ArgumentException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Go's {@code printf} for texts, numbers and truth values. What Go would print as an error, as a verb that does not fit its
 * argument, is an error here. Stateless.
 */
final class Printf {
    private static final Pattern VERB = Pattern.compile("%([-+# 0]*)(\\d{1,4})?(?:\\.(\\d{1,4})?)?(.)", Pattern.DOTALL);

    private Printf() {}

    static String format(List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new ArgumentException("needs a format");
        }
        String format = arguments.get(0).toString();
        StringBuilder out = new StringBuilder();
        int used = 1;
        int at = 0;
        Matcher verb = VERB.matcher(format);
        while (verb.find(at)) {
            out.append(format, at, verb.start());
            at = verb.end();
            if (verb.group(4).equals("%")) {
                out.append('%');
            } else if (used == arguments.size()) {
                throw new ArgumentException(verb.group() + " has no argument");
            } else {
                out.append(one(verb, arguments.get(used++)));
            }
        }
        if (format.indexOf('%', at) >= 0) {
            throw new ArgumentException("a % without a verb: %% prints one");
        }
        if (used < arguments.size()) {
            throw new ArgumentException((arguments.size() - used) + " arguments more than verbs");
        }
        return out.append(format, at, format.length()).toString();
    }

    private static String one(Matcher verb, Object value) {
        String flags = verb.group(1);
        boolean point = verb.end(4) - verb.start() > 2 && verb.group().contains(".");
        int precision = verb.group(3) == null ? (point ? 0 : -1) : Integer.parseInt(verb.group(3));
        char kind = verb.group(4).charAt(0);
        String text = switch (kind) {
            case 's', 'v' -> cut(number(value) && kind == 's' ? misfit(verb, value) : plain(value), precision);
            case 'q' -> number(value) ? misfit(verb, value) : quoted(cut(value.toString(), precision));
            case 't' -> value instanceof Boolean ? value.toString() : misfit(verb, value);
            case 'd' -> value instanceof Long ? value.toString() : misfit(verb, value);
            case 'x', 'X' -> hex(verb, value, kind);
            case 'f', 'F', 'e', 'E' ->
                value instanceof Double d
                        ? String.format(
                                Locale.ROOT, "%." + (precision < 0 ? 6 : precision) + Character.toLowerCase(kind), d)
                        : misfit(verb, value);
            case 'c' ->
                value instanceof Long n && Character.isValidCodePoint(n.intValue())
                        ? Character.toString(n.intValue())
                        : misfit(verb, value);
            default -> throw new ArgumentException(verb.group() + " is not known here");
        };
        boolean signed = flags.contains("+") && number(value) && !text.startsWith("-");
        return padded(signed ? "+" + text : text, flags, verb.group(2), number(value));
    }

    private static boolean number(Object value) {
        return value instanceof Number;
    }

    private static String plain(Object value) {
        if (value instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1e15) {
            return Long.toString(Math.round(d));
        }
        return value.toString();
    }

    private static String cut(String text, int precision) {
        return precision < 0 || text.codePointCount(0, text.length()) <= precision
                ? text
                : text.substring(0, text.offsetByCodePoints(0, precision));
    }

    private static String misfit(Matcher verb, Object value) {
        throw new ArgumentException(verb.group() + " does not print a "
                + (number(value) ? "number" : value instanceof Boolean ? "truth value" : "text"));
    }

    private static String hex(Matcher verb, Object value, char kind) {
        if (value instanceof Double || value instanceof Boolean || value instanceof GoTime) {
            return misfit(verb, value);
        }
        StringBuilder hex = new StringBuilder();
        if (value instanceof Long n) {
            hex.append(n < 0 ? "-" : "").append(Long.toHexString(Math.abs(n)));
        } else {
            for (byte each : value.toString().getBytes(StandardCharsets.UTF_8)) {
                hex.append(String.format("%02x", each));
            }
        }
        return kind == 'X' ? hex.toString().toUpperCase(Locale.ROOT) : hex.toString();
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 7 -> out.append("\\a");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case 11 -> out.append("\\v");
                default -> {
                    if (c < ' ' || c == 127) {
                        out.append(String.format("\\x%02x", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }

    private static String padded(String text, String flags, String width, boolean number) {
        int missing = (width == null ? 0 : Integer.parseInt(width)) - text.codePointCount(0, text.length());
        if (missing <= 0) {
            return text;
        } else if (flags.contains("-")) {
            return text + " ".repeat(missing);
        } else if (flags.contains("0") && number) {
            boolean sign = text.startsWith("-") || text.startsWith("+");
            return (sign ? text.substring(0, 1) : "") + "0".repeat(missing) + text.substring(sign ? 1 : 0);
        }
        return " ".repeat(missing) + text;
    }
}
