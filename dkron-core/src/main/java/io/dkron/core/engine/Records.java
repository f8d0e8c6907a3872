package io.dkron.core.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.job.JobName;
import io.dkron.core.store.Codec;
import io.dkron.core.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** JSON of the records that are ours alone. Reading ignores fields it does not know, so that later versions can add. */
final class Records {
    private static final JsonFactory JSON = new JsonFactory();

    private Records() {}

    /** The fence's codec. */
    static final Codec<LeaderRecord> LEADER = new Codec<>() {
        @Override
        public byte[] write(LeaderRecord r) {
            return written(json -> {
                json.writeStartObject();
                json.writeStringField("cluster", r.clusterId());
                json.writeNumberField("term", r.term());
                json.writeStringField("node", r.node());
                json.writeStringField("nonce", r.nonce());
                json.writeNumberField("seq", r.sequence());
                json.writeStringField("beat", r.beat().toString());
                json.writeEndObject();
            });
        }

        @Override
        public LeaderRecord read(byte[] bytes) {
            return Records.read(bytes, "leader record", json -> {
                json.nextToken();
                Map<String, String> f = fields(json);
                return new LeaderRecord(
                        text(f, "cluster"),
                        number(f, "term"),
                        text(f, "node"),
                        text(f, "nonce"),
                        number(f, "seq"),
                        Instant.parse(text(f, "beat")));
            });
        }
    };

    /** Codec of a batch of request records. */
    static final Codec<List<RequestRecord>> REQUESTS = new Codec<>() {
        @Override
        public byte[] write(List<RequestRecord> records) {
            return written(json -> {
                json.writeStartArray();
                for (RequestRecord r : records) {
                    writeRequest(json, r);
                }
                json.writeEndArray();
            });
        }

        @Override
        public List<RequestRecord> read(byte[] bytes) {
            return Records.read(bytes, "request records", json -> {
                List<RequestRecord> all = new ArrayList<>();
                if (json.nextToken() == JsonToken.START_ARRAY) {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        all.add(request(fields(json)));
                    }
                }
                return List.copyOf(all);
            });
        }
    };

    private static void writeRequest(JsonGenerator json, RequestRecord r) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", r.id());
        json.writeStringField("kind", r.kind().name());
        if (r.job().isPresent()) {
            json.writeStringField("job", r.job().get().value());
        }
        json.writeNumberField("revision", r.revision());
        if (r.group().isPresent()) {
            json.writeNumberField("group", r.group().getAsLong());
        }
        json.writeBooleanField("client", r.clientKey());
        json.writeStringField("expires", r.expires().toString());
        json.writeEndObject();
    }

    private static RequestRecord request(Map<String, String> f) {
        return new RequestRecord(
                text(f, "id"),
                RequestRecord.Kind.valueOf(text(f, "kind")),
                Optional.ofNullable(f.get("job")).map(JobName::new),
                number(f, "revision"),
                f.containsKey("group") ? OptionalLong.of(number(f, "group")) : OptionalLong.empty(),
                Boolean.parseBoolean(f.get("client")),
                Instant.parse(text(f, "expires")));
    }

    private static Map<String, String> fields(JsonParser json) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (json.nextToken().isScalarValue()) {
                fields.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        }
        return fields;
    }

    private static String text(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("field " + name + " is missing");
        }
        return value;
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(text(fields, name));
    }

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private interface Reading<T> {
        T from(JsonParser json) throws IOException;
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            writing.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes, String what, Reading<T> reading) {
        try (JsonParser json = JSON.createParser(bytes)) {
            return reading.from(json);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            throw new StoreException("not a " + what + ": " + e.getMessage(), e);
        }
    }
}
