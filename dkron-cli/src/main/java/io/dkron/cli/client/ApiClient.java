package io.dkron.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import javax.net.ssl.HttpsURLConnection;

/**
 * A client of one API. A request that meets a moment without leader or store is sent again, a write always under the same
 * idempotency key, so that it is done once. Safe for many threads.
 *
 * <p>It uses {@link HttpURLConnection}: a command is a fresh JVM that asks a few times, and the newer client of the JDK
 * takes about a quarter of a second to load.
 */
public final class ApiClient {
    private static final int CONNECT_MS = 5_000;
    private static final int READ_MS = 60_000;
    private static final int TRIES = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Endpoint endpoint;
    private final Pause pause;

    /** How to wait. */
    @FunctionalInterface
    public interface Pause {
        /** Returns after that time. */
        void sleep(Duration time);

        /** Waits for real. An interrupt ends the wait early and is kept. */
        static void really(Duration time) {
            try {
                Thread.sleep(time.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public ApiClient(Endpoint endpoint, Pause pause) {
        this.endpoint = endpoint;
        this.pause = pause;
    }

    public Pause pause() {
        return pause;
    }

    /**
     * Asks, and answers a success; for a deletion that had to be tried again, also that the job is gone.
     *
     * @throws ApiException for any other answer, and for none
     */
    public Answer ask(Call call) {
        Call keyed =
                call.writes() ? call.with("Idempotency-Key", UUID.randomUUID().toString()) : call;
        for (int attempt = 1; ; attempt++) {
            Answer answer = send(keyed);
            if (answer.ok()) {
                return answer;
            }
            ApiException refused = ApiException.refused(endpoint, call, answer);
            if (attempt > 1 && call.method().equals("DELETE") && refused.type().equals("job-not-found")) {
                return answer; // the first try was done, though its answer said that this is not known
            }
            boolean passing =
                    refused.type().equals("no-leader") || refused.type().equals("store-unavailable");
            if (!passing || attempt == TRIES) {
                throw refused;
            }
            pause.sleep(PAUSE);
        }
    }

    /** As {@link #ask}; empty when the API does not know the job or execution. */
    public Optional<Answer> find(Call call) {
        try {
            return Optional.of(ask(call));
        } catch (ApiException e) {
            if (e.type().equals("job-not-found") || e.type().equals("execution-not-found")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Answer send(Call call) {
        try {
            HttpURLConnection connection = open(call, READ_MS);
            if (call.body().length > 0) {
                connection.setDoOutput(true);
                connection.getOutputStream().write(call.body());
            }
            return answer(connection);
        } catch (IOException e) {
            throw ApiException.unreachable(endpoint, e);
        }
    }

    /**
     * Reads a stream of events until it ends.
     *
     * @param silence how long the server may say nothing; it sends a comment every 15 s
     * @throws ApiException if the API refuses
     * @throws IOException if the connection fails, or is silent too long
     */
    public void stream(Call call, Duration silence, Consumer<EventReader.Event> each) throws IOException {
        HttpURLConnection connection = open(call.with("Accept", "text/event-stream"), (int) silence.toMillis());
        if (connection.getResponseCode() != 200) {
            throw ApiException.refused(endpoint, call, answer(connection));
        }
        try (InputStream in = connection.getInputStream()) {
            new EventReader(in).forEach(each);
        } finally {
            connection.disconnect();
        }
    }

    /** What to throw when a stream does not come back. */
    ApiException unreachable(IOException cause) {
        return ApiException.unreachable(endpoint, cause);
    }

    private HttpURLConnection open(Call call, int readMs) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                java.net.URI.create(endpoint.base() + call.path()).toURL().openConnection();
        if (connection instanceof HttpsURLConnection https) {
            endpoint.tls().ifPresent(https::setSSLSocketFactory);
        }
        connection.setRequestMethod(call.method());
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(readMs);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Accept", "application/json");
        connection.setRequestProperty("Dkron-Api-Compat", "v4"); // whatever others are answered
        if (call.body().length > 0) {
            connection.setRequestProperty("Content-Type", "application/json");
        }
        endpoint.authorization().ifPresent(value -> connection.setRequestProperty("Authorization", value));
        call.headers().forEach(connection::setRequestProperty);
        return connection;
    }

    private static Answer answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status < 0) {
            throw new IOException("what answered is no HTTP server");
        }
        InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        byte[] bytes = {};
        if (body != null) {
            try (body) {
                bytes = body.readAllBytes();
            }
        }
        Map<String, List<String>> headers = new HashMap<>();
        connection.getHeaderFields().forEach((name, values) -> {
            if (name != null) { // the status line
                List<String> inOrder = new ArrayList<>(values);
                java.util.Collections.reverse(inOrder); // the JDK gives the last first
                headers.put(name, inOrder);
            }
        });
        return new Answer(status, headers, bytes);
    }
}
