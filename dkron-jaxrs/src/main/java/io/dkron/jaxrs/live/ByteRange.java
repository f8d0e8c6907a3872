package io.dkron.jaxrs.live;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One range of bytes (RFC 9110, section 14).
 *
 * @param from first byte, or -1 when the range lies outside
 * @param to after the last byte
 * @param length of all
 */
record ByteRange(long from, long to, long length) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** Reads the header; empty when it is absent, asks for several ranges, or is none: then all is answered. */
    static Optional<ByteRange> of(Optional<String> header, long length) {
        Matcher m = RANGE.matcher(header.orElse(""));
        if (!m.matches() || m.group(1).isEmpty() && m.group(2).isEmpty()) {
            return Optional.empty();
        }
        if (m.group(1).isEmpty()) {
            long last = Long.parseLong(m.group(2));
            return Optional.of(
                    last == 0 || length == 0
                            ? outside(length)
                            : new ByteRange(Math.max(0, length - last), length, length));
        }
        long from = Long.parseLong(m.group(1));
        long to = m.group(2).isEmpty() ? length : Math.min(length, Long.parseLong(m.group(2)) + 1);
        if (!m.group(2).isEmpty() && Long.parseLong(m.group(2)) < from) {
            return Optional.empty();
        }
        return Optional.of(from >= length ? outside(length) : new ByteRange(from, to, length));
    }

    private static ByteRange outside(long length) {
        return new ByteRange(-1, -1, length);
    }

    boolean outside() {
        return from < 0;
    }

    /** What {@code Content-Range} says. */
    String text() {
        return outside() ? "bytes */" + length : "bytes " + from + "-" + (to - 1) + "/" + length;
    }
}
