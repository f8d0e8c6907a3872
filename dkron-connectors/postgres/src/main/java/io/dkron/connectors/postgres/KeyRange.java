package io.dkron.connectors.postgres;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Keys, their order, which is that of their UTF-8 bytes, and which of them start alike. */
final class KeyRange {
    /** Bytes of a key that surely fit a page of the index, however badly they compress. */
    private static final int LONGEST_KEY = 2_000;

    private KeyRange() {}

    /** The least text above all that starts with the prefix; empty where there is none. */
    static Optional<String> end(String prefix) {
        int[] points = prefix.codePoints().toArray();
        for (int i = points.length - 1; i >= 0; i--) {
            if (points[i] < Character.MAX_CODE_POINT) {
                int next = points[i] + 1;
                boolean surrogate = next == Character.MIN_SURROGATE; // no character, and not in UTF-8
                points[i] = surrogate ? Character.MAX_SURROGATE + 1 : next;
                return Optional.of(new String(points, 0, i + 1));
            }
        }
        return Optional.empty();
    }

    /** @throws IllegalArgumentException when it is no key */
    static String checked(String key) {
        boolean text = !key.isEmpty()
                && key.indexOf('\0') < 0
                && StandardCharsets.UTF_8.newEncoder().canEncode(key);
        if (!text) {
            throw new IllegalArgumentException("a key is non-empty text without NUL, not \"" + key + "\"");
        }
        if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new IllegalArgumentException("a key has at most " + LONGEST_KEY + " bytes in PostgreSQL, not "
                    + key.getBytes(StandardCharsets.UTF_8).length + ": " + key.substring(0, 100) + "...");
        }
        return key;
    }
}
