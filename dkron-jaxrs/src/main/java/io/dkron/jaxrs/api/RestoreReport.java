package io.dkron.jaxrs.api;

import io.dkron.core.engine.Outcome.Restored.Item;
import io.dkron.core.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** What became of the jobs of a backup: as in Dkron, a JSON string that holds a JSON array of strings. Stateless. */
final class RestoreReport {
    private RestoreReport() {}

    static byte[] of(List<Item> items) {
        List<Object> lines = items.stream().<Object>map(RestoreReport::line).toList();
        return Json.write(new String(Json.write(lines), StandardCharsets.UTF_8));
    }

    /**
     * Writes the same piece by piece, as it comes. When nobody reads it any more the rest is done all the same.
     *
     * @throws IOException at the end, when not all of it could be written
     */
    static void write(OutputStream out, Iterator<List<Item>> steps) throws IOException {
        Optional<IOException> gone = Optional.empty();
        String before = "\"[";
        while (steps.hasNext()) {
            List<Item> items = steps.next();
            if (gone.isEmpty()) {
                gone = written(out, before + part(items));
                before = ",";
            }
        }
        if (gone.isEmpty()) {
            gone = written(out, "]\"");
        }
        if (gone.isPresent()) {
            throw gone.get();
        }
    }

    private static Optional<IOException> written(OutputStream out, String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e); // the caller throws it, later
        }
    }

    /** The lines as they stand within the string, without the brackets. */
    private static String part(List<Item> items) {
        String array = new String(
                Json.write(items.stream().<Object>map(RestoreReport::line).toList()), StandardCharsets.UTF_8);
        String quoted = new String(Json.write(array.substring(1, array.length() - 1)), StandardCharsets.UTF_8);
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String line(Item item) {
        return item.reason()
                .map(reason -> "fail create " + item.job() + ": " + reason)
                .orElseGet(() -> "success create " + item.job());
    }
}
