package io.dkron.cli.file;

import io.dkron.core.job.JobJson;
import io.dkron.core.json.Json;
import io.dkron.core.json.JsonNumber;
import io.dkron.core.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Makes what a file says into what the API takes. Where only text can stand, a bare {@code 30} or {@code true} is that
 * text, as it is written; everything else is left for the server to judge. For one job.
 */
final class FieldValues {
    private static final Set<String> TEXT_MAPS = Set.of("tags", "metadata", "executor_config");
    private static final Set<String> FLAGS = Set.of("disabled", "ephemeral");
    private static final String NO_BOOLEAN = "(?i)y|n|yes|no|on|off";

    private final List<Problem> problems = new ArrayList<>();

    /** A value that has no form in JSON, or that reads as something else than it looks. */
    record Written(Object value, String text) {}

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** @param job scalars as {@link Written} */
    Map<String, Object> of(Map<String, Object> job) {
        Map<String, Object> fields = new LinkedHashMap<>();
        job.forEach((written, value) -> {
            String name = known(written, job);
            fields.put(name, field(name, value));
        });
        return fields;
    }

    /** The API takes names in any case; an exact one wins. */
    private static String known(String written, Map<String, Object> job) {
        String lower = written.toLowerCase(Locale.ROOT);
        boolean other = JobJson.definedFields().contains(lower) && !job.containsKey(lower);
        return other ? lower : written;
    }

    private Object field(String name, Object value) {
        if (TEXT_MAPS.contains(name)) {
            return texts(name, value);
        }
        if (name.equals("processors") && value instanceof Map) {
            Map<String, Object> processors = new LinkedHashMap<>();
            Json.object(value).forEach((key, config) -> processors.put(key, texts(name + "." + key, config)));
            return processors;
        }
        Object plain = plain(name, value);
        if (FLAGS.contains(name) && plain instanceof String text && text.matches(NO_BOOLEAN)) {
            problems.add(new Problem(name, "must be true or false; \"" + text + "\" is a text"));
        }
        return plain;
    }

    private Object texts(String path, Object value) {
        if (!(value instanceof Map)) {
            return plain(path, value);
        }
        Map<String, Object> texts = new LinkedHashMap<>();
        Json.object(value).forEach((key, each) -> {
            String at = path + "." + key;
            if (each instanceof Written written && written.value() == Json.NULL) {
                problems.add(new Problem(at, "has no value; write \"\" for an empty text"));
            } else {
                texts.put(key, each instanceof Written written ? written.text() : plain(at, each));
            }
        });
        return texts;
    }

    private Object plain(String path, Object value) {
        if (value instanceof Written written) {
            if (written.value() instanceof Problem problem) {
                problems.add(new Problem(path, problem.message()));
                return written.text();
            }
            return written.value();
        }
        if (value instanceof Map) {
            Map<String, Object> fields = new LinkedHashMap<>();
            Json.object(value).forEach((key, each) -> fields.put(key, plain(path + "." + key, each)));
            return fields;
        }
        if (value instanceof List<?> list) {
            List<Object> values = new ArrayList<>();
            for (Object each : list) {
                values.add(plain(path + "[" + values.size() + "]", each));
            }
            return values;
        }
        throw new IllegalStateException("neither written, nor map nor list: " + value);
    }

    /** A value of JSON, its scalars with their text. */
    static Object written(Object value) {
        if (value instanceof Map) {
            Map<String, Object> fields = new LinkedHashMap<>();
            Json.object(value).forEach((key, each) -> fields.put(key, written(each)));
            return fields;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(FieldValues::written).toList();
        }
        String text = value instanceof JsonNumber number ? number.text() : String.valueOf(value);
        return new Written(value, text);
    }
}
