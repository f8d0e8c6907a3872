package io.dkron.jaxrs.api;

import io.dkron.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Writes values of JSON as YAML in blocks; every text is quoted as in JSON, which YAML takes. Stateless. */
final class Yaml {
    private Yaml() {}

    static String write(Object value) {
        StringBuilder out = new StringBuilder();
        block(out, value, 0);
        return out.toString();
    }

    private static void block(StringBuilder out, Object value, int depth) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> {
                indent(out, depth).append(scalar(name.toString())).append(':');
                nested(out, inner, depth + 1);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> {
                indent(out, depth).append('-');
                nested(out, inner, depth + 1);
            });
        }
    }

    private static void nested(StringBuilder out, Object value, int depth) {
        boolean block =
                value instanceof Map<?, ?> map && !map.isEmpty() || value instanceof List<?> list && !list.isEmpty();
        if (block) {
            out.append('\n');
            block(out, value, depth);
        } else {
            out.append(' ').append(scalar(value)).append('\n');
        }
    }

    private static String scalar(Object value) {
        return new String(Json.write(value), StandardCharsets.UTF_8);
    }

    private static StringBuilder indent(StringBuilder out, int depth) {
        return out.append("  ".repeat(depth));
    }
}
