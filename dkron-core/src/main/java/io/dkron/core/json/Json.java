package io.dkron.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.dkron.core.problem.MalformedInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Reads JSON texts into plain values and indents them. Stateless, safe from any thread.
 *
 * <p>Values are {@code Map<String, Object>} in the order of the text, {@code List<Object>}, {@code String},
 * {@link JsonNumber}, {@code Boolean} and {@link #NULL}. Half a surrogate pair becomes U+FFFD, as it has no UTF-8 form.
 */
public final class Json {
    /** JSON's {@code null}. */
    public static final Object NULL = new Object() {
        @Override
        public String toString() {
            return "null";
        }
    };

    /** How deep objects and arrays may nest. */
    public static final int MAX_DEPTH = 64;

    private static final int LONGEST_TEXT = 64 << 20; // what a restore may send in all

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNameLength(1 << 20)
                    .maxNumberLength(400)
                    .build())
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // names come from users: no table to fill
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private Json() {}

    /**
     * The one value that the text holds.
     *
     * @throws MalformedInputException if it is empty, no JSON, deeper than {@link #MAX_DEPTH}, or followed by anything
     *     but blanks; the message tells line and column, never the text
     */
    public static Object read(byte[] text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw MalformedInputException.whole("EOF: the body is empty");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw MalformedInputException.whole(
                        "unexpected data after the JSON value at " + place(parser.currentTokenLocation()));
            }
            return value;
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from memory: cannot happen
        }
    }

    /** As {@link #read}, and it must be an object. */
    public static Map<String, Object> readObject(byte[] text) {
        return object(read(text));
    }

    /**
     * Reads an array element by element, so that only one is held at a time.
     *
     * @param each gets the index from 0 and the element
     * @throws MalformedInputException as {@link #read}, or if it is no array; some elements were handed out before
     */
    public static void readArray(InputStream text, BiConsumer<Integer, Object> each) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw MalformedInputException.whole("EOF: the body is empty");
            }
            if (first != JsonToken.START_ARRAY) {
                throw MalformedInputException.whole("must be an array, not " + kind(value(parser)));
            }
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                each.accept(i, value(parser));
            }
            if (parser.nextToken() != null) {
                throw MalformedInputException.whole(
                        "unexpected data after the JSON value at " + place(parser.currentTokenLocation()));
            }
        } catch (JsonProcessingException e) {
            throw malformed(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value as an object. */
    @SuppressWarnings("unchecked") // read() makes no other maps
    public static Map<String, Object> object(Object value) {
        if (value instanceof Map) {
            return (Map<String, Object>) value;
        }
        throw MalformedInputException.whole("must be an object, not " + kind(value));
    }

    /** What kind of value it is, with its article: {@code a string}, {@code an array}. */
    public static String kind(Object value) {
        if (value instanceof String) {
            return "a string";
        }
        if (value instanceof JsonNumber) {
            return "a number";
        }
        if (value instanceof Boolean) {
            return "a boolean";
        }
        if (value instanceof List) {
            return "an array";
        }
        return value instanceof Map ? "an object" : "null";
    }

    /** A writer of compact JSON; it does not close or flush {@code out}, and must be closed itself. */
    public static JsonOut writer(OutputStream out) {
        try {
            return new JsonOut(FACTORY.createGenerator(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value as compact JSON. */
    public static byte[] write(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonOut json = writer(out)) {
            json.value(value);
        }
        return out.toByteArray();
    }

    /**
     * The same JSON, one value a line, indented by four blanks as Go indents it. The text must be compact and valid.
     */
    public static byte[] pretty(byte[] compact) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(compact.length * 2);
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < compact.length; i++) {
            byte c = compact[i];
            if (quoted) {
                out.write(c);
                if (c == '\\') {
                    out.write(compact[++i]);
                } else if (c == '"') {
                    quoted = false;
                }
                continue;
            }
            switch (c) {
                case '{', '[':
                    out.write(c);
                    if (compact[i + 1] == c + 2) { // the closing bracket
                        out.write(compact[++i]);
                    } else {
                        line(out, ++depth);
                    }
                    break;
                case '}', ']':
                    line(out, --depth);
                    out.write(c);
                    break;
                case ',':
                    out.write(c);
                    line(out, depth);
                    break;
                case ':':
                    out.write(c);
                    out.write(' ');
                    break;
                case '"':
                    quoted = true;
                    out.write(c);
                    break;
                default:
                    out.write(c);
            }
        }
        return out.toByteArray();
    }

    private static void line(ByteArrayOutputStream out, int depth) {
        out.write('\n');
        for (int i = 0; i < depth; i++) {
            out.writeBytes(INDENT);
        }
    }

    private static final byte[] INDENT = "    ".getBytes(StandardCharsets.US_ASCII);

    private static Object value(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT:
                return objectOf(parser);
            case START_ARRAY:
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                return list;
            case VALUE_STRING:
                return wellFormed(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT:
                return new JsonNumber(parser.getText());
            case VALUE_TRUE:
                return Boolean.TRUE;
            case VALUE_FALSE:
                return Boolean.FALSE;
            default:
                return NULL;
        }
    }

    private static Map<String, Object> objectOf(JsonParser parser) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = wellFormed(parser.currentName());
            parser.nextToken();
            Object value = value(parser);
            if (value != NULL || !fields.containsKey(name)) {
                fields.remove(name); // the last of duplicates wins and stands where it was sent
                fields.put(name, value);
            }
        }
        return fields;
    }

    /** The text with each half of a surrogate pair that stands alone replaced by U+FFFD. */
    private static String wellFormed(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(
                        text.codePoints()
                                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                                .toArray(),
                        0,
                        (int) text.codePoints().count());
            }
        }
        return text;
    }

    private static MalformedInputException malformed(JsonProcessingException e) {
        String where = e.getLocation() == null ? "" : " at " + place(e.getLocation());
        if (e instanceof StreamConstraintsException) {
            boolean deep = e.getOriginalMessage().contains("depth");
            return MalformedInputException.whole(
                    (deep ? "JSON nested deeper than " + MAX_DEPTH : "a name or value is too long") + where);
        }
        if (e instanceof JsonEOFException) {
            return MalformedInputException.whole("unexpected EOF" + where);
        }
        String cause = e.getOriginalMessage();
        return MalformedInputException.whole((cause.startsWith("Unexpected character") && !cause.contains("\n")
                        ? "unexpected character " + character(cause)
                        : "invalid JSON")
                + where);
    }

    /** Only the character of Jackson's sentence: what follows may quote the text. */
    private static String character(String cause) {
        int from = cause.indexOf('(');
        int to = cause.indexOf(" (code", from);
        return from < 0 || to < 0 ? "" : cause.substring(from + 1, to);
    }

    private static String place(JsonLocation at) {
        return "line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
