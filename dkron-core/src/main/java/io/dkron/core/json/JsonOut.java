package io.dkron.core.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.dkron.core.time.Rfc3339;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Writes one JSON text, compact, UTF-8. Failures of the stream beneath come out as {@link UncheckedIOException}. Not
 * thread-safe. The caller keeps to JSON's grammar: a name before each value inside objects.
 */
public final class JsonOut implements AutoCloseable {
    private static final String ZERO_TIME = Rfc3339.format(Rfc3339.ZERO);

    private final JsonGenerator json;
    private final StringBuilder time = new StringBuilder(32);

    JsonOut(JsonGenerator json) {
        this.json = json;
    }

    /** One call of the generator. */
    private interface Step {
        void run() throws IOException;
    }

    private JsonOut step(Step step) {
        try {
            step.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public JsonOut startObject() {
        return step(json::writeStartObject);
    }

    public JsonOut endObject() {
        return step(json::writeEndObject);
    }

    public JsonOut startArray() {
        return step(json::writeStartArray);
    }

    public JsonOut endArray() {
        return step(json::writeEndArray);
    }

    public JsonOut name(String name) {
        return step(() -> json.writeFieldName(name));
    }

    public JsonOut text(String value) {
        return step(() -> json.writeString(value));
    }

    public JsonOut number(long value) {
        return step(() -> json.writeNumber(value));
    }

    /** Bytes as a base64 string. */
    public JsonOut base64(byte[] value) {
        return step(() -> json.writeBinary(value));
    }

    /** A value that is compact JSON already; must be valid. */
    public JsonOut raw(String compact) {
        return step(() -> json.writeRawValue(compact));
    }

    public JsonOut text(String name, String value) {
        return step(() -> {
            json.writeFieldName(name);
            json.writeString(value);
        });
    }

    public JsonOut number(String name, long value) {
        return step(() -> {
            json.writeFieldName(name);
            json.writeNumber(value);
        });
    }

    /** A number without a needless fraction: {@code 2}, {@code 0.2}. */
    public JsonOut number(String name, double value) {
        return step(() -> {
            json.writeFieldName(name);
            if (value == Math.rint(value) && Math.abs(value) < 1e15) {
                json.writeNumber((long) value);
            } else {
                json.writeNumber(BigDecimal.valueOf(value).toPlainString());
            }
        });
    }

    public JsonOut bool(String name, boolean value) {
        return step(() -> {
            json.writeFieldName(name);
            json.writeBoolean(value);
        });
    }

    public JsonOut nothing(String name) {
        return step(() -> {
            json.writeFieldName(name);
            json.writeNull();
        });
    }

    public JsonOut time(String name, Instant value) {
        time.setLength(0);
        Rfc3339.append(time, value);
        return text(name, time.toString());
    }

    /** The instant, or {@code null}. */
    public JsonOut timeOrNull(String name, Optional<Instant> value) {
        return value.isPresent() ? time(name, value.get()) : nothing(name);
    }

    /** The instant, or Go's zero time. */
    public JsonOut timeOrZero(String name, Optional<Instant> value) {
        return value.isPresent() ? time(name, value.get()) : text(name, ZERO_TIME);
    }

    /** The map in its order; {@code null} when it is empty. */
    public JsonOut mapOrNull(String name, SortedMap<String, String> value) {
        return value.isEmpty() ? nothing(name) : name(name).map(value);
    }

    /** The map in its order. */
    public JsonOut map(Map<String, String> value) {
        startObject();
        value.forEach(this::text);
        return endObject();
    }

    /** The texts; {@code null} when there are none. */
    public JsonOut textsOrNull(String name, List<?> value) {
        if (value.isEmpty()) {
            return nothing(name);
        }
        name(name).startArray();
        value.forEach(v -> text(v.toString()));
        return endArray();
    }

    /** Any value that {@link Json#read} makes, or a {@code Number}. */
    public JsonOut value(Object value) {
        if (value instanceof Map<?, ?> map) {
            startObject();
            map.forEach((k, v) -> name(k.toString()).value(v));
            return endObject();
        }
        if (value instanceof Iterable<?> list) {
            startArray();
            list.forEach(this::value);
            return endArray();
        }
        if (value instanceof String text) {
            return text(text);
        }
        if (value instanceof JsonNumber || value instanceof Number || value instanceof Boolean || value == Json.NULL) {
            return raw(value.toString());
        }
        throw new IllegalArgumentException("no JSON value: " + value.getClass());
    }

    /** Ends the text: what is buffered goes to the stream, which stays open. */
    @Override
    public void close() {
        step(json::close);
    }
}
