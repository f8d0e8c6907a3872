package io.dkron.core.json;

import io.dkron.core.problem.Problems;
import io.dkron.core.time.Rfc3339;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fields of one JSON object, taken by name and type. A name as listed wins over one that differs in case, of
 * several such the last wins; {@code null} counts as not sent. A value of a wrong type is noted as a problem and reads
 * as not sent, so that one pass finds all. Not thread-safe.
 */
public final class JsonFields {
    private final Map<String, Object> values = new HashMap<>();
    private final List<String> unknown = new ArrayList<>();
    private final String prefix;
    private final Problems wrongTypes;

    /**
     * @param known every name that may be asked for, in lower case; others are listed by {@link #unknown}
     * @param prefix put before names in problems, such as {@code jobs[3].}
     * @param wrongTypes where problems go
     */
    public JsonFields(Map<String, Object> object, Collection<String> known, String prefix, Problems wrongTypes) {
        this.prefix = prefix;
        this.wrongTypes = wrongTypes;
        object.forEach((name, value) -> {
            String folded = known.contains(name) ? name : name.toLowerCase(Locale.ROOT);
            if (!known.contains(folded)) {
                unknown.add(prefix + name);
            } else if (value != Json.NULL && (name.equals(folded) || !object.containsKey(folded))) {
                values.put(folded, value);
            }
        });
    }

    /** Names that are not known, in the order sent. */
    public List<String> unknown() {
        return List.copyOf(unknown);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value as it was sent. */
    public Optional<Object> raw(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public String text(String name, String otherwise) {
        return take(name, String.class, "a string").orElse(otherwise);
    }

    public boolean bool(String name, boolean otherwise) {
        return take(name, Boolean.class, "a boolean").orElse(otherwise);
    }

    /** An integer between the bounds. */
    public long integer(String name, long least, long most, long otherwise) {
        Optional<JsonNumber> number = take(name, JsonNumber.class, "a number");
        if (number.isEmpty()) {
            return otherwise;
        }
        try {
            if (number.get().integral()) {
                long value = Long.parseLong(number.get().text());
                if (value >= least && value <= most) {
                    return value;
                }
            }
        } catch (NumberFormatException beyondLong) {
            // told below, with the bounds
        }
        wrong(name, "must be an integer from " + least + " to " + most + ", not " + number.get());
        return otherwise;
    }

    public double number(String name, double otherwise) {
        return take(name, JsonNumber.class, "a number")
                .map(n -> n.value().doubleValue())
                .orElse(otherwise);
    }

    /** A time as RFC 3339, or without seconds and offset as UTC; Go's zero time is none. */
    public Optional<Instant> time(String name) {
        Optional<String> text = take(name, String.class, "a string");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> time = Rfc3339.parseLenient(text.get());
        if (time.isEmpty()) {
            wrong(name, "must be a time such as 2006-01-02T15:04:05Z, not \"" + shortened(text.get()) + "\"");
        }
        return time.filter(t -> !t.equals(Rfc3339.ZERO));
    }

    public SortedMap<String, String> texts(String name) {
        SortedMap<String, String> found = new TreeMap<>();
        object(name)
                .ifPresent(map -> map.forEach((key, value) -> {
                    if (value instanceof String text) {
                        found.put(key, text);
                    } else if (value != Json.NULL) {
                        wrong(name + "." + key, "must be a string, not " + Json.kind(value));
                    }
                }));
        return found;
    }

    /** An object of objects, whose values of any type are taken as text, in the order sent. */
    public Map<String, SortedMap<String, String>> textMaps(String name) {
        Map<String, SortedMap<String, String>> found = new LinkedHashMap<>();
        object(name)
                .ifPresent(map -> map.forEach((key, value) -> {
                    SortedMap<String, String> inner = new TreeMap<>();
                    if (value instanceof Map<?, ?> fields) {
                        fields.forEach((k, v) -> {
                            if (v != Json.NULL) {
                                inner.put(k.toString(), asText(v));
                            }
                        });
                    } else if (value != Json.NULL) {
                        wrong(name + "." + key, "must be an object, not " + Json.kind(value));
                    }
                    found.put(key, inner);
                }));
        return found;
    }

    public Optional<Map<String, Object>> object(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof Map) {
            return Optional.of(Json.object(value));
        }
        wrong(name, "must be an object, not " + Json.kind(value));
        return Optional.empty();
    }

    public List<Object> list(String name) {
        Object value = values.get(name);
        if (value instanceof List<?> list) {
            return List.copyOf(list);
        }
        if (value != null) {
            wrong(name, "must be an array, not " + Json.kind(value));
        }
        return List.of();
    }

    /** Notes that this field cannot be read. */
    public void wrong(String name, String message) {
        wrongTypes.add(prefix + name, message);
    }

    private <T> Optional<T> take(String name, Class<T> type, String kind) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (type.isInstance(value)) {
            return Optional.of(type.cast(value));
        }
        wrong(name, "must be " + kind + ", not " + Json.kind(value));
        return Optional.empty();
    }

    private static String asText(Object value) {
        return value instanceof String text
                ? text
                : new String(Json.write(value), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
