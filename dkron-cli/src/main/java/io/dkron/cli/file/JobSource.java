package io.dkron.cli.file;

import io.dkron.core.json.Json;
import io.dkron.core.problem.Problem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One job as a file has it. Immutable.
 *
 * @param place where it begins
 * @param fields the job as JSON; known fields under their own names, unknown ones as written
 * @param lines lines of the fields by dotted path, where they are known
 */
public record JobSource(Place place, Map<String, Object> fields, Map<String, Integer> lines) {
    public JobSource {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        lines = Map.copyOf(lines);
    }

    /** Its name; empty if it has none that is a text. */
    public String name() {
        return fields.get("name") instanceof String name ? name : "";
    }

    /** The name of the job that it follows. */
    public Optional<String> parent() {
        return fields.get("parent_job") instanceof String parent && !parent.isEmpty()
                ? Optional.of(parent)
                : Optional.empty();
    }

    /** What a request sends. */
    public byte[] json() {
        return Json.write(fields);
    }

    /** That fault, at the line of its field or of what holds the field. */
    public Fault fault(Problem problem) {
        String field = problem.field();
        Integer line = lines.get(field);
        for (int dot = field.lastIndexOf('.'); line == null && dot > 0; dot = field.lastIndexOf('.', dot - 1)) {
            line = lines.get(field.substring(0, dot));
        }
        return new Fault(line == null ? place : place.line(line), name(), field, problem.message());
    }
}
