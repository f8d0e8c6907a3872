package io.dkron.cli.client;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request.
 *
 * @param path from {@code /v1} on, percent-encoded, with its query
 * @param body empty for none
 */
public record Call(String method, String path, Map<String, String> headers, byte[] body) {
    private static final byte[] NOTHING = {};

    public static Call get(String path) {
        return new Call("GET", path, Map.of(), NOTHING);
    }

    public static Call post(String path, byte[] body) {
        return new Call("POST", path, Map.of(), body);
    }

    public static Call post(String path) {
        return post(path, NOTHING);
    }

    public static Call put(String path, byte[] body) {
        return new Call("PUT", path, Map.of(), body);
    }

    public static Call delete(String path) {
        return new Call("DELETE", path, Map.of(), NOTHING);
    }

    /** The same with one header more. */
    public Call with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Call(method, path, Map.copyOf(more), body);
    }

    /** {@code /v1/jobs/NAME}, percent-encoded, and what follows it. */
    public static String job(String name, String rest) {
        return "/v1/jobs/" + encoded(name) + rest;
    }

    /** The text in UTF-8, as a part of a path or of a query. */
    public static String encoded(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%').append(String.format("%02X", (int) c));
            }
        }
        return out.toString();
    }

    boolean writes() {
        return !method.equals("GET");
    }
}
