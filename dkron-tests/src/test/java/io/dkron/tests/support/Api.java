package io.dkron.tests.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** A client of the REST API as a test wants it: every answer whole, none an exception. Thread-safe. */
public final class Api {
    public static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final String base;
    private final Duration timeout;

    public Api(String base) {
        this(base, Duration.ofSeconds(60));
    }

    /** A client that gives an answer so much time. */
    public Api(String base, Duration timeout) {
        this.base = base;
        this.timeout = timeout;
    }

    /** An answer. */
    public record Answer(int status, java.net.http.HttpHeaders headers, byte[] bytes) {
        public String text() {
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        }

        public JsonNode json() {
            try {
                return JSON.readTree(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("not JSON: " + text(), e);
            }
        }

        public Optional<String> header(String name) {
            return headers.firstValue(name);
        }

        /** The fields that a problem names, in order. */
        public java.util.List<String> wrongFields() {
            java.util.List<String> fields = new java.util.ArrayList<>();
            json().path("errors")
                    .forEach(e -> fields.add(
                            e.path("field").asText(e.path("parameter").asText())));
            return fields;
        }

        @Override
        public String toString() {
            return status + " " + text();
        }
    }

    public Answer get(String path) {
        return send("GET", path, new byte[0]);
    }

    public Answer post(String path, String body, String... headers) {
        return send("POST", path, body.getBytes(java.nio.charset.StandardCharsets.UTF_8), headers);
    }

    public Answer post(String path) {
        return send("POST", path, new byte[0]);
    }

    public Answer delete(String path) {
        return send("DELETE", path, new byte[0]);
    }

    /** Sends a request; headers as name, value, name, value. */
    public Answer send(String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(timeout)
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<byte[]> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Saves a job that must be accepted, and answers it as stored. */
    public JsonNode save(ObjectNode job) {
        Answer answer = post("/v1/jobs", job.toString());
        if (answer.status() != 201) {
            throw new AssertionError("POST " + job + ": " + answer);
        }
        return answer.json();
    }

    public JsonNode job(String name) {
        return get("/v1/jobs/" + name).json();
    }

    /** All stored executions of a job, newest first. */
    public JsonNode executions(String job) {
        return get("/v1/jobs/" + job + "/executions").json();
    }

    /** A shell job whose command is run by a shell. */
    public static ObjectNode shell(String name, String schedule, String command) {
        ObjectNode job = JSON.createObjectNode();
        job.put("name", name).put("schedule", schedule).put("executor", "shell");
        job.putObject("executor_config").put("shell", "true").put("command", command);
        return job;
    }

    /** A job of {@code echo hi} that nothing starts soon: base job B of the conformance cases. */
    public static ObjectNode base(String name) {
        ObjectNode job = JSON.createObjectNode();
        job.put("name", name).put("schedule", "@every 1h").put("executor", "shell");
        job.putObject("executor_config").put("command", "echo hi");
        return job;
    }

    /** Parses a job written as JSON. */
    public static ObjectNode parse(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
