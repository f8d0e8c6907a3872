package io.dkron.cli.client;

import io.dkron.core.json.Json;
import io.dkron.core.json.JsonNumber;
import io.dkron.core.time.Rfc3339;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads fields of the API's objects; what is absent or of another kind counts as empty. Stateless. */
public final class Fields {
    private Fields() {}

    public static String text(Map<String, Object> object, String name) {
        return object.get(name) instanceof String text ? text : "";
    }

    /** The number as it was sent, or an empty text. */
    public static String number(Map<String, Object> object, String name) {
        return object.get(name) instanceof JsonNumber number ? number.text() : "";
    }

    public static boolean flag(Map<String, Object> object, String name) {
        return Boolean.TRUE.equals(object.get(name));
    }

    /** The instant; empty for {@code null} and for the zero time. */
    public static Optional<Instant> time(Map<String, Object> object, String name) {
        return Rfc3339.parse(text(object, name)).filter(time -> !time.equals(Rfc3339.ZERO));
    }

    public static Map<String, Object> object(Map<String, Object> object, String name) {
        return object.get(name) instanceof Map ? Json.object(object.get(name)) : Map.of();
    }

    /** The texts of an object of texts, in its order. */
    public static Map<String, String> texts(Map<String, Object> object, String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(object, name).forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    public static List<Object> list(Map<String, Object> object, String name) {
        return object.get(name) instanceof List<?> list ? List.copyOf(list) : List.of();
    }

    /** The texts of an array. */
    public static List<String> strings(Map<String, Object> object, String name) {
        return list(object, name).stream().map(String::valueOf).toList();
    }

    /** The objects of an array. */
    public static List<Map<String, Object>> objects(List<?> list) {
        return list.stream().filter(Map.class::isInstance).map(Json::object).toList();
    }
}
