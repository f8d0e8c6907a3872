package io.dkron.core.job;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sizes in bytes as Dkron's {@code mem_limit} writes them: a number above 0, a fraction allowed, and an optional unit in
 * any case ({@code B}, {@code K} or {@code KB}, {@code M}, {@code G}, {@code T}), powers of 1024. Stateless.
 */
public final class ByteSize {
    private static final long KIB = 1024;
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("", 1L),
            Map.entry("B", 1L),
            Map.entry("BYTES", 1L),
            Map.entry("K", KIB),
            Map.entry("KB", KIB),
            Map.entry("M", KIB * KIB),
            Map.entry("MB", KIB * KIB),
            Map.entry("G", KIB * KIB * KIB),
            Map.entry("GB", KIB * KIB * KIB),
            Map.entry("T", KIB * KIB * KIB * KIB),
            Map.entry("TB", KIB * KIB * KIB * KIB));

    private ByteSize() {}

    /** The size in bytes; empty if the text is none, then {@code complain} is told once why. */
    public static Optional<Long> parse(String text, Consumer<String> complain) {
        String size = text.strip().toUpperCase(Locale.ROOT);
        int digits = 0;
        while (digits < size.length() && isDigitOrPoint(size.charAt(digits))) {
            digits++;
        }
        String number = size.substring(0, digits);
        String unit = size.substring(digits);
        if (digits == 0) {
            complain.accept("invalid memory limit format: " + size);
        } else if (!number.matches("\\d+\\.?\\d*|\\.\\d+")) {
            complain.accept("invalid numeric value in memory limit: " + number);
        } else if (!UNITS.containsKey(unit)) {
            complain.accept("unsupported memory unit: " + unit + " (supported: B, KB, MB, GB, TB)");
        } else {
            return positive(new BigDecimal(number).multiply(BigDecimal.valueOf(UNITS.get(unit))), complain);
        }
        return Optional.empty();
    }

    private static Optional<Long> positive(BigDecimal bytes, Consumer<String> complain) {
        if (bytes.compareTo(BigDecimal.ONE) < 0) {
            complain.accept("memory limit must be greater than 0");
            return Optional.empty();
        }
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            complain.accept("memory limit too large or causes overflow");
            return Optional.empty();
        }
        return Optional.of(bytes.longValue());
    }

    private static boolean isDigitOrPoint(char c) {
        return c >= '0' && c <= '9' || c == '.';
    }
}
