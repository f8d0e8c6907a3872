package io.dkron.core.json;

import io.dkron.core.problem.Problem;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * The body of an error answer (RFC 9457).
 *
 * @param type short name of the kind, such as {@code validation}
 * @param title the kind in words
 * @param detail what went wrong here
 * @param instance the path that was asked
 * @param kind whether {@code errors} name fields of a body or query parameters
 * @param errors every fault of the input; empty for other errors
 */
public record ProblemJson(
        String type, String title, int status, String detail, String instance, Kind kind, List<Problem> errors) {
    /** The media type of the body. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** What the names in {@code errors} are. */
    public enum Kind {
        FIELD("field"),
        PARAMETER("parameter");

        private final String key;

        Kind(String key) {
            this.key = key;
        }
    }

    public ProblemJson {
        errors = List.copyOf(errors);
    }

    public byte[] write() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonOut json = Json.writer(out)) {
            json.startObject()
                    .text("type", "urn:dkron:problem:" + type)
                    .text("title", title)
                    .number("status", status)
                    .text("detail", detail)
                    .text("instance", instance);
            if (!errors.isEmpty()) {
                json.name("errors").startArray();
                for (Problem error : errors) {
                    json.startObject();
                    if (!error.field().isEmpty()) {
                        json.text(kind.key, error.field());
                    }
                    json.text("message", error.message()).endObject();
                }
                json.endArray();
            }
            json.endObject();
        }
        return out.toByteArray();
    }
}
