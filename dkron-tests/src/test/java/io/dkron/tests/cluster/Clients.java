package io.dkron.tests.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.tests.cluster.Evidence.Told;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Node;
import java.io.UncheckedIOException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Clients that write to all servers at once, and remember what they were told: one creates and deletes jobs, one changes
 * a job again and again, one runs a job by hand and repeats each request with its key until it is answered.
 */
final class Clients implements AutoCloseable {
    /** Thrice the time within which a server that runs answers something, also while nobody leads. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<Node> servers;
    private final String prefix;
    private final List<Thread> threads = new ArrayList<>();
    private final Set<String> created = new HashSet<>();
    private final Set<String> deleted = new HashSet<>();
    private final Set<String> everCreated = new HashSet<>();
    private final Set<Long> uncertain = new HashSet<>();
    private final Map<String, Long> groups = new HashMap<>();
    private long counted;
    private int asked;
    private int refused;
    private long longestSilence;
    private final AtomicLong slowest = new AtomicLong();
    private final List<String> unanswered = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    /** @param prefix of all names; {@code PREFIX-count} and {@code PREFIX-hand} must be there */
    Clients(List<Node> servers, String prefix) {
        this.servers = servers;
        this.prefix = prefix;
    }

    Clients start() {
        run("create", this::create);
        run("count", this::count);
        run("hand", this::byHand);
        return this;
    }

    private void run(String name, Runnable work) {
        Thread thread = new Thread(work, prefix + "-" + name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
    }

    /** Sends a request to any server; empty where no answer came. */
    private Optional<Api.Answer> ask(Random random, Function<Api, Api.Answer> request) {
        Node server = servers.get(random.nextInt(servers.size()));
        long begun = System.nanoTime();
        try {
            Optional<Api.Answer> answer = Optional.of(request.apply(new Api(server.url(), PATIENCE)));
            waited(server, begun);
            return answer;
        } catch (UncheckedIOException e) {
            Throwable cause = e.getCause();
            boolean connected = !(cause instanceof HttpConnectTimeoutException);
            if (cause instanceof HttpTimeoutException && connected && !server.stoodStillAfter(begun)) {
                unanswered.add(server + " at " + Instant.now().minus(PATIENCE) + ": " + e.getMessage());
            }
            waited(server, begun);
            return Optional.empty();
        }
    }

    private void waited(Node server, long begun) {
        if (!server.stoodStillAfter(begun)) {
            slowest.accumulateAndGet(System.nanoTime() - begun, Math::max);
        }
    }

    private boolean told(int status, Random random, Function<Api, Api.Answer> request) {
        return ask(random, request).filter(answer -> answer.status() == status).isPresent();
    }

    private static void rest(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void create() {
        Random random = new Random(1);
        long last = System.nanoTime();
        for (int i = 0; !stopped; i++) {
            String name = prefix + "-ack-" + i;
            everCreated.add(name);
            String body = Api.base(name).toString();
            if (told(201, random, api -> api.post("/v1/jobs", body))) {
                created.add(name);
                longestSilence = Math.max(longestSilence, System.nanoTime() - last);
                last = System.nanoTime();
            } else {
                refused++;
            }
            if (i % 4 == 3 && created.remove(prefix + "-ack-" + (i - 3))) {
                String old = prefix + "-ack-" + (i - 3);
                if (told(200, random, api -> api.delete("/v1/jobs/" + old))) {
                    deleted.add(old);
                }
            }
            rest(30);
        }
    }

    private void count() {
        Random random = new Random(2);
        for (long i = 1; !stopped; i++) {
            ObjectNode job = Api.base(prefix + "-count").put("owner", "n" + i);
            if (told(201, random, api -> api.post("/v1/jobs", job.toString()))) {
                counted = i;
            } else {
                uncertain.add(i);
            }
            rest(50);
        }
    }

    private void byHand() {
        Random random = new Random(3);
        while (!stopped) {
            String key = prefix + "-key-" + asked++;
            while (!stopped && !askedToRun(random, key)) {
                rest(50);
            }
            rest(200);
        }
    }

    private boolean askedToRun(Random random, String key) {
        Optional<Api.Answer> answer = ask(
                random,
                api -> api.post("/v1/jobs/" + prefix + "-hand", "", "Idempotency-Key", key, "Prefer", "respond-async"));
        if (answer.isEmpty() || answer.get().status() / 100 != 2) {
            return false;
        }
        groups.put(
                key, Long.parseLong(answer.get().header("Dkron-Execution-Group").orElseThrow()));
        return true;
    }

    /** Stops them, and answers what they were told. */
    Told stop() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(3 * PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " still waits for an answer");
            }
        }
        return new Told(
                Set.copyOf(created),
                Set.copyOf(deleted),
                Map.of(prefix + "-count", counted),
                Map.of(prefix + "-count", Set.copyOf(uncertain)),
                Map.of(prefix + "-hand", Map.copyOf(groups)),
                Map.of(prefix + "-hand", asked));
    }

    /** All names that may be there, to be removed afterwards. */
    Set<String> names() {
        return Set.copyOf(everCreated);
    }

    /** Requests that a server which ran and did not stand still has left without any answer. */
    List<String> unanswered() {
        return List.copyOf(unanswered);
    }

    /** What they saw, for a person. */
    String summary() {
        return String.format(
                "%d creates told, %d not, longest pause between two %.1f s; %d changes; %d of %d runs by hand told;"
                        + " slowest answer %.1f s",
                created.size() + deleted.size(),
                refused,
                longestSilence / 1e9,
                counted,
                groups.size(),
                asked,
                slowest.get() / 1e9);
    }

    @Override
    public void close() {
        stopped = true;
    }
}
