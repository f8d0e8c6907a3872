package io.dkron.connectors.consul;

import io.dkron.core.store.MachineAddress;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The agents of one Consul cluster, tried in turn: calls go to the last one that answered, and on to the next only while
 * it is certain that nothing was done, or that doing it twice does no harm. Connections are kept, and made anew when they
 * ended. Three threads at most. Safe for use by many threads.
 */
final class ConsulMachines implements AutoCloseable {
    /** An answer as the API foresees it: status 200, 404 or 409. */
    record Answer(String machine, int status, java.net.http.HttpHeaders headers, byte[] body) {
        Answer {
            Objects.requireNonNull(machine, "machine");
            Objects.requireNonNull(headers, "headers");
            Objects.requireNonNull(body, "body");
        }

        boolean found() {
            return status == 200;
        }
    }

    /** What is asked. */
    private record Call(String method, String path, byte[] body, boolean repeatable) {
        HttpRequest request(MachineAddress machine, String token, Duration timeout) {
            HttpRequest.Builder builder = HttpRequest.newBuilder(
                            URI.create((machine.tls() ? "https://" : "http://") + machine + path))
                    .timeout(timeout)
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
            if (!token.isEmpty()) {
                builder.header("X-Consul-Token", token);
            }
            return builder.build();
        }
    }

    private final List<MachineAddress> machines;
    private final String token;
    private final Duration timeout;
    private final AtomicReference<Optional<HttpClient>> client;
    private final ThreadPoolExecutor callbacks;
    private final Set<CompletableFuture<?>> running = ConcurrentHashMap.newKeySet();
    private volatile int preferred;

    private ConsulMachines(
            List<MachineAddress> machines,
            String token,
            Duration timeout,
            HttpClient client,
            ThreadPoolExecutor callbacks) {
        this.machines = List.copyOf(machines);
        this.token = token;
        this.timeout = timeout;
        this.client = new AtomicReference<>(Optional.of(client));
        this.callbacks = callbacks;
    }

    /**
     * @param token empty for none
     * @throws StoreException when a TLS file or the token cannot be used
     */
    static ConsulMachines open(List<MachineAddress> machines, StoreRequest request, String token) {
        if (!token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new StoreException("consul: the token (backend-password) holds characters that no token has");
        }
        AtomicInteger threads = new AtomicInteger();
        ThreadPoolExecutor callbacks = new ThreadPoolExecutor(
                2,
                2,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> {
                    Thread thread = new Thread(work, "dkron-consul-" + threads.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                (task, pool) -> task.run()); // what still comes at the end
        callbacks.allowCoreThreadTimeOut(true);
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(request.timeout().dividedBy(machines.size()))
                .executor(callbacks);
        if (machines.stream().anyMatch(MachineAddress::tls)) {
            client.sslContext(ConsulTls.context(request.tls()));
        }
        return new ConsulMachines(machines, token, request.timeout(), client.build(), callbacks);
    }

    /** When calls that begin now must end, as {@link System#nanoTime}. */
    long deadline() {
        return System.nanoTime() + timeout.toNanos();
    }

    /** Whether half of the time is over. */
    boolean isLate(long deadline) {
        return deadline - System.nanoTime() < timeout.toNanos() / 2;
    }

    Answer get(String path, long deadline) throws ConsulFailure {
        return call(new Call("GET", path, new byte[0], true), deadline);
    }

    /** @param repeatable whether doing it twice does no harm */
    Answer put(String path, byte[] body, boolean repeatable, long deadline) throws ConsulFailure {
        return call(new Call("PUT", path, body, repeatable), deadline);
    }

    private Answer call(Call call, long deadline) throws ConsulFailure {
        Set<String> reasons = new LinkedHashSet<>();
        int tries = machines.size() + 1; // the first one again: its connection may just have ended
        int index = preferred;
        while (true) {
            try {
                Answer answer = ask(machines.get(index), call, part(call, tries, deadline));
                preferred = index;
                return answer;
            } catch (ConsulFailure e) {
                reasons.add(e.getMessage());
                tries--;
                boolean again = e.kind() == ConsulFailure.Kind.NOT_SENT
                        || (call.repeatable() && e.kind() == ConsulFailure.Kind.LOST);
                index = (index + 1) % machines.size();
                if (e.kind() != ConsulFailure.Kind.REFUSED) {
                    preferred = index;
                }
                if (!again || tries == 0 || deadline - System.nanoTime() <= 0) {
                    throw e.with(String.join("; ", reasons));
                }
            }
        }
    }

    /** All the time that is left; of what can be asked of another machine too only as much as leaves some for that. */
    private Duration part(Call call, int tries, long deadline) {
        long left = Math.max(1_000_000, deadline - System.nanoTime());
        boolean shared = call.repeatable() && machines.size() > 1 && tries > 1;
        return Duration.ofNanos(shared ? left / tries : left);
    }

    private Answer ask(MachineAddress machine, Call call, Duration longest) throws ConsulFailure {
        HttpClient open = client.get().orElseThrow(() -> ConsulFailure.closed(toString()));
        String name = machine.toString();
        // The request's own timeout ends with the headers; the wait covers the body too.
        CompletableFuture<HttpResponse<byte[]>> sent = open.sendAsync(
                call.request(machine, token, longest.plusSeconds(1)), HttpResponse.BodyHandlers.ofByteArray());
        running.add(sent);
        try {
            if (client.get().isEmpty()) {
                sent.cancel(true);
            }
            return checked(name, sent.get(longest.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            throw ConsulFailure.of(name, e.getCause());
        } catch (TimeoutException | CancellationException e) {
            throw ConsulFailure.of(name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConsulFailure.of(name, e);
        } finally {
            sent.cancel(true);
            running.remove(sent);
        }
    }

    private static Answer checked(String machine, HttpResponse<byte[]> response) throws ConsulFailure {
        int status = response.statusCode();
        byte[] body = response.body();
        if (status != 200 && status != 404 && status != 409) {
            throw ConsulFailure.of(machine, status, new String(body, StandardCharsets.UTF_8));
        }
        if (status == 404 && response.headers().firstValue("X-Consul-Index").isEmpty()) {
            throw ConsulFailure.refused(
                    machine,
                    "answers as no Consul does (HTTP status 404); check backend-machine"); // not: an empty store
        }
        if (response.headers()
                .firstValue("X-Consul-Results-Filtered-By-ACLs")
                .filter("true"::equals)
                .isPresent()) {
            throw ConsulFailure.refused(machine, ConsulFailure.deniedAdvice("it hides keys from it"));
        }
        return new Answer(machine, status, response.headers(), body);
    }

    /** Calls that run end with a failure, and the threads end; up to Java 20 one of them only when it was collected. */
    @Override
    public void close() {
        Optional<HttpClient> open = client.getAndSet(Optional.empty());
        running.forEach(call -> call.cancel(true));
        if (open.isPresent() && open.get() instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new StoreException("consul " + this + ": the client did not close", e);
            }
        }
        callbacks.shutdown();
    }

    @Override
    public String toString() {
        return String.join(", ", machines.stream().map(MachineAddress::toString).toList());
    }
}
