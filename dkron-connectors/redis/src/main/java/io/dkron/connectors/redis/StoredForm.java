package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.Entry;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How Dkron 1.x writes a value: <code>{"Key":"dkron/jobs/a","Value":"(base64)","LastIndex":1700000000000000}</code>. What
 * has another form is the value itself.
 *
 * <p>{@code LastIndex} is the version where we wrote it: microseconds since 1970, always rising. 1.x has the nanoseconds
 * of the second there, which may come again; so what others wrote has a hash of the whole as its version, below zero and
 * never one of ours.
 */
final class StoredForm {
    private static final byte[] START = "{\"Key\":\"".getBytes(UTF_8);
    private static final String VALUE = "\",\"Value\":\"";
    private static final String VERSION = "\",\"LastIndex\":";
    private static final Pattern END = Pattern.compile(Pattern.quote(VERSION) + "(\\d+)}$");
    private static final int LONGEST_END = 48;
    private static final int SHORTEST_OWN = 13; // digits, as in commit.lua
    private static final int LONGEST_OWN = 18;

    private StoredForm() {}

    /** Everything before the version and the closing brace, which the script adds. */
    static byte[] head(String key, byte[] value) {
        byte[] base64 = Base64.getEncoder().encode(value);
        byte[] before = (new String(START, UTF_8) + escaped(key) + VALUE).getBytes(UTF_8);
        return ByteBuffer.allocate(before.length + base64.length + VERSION.length())
                .put(before)
                .put(base64)
                .put(VERSION.getBytes(UTF_8))
                .array();
    }

    static Entry read(String key, byte[] stored) {
        String text = new String(stored, ISO_8859_1);
        if (!text.startsWith(new String(START, ISO_8859_1))) {
            return new Entry(key, stored, hash(stored));
        }
        Matcher end = END.matcher(text).region(Math.max(0, text.length() - LONGEST_END), text.length());
        int value = text.indexOf(VALUE);
        if (!end.find()) {
            return new Entry(key, stored, hash(stored));
        }
        String digits = end.group(1);
        boolean own = digits.length() >= SHORTEST_OWN && digits.length() <= LONGEST_OWN;
        long version = own ? Long.parseLong(digits) : hash(stored);
        if (value < 0 || value + VALUE.length() > end.start()) {
            return new Entry(key, stored, version);
        }
        try {
            byte[] base64 = text.substring(value + VALUE.length(), end.start()).getBytes(ISO_8859_1);
            return new Entry(key, Base64.getDecoder().decode(base64), version);
        } catch (IllegalArgumentException e) { // no wrapper, but a value that looks like one
            return new Entry(key, stored, version);
        }
    }

    private static long hash(byte[] stored) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-1").digest(stored);
            return -(ByteBuffer.wrap(sha).getLong() >>> Short.SIZE) - 1;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    private static String escaped(String key) {
        StringBuilder json = new StringBuilder(key.length());
        for (char c : key.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.toString();
    }
}
