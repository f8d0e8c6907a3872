package io.dkron.core.config;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: {@code 256000}, {@code 64MiB}, {@code 1 MB}. */
final class Bytes {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}) *([a-z]*)");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("b", 1L),
            Map.entry("kb", 1_000L),
            Map.entry("mb", 1_000_000L),
            Map.entry("gb", 1_000_000_000L),
            Map.entry("kib", 1L << 10),
            Map.entry("mib", 1L << 20),
            Map.entry("gib", 1L << 30));

    private Bytes() {}

    /** The number of bytes; empty if the text is none or beyond 2^63. */
    static OptionalLong parse(String text) {
        Matcher form = FORM.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!form.matches() || !UNITS.containsKey(form.group(2))) {
            return OptionalLong.empty();
        }
        long unit = UNITS.get(form.group(2));
        long number = Long.parseLong(form.group(1));
        return number > Long.MAX_VALUE / unit ? OptionalLong.empty() : OptionalLong.of(number * unit);
    }
}
