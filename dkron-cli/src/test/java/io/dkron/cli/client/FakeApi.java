package io.dkron.cli.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.json.Json;
import io.dkron.core.json.ProblemJson;
import io.dkron.core.json.Profile;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.core.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server in this JVM that keeps jobs as the real one does: it reads and writes them by the same code, numbers their
 * revisions, honours {@code If-Match}, refuses missing parents and the deletion of parents. Runs and outputs are set by the
 * test. What it was asked is kept.
 */
public final class FakeApi implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Job> jobs = new TreeMap<>();
    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> lastHeaders = new ConcurrentHashMap<>();
    private final Deque<Reply> next = new ArrayDeque<>();
    private final Map<String, List<Map<String, Object>>> executions = new ConcurrentHashMap<>();
    private final Map<String, Deque<String>> streams = new ConcurrentHashMap<>();
    private final Map<String, List<Map<String, Object>>> recent = new ConcurrentHashMap<>();
    private Runnable beforeSave = () -> {};
    private int revision;

    /** An answer. */
    private record Reply(int status, Map<String, String> headers, String type, byte[] body) {}

    public FakeApi() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public ApiClient client() {
        return new ApiClient(Endpoint.open(URI.create(url())), time -> {});
    }

    /** Stores a job as a client would. */
    public FakeApi store(String json) {
        Reply reply = save(json.getBytes(StandardCharsets.UTF_8), "", Map.of(), false);
        if (reply.status() != 201) {
            throw new AssertionError(new String(reply.body(), StandardCharsets.UTF_8));
        }
        return this;
    }

    public synchronized List<String> names() {
        return List.copyOf(jobs.keySet());
    }

    public synchronized JobDefinition job(String name) {
        return jobs.get(name).definition();
    }

    /** Requests so far that could change something, as {@code PUT /v1/jobs/a}. */
    public List<String> writes() {
        return asked().stream()
                .filter(each -> !each.startsWith("GET ") && !each.contains("/validate"))
                .toList();
    }

    public List<String> asked() {
        synchronized (asked) {
            return List.copyOf(asked);
        }
    }

    /** A header of the last request that had it. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(lastHeaders.get(name.toLowerCase(java.util.Locale.ROOT)));
    }

    /** Answers the next request like this. */
    public synchronized FakeApi answerNext(int status, String type, String body) {
        next.add(new Reply(status, Map.of(), type, body.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    /** Answers the next request with a problem. */
    public FakeApi refuseNext(int status, String type, String detail) {
        return answerNext(
                status,
                ProblemJson.MEDIA_TYPE,
                new String(problem(status, type, detail, List.of()).body(), StandardCharsets.UTF_8));
    }

    /** Does something just before the next save. */
    public synchronized void beforeNextSave(Runnable action) {
        beforeSave = action;
    }

    /** Sets the executions of a job, newest first, each a JSON object. */
    public FakeApi executions(String job, String... all) {
        executions.put(
                job,
                java.util.stream.Stream.of(all)
                        .map(each -> Json.readObject(each.getBytes(StandardCharsets.UTF_8)))
                        .toList());
        return this;
    }

    /** Sets what a job's {@code recent} shows, as {@code {"group":"7","status":"failed"}}. */
    public FakeApi recent(String job, String... groups) {
        recent.put(
                job,
                java.util.stream.Stream.of(groups)
                        .map(each -> Json.readObject(each.getBytes(StandardCharsets.UTF_8)))
                        .toList());
        return this;
    }

    /** What each further connection to an execution's output gets before it is closed. */
    public FakeApi stream(String execution, String... connections) {
        streams.put(execution, new java.util.concurrent.ConcurrentLinkedDeque<>(List.of(connections)));
        return this;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    // ------------------------------------------------------------------ answering

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String query = exchange.getRequestURI().getRawQuery();
            String path = exchange.getRequestURI().getRawPath();
            asked.add(exchange.getRequestMethod() + " " + path + (query == null ? "" : "?" + query));
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
            headers.forEach((name, value) -> lastHeaders.put(name.toLowerCase(java.util.Locale.ROOT), value));
            Reply reply = reply(exchange.getRequestMethod(), path, query == null ? "" : query, headers, body);
            reply.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
            exchange.getResponseHeaders().set("Content-Type", reply.type());
            exchange.sendResponseHeaders(reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
            if (reply.body().length > 0) {
                exchange.getResponseBody().write(reply.body());
            }
        } catch (RuntimeException e) {
            e.printStackTrace();
            throw e;
        }
    }

    private synchronized Reply reply(
            String method, String path, String query, Map<String, String> headers, byte[] body) {
        if (!next.isEmpty()) {
            return next.remove();
        }
        String[] parts = path.substring(1).split("/");
        String job = parts.length > 2 ? URLDecoder.decode(parts[2], StandardCharsets.UTF_8) : "";
        if (path.equals("/v1/jobs/validate")) {
            return save(body, "", headers, true);
        }
        if (path.equals("/v1/jobs/bulk")) {
            return bulk(body);
        }
        if (path.equals("/v1/jobs")) {
            return list(query);
        }
        if (parts.length == 3 && method.equals("PUT")) {
            Runnable before = beforeSave;
            beforeSave = () -> {};
            before.run();
            return save(body, job, headers, false);
        }
        if (!jobs.containsKey(job)) {
            return problem(404, "job-not-found", "There is no job " + job + ".", List.of());
        }
        if (parts.length == 3) {
            return method.equals("DELETE") ? delete(job, query, headers) : shown(200, jobs.get(job));
        }
        return below(method, parts, job, headers);
    }

    private Reply below(String method, String[] parts, String job, Map<String, String> headers) {
        List<Map<String, Object>> runs = executions.getOrDefault(job, List.of());
        switch (parts[3]) {
            case "schedule":
                return json(200, Map.of("description", "in words", "timezone", "UTC", "next", List.of()));
            case "toggle":
                return saved(
                        jobs.get(job)
                                .definition()
                                .with()
                                .disabled(!jobs.get(job).definition().disabled())
                                .build(),
                        200);
            case "run":
                return new Reply(
                        202,
                        Map.of("Dkron-Execution-Group", "7"),
                        "application/json",
                        JobJson.write(jobs.get(job), List.of(), Profile.V4));
            case "cancel":
                return runs.isEmpty()
                        ? problem(409, "not-running", "Nothing of job " + job + " runs.", List.of())
                        : json(202, runs);
            default:
                return parts.length == 4 ? json(200, runs) : execution(method, parts, job, runs, headers);
        }
    }

    private Reply execution(
            String method, String[] parts, String job, List<Map<String, Object>> runs, Map<String, String> headers) {
        Optional<Map<String, Object>> found = runs.stream()
                .filter(run -> Fields.text(run, "id").equals(parts[4]))
                .findFirst();
        if (found.isEmpty()) {
            return problem(404, "execution-not-found", "Job " + job + " has no execution " + parts[4] + ".", List.of());
        }
        if (parts.length == 5 || parts[5].equals("cancel")) {
            return json(method.equals("POST") ? 202 : 200, found.get());
        }
        if (headers.getOrDefault("Accept", "").equals("text/event-stream")) {
            String events = streams.get(parts[4]).remove();
            return new Reply(200, Map.of(), "text/event-stream", events.getBytes(StandardCharsets.UTF_8));
        }
        byte[] output = Fields.text(found.get(), "output").getBytes(StandardCharsets.UTF_8);
        return new Reply(200, Map.of("Dkron-Output-Offset", "0"), "text/plain", output);
    }

    private Reply list(String query) {
        List<Object> found = new ArrayList<>();
        for (Job job : jobs.values()) {
            boolean all = true;
            for (String each : query.isEmpty() ? new String[0] : query.split("&")) {
                String[] pair = URLDecoder.decode(each, StandardCharsets.UTF_8).split("=", 2);
                if (pair[0].startsWith("metadata[")) {
                    String key = pair[0].substring("metadata[".length(), pair[0].length() - 1);
                    all &= pair[1].equals(job.definition().metadata().get(key));
                } else if (pair[0].equals("q")) {
                    all &= job.name().value().contains(pair[1]);
                }
            }
            if (all) {
                found.add(object(job));
            }
        }
        return json(200, found);
    }

    private Reply bulk(byte[] body) {
        Map<String, Object> asked = Json.readObject(body);
        List<Object> results = new ArrayList<>();
        for (String name : Fields.strings(asked, "names")) {
            Map<String, Object> result = new LinkedHashMap<>(Map.of("name", name));
            if (jobs.containsKey(name)) {
                boolean off = Fields.text(asked, "action").equals("disable");
                saved(jobs.get(name).definition().with().disabled(off).build(), 200);
                result.put("status", new io.dkron.core.json.JsonNumber("200"));
            } else {
                result.put("status", new io.dkron.core.json.JsonNumber("404"));
                result.put("detail", "There is no job " + name + ".");
            }
            results.add(result);
        }
        return json(200, results);
    }

    private Reply delete(String job, String query, Map<String, String> headers) {
        Optional<Reply> refused = mismatch(job, headers);
        if (refused.isPresent()) {
            return refused.get();
        }
        List<JobName> dependents = dependents(job);
        if (!dependents.isEmpty() && !query.equals("cascade=true")) {
            return problem(
                    409,
                    "has-dependents",
                    "Job " + job + " has dependents. Delete them first, or all with ?cascade=true.",
                    List.of());
        }
        Reply reply = shown(200, jobs.get(job));
        dependents.forEach(each -> jobs.remove(each.value()));
        jobs.remove(job);
        return reply;
    }

    private synchronized Reply save(byte[] body, String name, Map<String, String> headers, boolean dry) {
        JobJson.Reading reading = JobJson.Reading.of(Profile.V4, jobs::containsKey);
        JobJson.Parsed parsed;
        try {
            parsed = JobJson.parse(body, name.isEmpty() ? reading : reading.named(name));
        } catch (InvalidInputException e) {
            return problem(400, "validation", "Job validation failed.", e.problems());
        }
        JobDefinition job = parsed.definition();
        Optional<Reply> refused = mismatch(job.name().value(), headers);
        if (refused.isPresent()) {
            return refused.get();
        }
        Optional<JobName> at = job.parent();
        if (at.filter(parent -> !jobs.containsKey(parent.value())).isPresent()) {
            return problem(404, "parent-not-found", "specified parent job not found", List.of());
        }
        while (at.isPresent()) {
            if (at.get().equals(job.name())) {
                return problem(400, "validation", "cycle", List.of(new Problem("parent_job", "would make a circle")));
            }
            at = jobs.get(at.get().value()).definition().parent();
        }
        if (!dry) {
            return saved(job, 201);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("valid", true);
        answer.put("warnings", parsed.warnings());
        answer.put("job", object(new Job(job, JobState.created("u", Instant.EPOCH))));
        answer.put("schedule", Map.of("description", "", "timezone", "UTC", "next", List.of()));
        return json(200, answer);
    }

    private Optional<Reply> mismatch(String job, Map<String, String> headers) {
        String match = headers.get("If-Match");
        boolean there = jobs.containsKey(job);
        boolean wrong = match != null
                && (!there || !match.equals("\"" + jobs.get(job).state().revision() + "\""));
        return wrong || there && headers.containsKey("If-None-Match")
                ? Optional.of(problem(412, "version-mismatch", "Job " + job + " was changed.", List.of()))
                : Optional.empty();
    }

    private Reply saved(JobDefinition job, int status) {
        JobState state =
                JobState.created("u", Instant.EPOCH).with().revision(++revision).build();
        jobs.put(job.name().value(), new Job(job, state));
        return shown(status, jobs.get(job.name().value()));
    }

    private Reply shown(int status, Job job) {
        return new Reply(
                status,
                Map.of("ETag", "\"" + job.state().revision() + "\""),
                "application/json",
                Json.write(object(job)));
    }

    private Map<String, Object> object(Job job) {
        String name = job.name().value();
        Map<String, Object> object =
                new LinkedHashMap<>(Json.readObject(JobJson.write(job, dependents(name), Profile.V4)));
        Optional.ofNullable(recent.get(name)).ifPresent(groups -> object.put("recent", groups));
        return object;
    }

    private List<JobName> dependents(String job) {
        return jobs.values().stream()
                .filter(each -> each.definition()
                        .parent()
                        .filter(parent -> parent.value().equals(job))
                        .isPresent())
                .map(Job::name)
                .toList();
    }

    private static Reply json(int status, Object value) {
        return new Reply(status, Map.of(), "application/json", Json.write(value));
    }

    private static Reply problem(int status, String type, String detail, List<Problem> errors) {
        byte[] body = new ProblemJson(type, type, status, detail, "/", ProblemJson.Kind.FIELD, errors).write();
        return new Reply(status, Map.of(), ProblemJson.MEDIA_TYPE, body);
    }
}
