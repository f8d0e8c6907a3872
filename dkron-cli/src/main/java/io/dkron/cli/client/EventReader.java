package io.dkron.cli.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads server-sent events. For one stream. */
public final class EventReader {
    /**
     * One event.
     *
     * @param id empty if it has none of its own
     * @param type {@code message} unless it says another
     */
    public record Event(String id, String type, String data) {}

    private final BufferedReader in;
    private String id = "";
    private String type = "";
    private StringBuilder data = new StringBuilder();
    private boolean any;

    EventReader(InputStream in) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** Hands out every whole event until the stream ends. */
    void forEach(Consumer<Event> each) throws IOException {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isEmpty()) {
                field(line);
            } else if (any) {
                each.accept(new Event(id, type.isEmpty() ? "message" : type, data.toString()));
                id = "";
                type = "";
                data = new StringBuilder();
                any = false;
            }
        }
    }

    private void field(String line) {
        int colon = line.indexOf(':');
        String name = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
        switch (name) {
            case "id" -> id = value;
            case "event" -> type = value;
            case "data" -> {
                data.append(any ? "\n" : "").append(value);
                any = true;
            }
            default -> {} // a comment, or a field of no interest
        }
    }
}
