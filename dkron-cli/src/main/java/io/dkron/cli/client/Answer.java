package io.dkron.cli.client;

import io.dkron.core.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the API answered.
 *
 * @param headers by name, in any case
 */
public record Answer(int status, Map<String, List<String>> headers, byte[] body) {
    public Answer {
        Map<String, List<String>> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }

    public boolean ok() {
        return status >= 200 && status < 300;
    }

    /** The first header of that name. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    /**
     * The body as an object.
     *
     * @throws io.dkron.core.problem.MalformedInputException if it is none
     */
    public Map<String, Object> object() {
        return Json.readObject(body);
    }

    /** The body as an array of objects; what is no object is left out. */
    public List<Map<String, Object>> objects() {
        return Json.read(body) instanceof List<?> list ? Fields.objects(list) : List.of();
    }
}
