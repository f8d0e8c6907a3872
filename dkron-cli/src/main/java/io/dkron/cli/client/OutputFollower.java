package io.dkron.cli.client;

import io.dkron.core.json.Json;
import io.dkron.core.json.JsonNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Follows what one execution prints, to its end. A connection that breaks is made again and goes on at the byte where it
 * broke. For one thread, once.
 */
public final class OutputFollower {
    private static final Duration SILENCE = Duration.ofSeconds(45); // three comments of the server
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int TRIES = 15; // about a minute without a word

    private final ApiClient api;
    private final Call call;
    private final Sink sink;
    private long at;
    private Optional<Map<String, Object>> end = Optional.empty();

    /** Where the output goes. */
    public interface Sink {
        void bytes(byte[] bytes);

        /** So many bytes are no longer kept, here. */
        void lost(long bytes);
    }

    public OutputFollower(ApiClient api, String job, String execution, Sink sink) {
        this.api = api;
        this.sink = sink;
        this.call = Call.get(Call.job(job, "/executions/" + Call.encoded(execution) + "/output"));
    }

    /**
     * Follows; answers the execution as it ended.
     *
     * @throws ApiException if the API refuses, or does not come back
     */
    public Map<String, Object> follow() {
        int failures = 0;
        Duration wait = FIRST_PAUSE;
        while (true) {
            long before = at;
            IOException broken = new IOException("the stream ended early");
            try {
                Call from = at == 0 ? call : call.with("Last-Event-ID", Long.toString(at));
                api.stream(from, SILENCE, this::event);
                if (end.isPresent()) {
                    return end.get();
                }
            } catch (IOException e) {
                broken = e; // tried again below, from where it broke
            } catch (ApiException e) {
                if (e.status() != 503) {
                    throw e;
                }
                broken = new IOException(e.getMessage(), e);
            }
            failures = at > before ? 1 : failures + 1;
            wait = at > before ? FIRST_PAUSE : wait;
            if (failures == TRIES) {
                throw api.unreachable(broken);
            }
            api.pause().sleep(wait);
            wait = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait.multipliedBy(2);
        }
    }

    private void event(EventReader.Event event) {
        Map<String, Object> data = Json.readObject(event.data().getBytes(StandardCharsets.UTF_8));
        if (event.type().equals("end")) {
            end = Optional.of(data);
            return;
        }
        if (!event.type().equals("output")) {
            return;
        }
        byte[] bytes = data.get("base64") instanceof String coded
                ? Base64.getDecoder().decode(coded)
                : Fields.text(data, "text").getBytes(StandardCharsets.UTF_8);
        long offset =
                data.get("offset") instanceof JsonNumber number ? number.value().longValue() : at;
        if (offset > at) {
            sink.lost(offset - at);
        }
        int known = (int) Math.min(bytes.length, Math.max(0, at - offset));
        if (known < bytes.length) {
            sink.bytes(known == 0 ? bytes : Arrays.copyOfRange(bytes, known, bytes.length));
            at = offset + bytes.length;
        }
    }
}
