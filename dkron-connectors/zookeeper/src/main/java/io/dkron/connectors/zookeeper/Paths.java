package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys as paths: a slash before the key, as Dkron 1.x has it. What no path may hold is written as {@code %} and two digits
 * for each byte of UTF-8; names of 1.x hold none of that and stay as they are.
 *
 * <p>An empty segment is {@code %00}, which no key can hold; a percent sign stays unless two digits that would be taken for
 * an escape follow it. Nodes whose name no key has are none of ours.
 */
final class Paths {
    private static final String DIGITS = "0123456789ABCDEF";
    private static final String EMPTY = "%00";
    private static final String RESERVED = "zookeeper"; // the server's own, below the root
    private static final String RESERVED_ESCAPED = "%7Aookeeper";

    private Paths() {}

    static String of(String key) {
        StringBuilder path = new StringBuilder(key.length() + 1);
        int start = 0;
        boolean first = true;
        while (start <= key.length()) {
            int slash = key.indexOf('/', start);
            int end = slash < 0 ? key.length() : slash;
            path.append('/').append(segment(key.substring(start, end), first));
            first = false;
            start = end + 1;
        }
        return path.toString();
    }

    /** The path below which the keys lie that begin with this; empty, or ending with a slash. */
    static String ofTree(String start) {
        return start.isEmpty() ? "/" : of(start.substring(0, start.length() - 1));
    }

    /** The nodes above one, from the top. */
    static List<String> above(String path) {
        List<String> above = new ArrayList<>();
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            above.add(path.substring(0, slash));
        }
        return above;
    }

    /**
     * The part of a key that the name of a node stands for; empty where no key of ours has that name.
     *
     * @param first whether the node lies below the root
     */
    static Optional<String> decoded(String name, boolean first) {
        if (name.equals(EMPTY)) {
            return Optional.of("");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < name.length(); ) {
            if (isEscape(name, i)) {
                bytes.write(Integer.parseInt(name.substring(i + 1, i + 3), 16));
                i += 3;
            } else {
                int end = name.offsetByCodePoints(i, 1);
                bytes.writeBytes(name.substring(i, end).getBytes(UTF_8));
                i = end;
            }
        }
        try {
            String segment = UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            return Optional.of(segment).filter(s -> segment(s, first).equals(name));
        } catch (CharacterCodingException e) { // not one of ours
            return Optional.empty();
        }
    }

    private static String segment(String text, boolean first) {
        if (text.isEmpty()) {
            return EMPTY;
        }
        if (text.equals(".") || text.equals("..")) {
            return text.replace(".", "%2E");
        }
        if (first && text.equals(RESERVED)) {
            return RESERVED_ESCAPED;
        }
        StringBuilder segment = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (isForbidden(c) || isEscape(text, i)) {
                for (byte b : Character.toString(c).getBytes(UTF_8)) {
                    segment.append('%').append(DIGITS.charAt(b >> 4 & 15)).append(DIGITS.charAt(b & 15));
                }
            } else {
                segment.appendCodePoint(c);
            }
            i += Character.charCount(c);
        }
        return segment.toString();
    }

    /** As the client checks paths; where client and server are not of one mind, more rather than less. */
    private static boolean isForbidden(int c) {
        return c < ' ' || c >= 0x7f && c <= 0x9f || c >= 0xd800 && c <= 0xf8ff || c >= 0xfff0;
    }

    private static boolean isEscape(String text, int i) {
        return text.charAt(i) == '%'
                && i + 2 < text.length()
                && DIGITS.indexOf(text.charAt(i + 1)) >= 0
                && DIGITS.indexOf(text.charAt(i + 2)) >= 0;
    }
}
