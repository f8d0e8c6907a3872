package io.dkron.cli.print;

/** Text of users on one line of a terminal. Stateless. */
public final class Safe {
    private Safe() {}

    /** The text with every control character shown, so that it cannot steer the terminal or break the line. */
    public static String text(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                        out.append(String.format("\\u%04x", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.toString();
    }

    /** As {@link #text}, no longer than that many characters; what was cut off shows as {@code …}. */
    public static String text(String text, int longest) {
        String safe = text(text);
        int length = safe.codePointCount(0, safe.length());
        return length <= longest ? safe : safe.substring(0, safe.offsetByCodePoints(0, longest - 1)) + "…";
    }
}
