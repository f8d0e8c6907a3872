package io.dkron.jaxrs.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a query string. Own code, since raw brackets ({@code metadata[team]=a}) are common among Dkron's
 * clients, and since the container's parameters would read form bodies. Of repeated ones the last counts; what is no
 * valid percent code stands for itself.
 */
public final class Query {
    private static final Query EMPTY = new Query(Map.of());

    private final Map<String, String> values;

    private Query(Map<String, String> values) {
        this.values = values;
    }

    /** Reads a raw query string, which may be absent. */
    public static Query parse(Optional<String> raw) {
        if (raw.isEmpty() || raw.get().isEmpty()) {
            return EMPTY;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : raw.get().split("&")) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!name.isEmpty()) {
                values.put(decoded(name), equals < 0 ? "" : decoded(part.substring(equals + 1)));
            }
        }
        return new Query(values);
    }

    /** Whether the parameter is there, with any value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value; empty when it is absent, or there without a value. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(v -> !v.isEmpty());
    }

    /** Whether it is there and is neither {@code false} nor {@code 0}. */
    public boolean flag(String name) {
        String value = values.get(name);
        return value != null && !value.equalsIgnoreCase("false") && !value.equals("0");
    }

    /** The parameters {@code prefix[key]=value} by key. */
    public Map<String, String> bracketed(String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix + "[") && name.endsWith("]")) {
                found.put(name.substring(prefix.length() + 1, name.length() - 1), value);
            }
        });
        return found;
    }

    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text.indexOf('+') < 0 ? text : text.replace('+', ' ');
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (bytes[i] == '%' && high >= 0 && low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(bytes[i] == '+' ? ' ' : bytes[i]);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
