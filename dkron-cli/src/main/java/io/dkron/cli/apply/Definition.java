package io.dkron.cli.apply;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobState;
import io.dkron.core.json.Json;
import io.dkron.core.json.Profile;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a job's author says of it: the API's job without what the server computes. Two are equal when they mean the same,
 * as long as both come from a server, which writes every default out. Immutable.
 *
 * @param fields in the server's order
 */
public record Definition(Map<String, Object> fields) {
    private static final Map<String, Object> DEFAULTS = defaults();

    public Definition {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Of a job as the API shows it. */
    public static Definition of(Map<String, Object> job) {
        Map<String, Object> fields = new LinkedHashMap<>(job);
        fields.keySet().removeAll(JobJson.computedFields());
        return new Definition(fields);
    }

    /** The same with another value of a field. */
    Definition with(String field, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return new Definition(changed);
    }

    /** Without the fields that are at their default; in this form it is kept in files. */
    public Map<String, Object> brief() {
        Map<String, Object> brief = new LinkedHashMap<>(fields);
        brief.entrySet().removeIf(each -> each.getValue().equals(DEFAULTS.get(each.getKey())));
        return brief;
    }

    /** Every field down to its single values, by dotted path; {@code null} and empty objects are left out. */
    Map<String, Object> leaves() {
        Map<String, Object> leaves = new LinkedHashMap<>();
        leaves("", fields, leaves);
        return leaves;
    }

    private static void leaves(String path, Map<String, Object> object, Map<String, Object> leaves) {
        object.forEach((name, value) -> {
            String at = path.isEmpty() ? name : path + "." + name;
            if (value instanceof Map) {
                leaves(at, Json.object(value), leaves);
            } else if (value != Json.NULL) {
                leaves.put(at, value);
            }
        });
    }

    /** What a server writes for a job of which only the name was said; the name itself is no default. */
    private static Map<String, Object> defaults() {
        Job job = new Job(JobDefinition.named("-").build(), JobState.created("-", Instant.EPOCH));
        Map<String, Object> fields = Json.readObject(JobJson.write(job, List.of(), Profile.V4));
        fields.remove("name");
        return fields;
    }
}
