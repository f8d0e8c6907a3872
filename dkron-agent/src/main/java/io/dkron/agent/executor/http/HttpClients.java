package io.dkron.agent.executor.http;

import io.dkron.agent.executor.call.BadConfigException;
import io.dkron.agent.executor.call.CallTls;
import java.lang.ref.WeakReference;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * One client for each way to secure connections, {@link #MOST} of them; one that nobody used for {@link #UNUSED} is let
 * go. Safe for many threads.
 *
 * <p>A client of JDK 17 cannot be closed: its thread ends once it was collected as garbage. So that a change of many
 * certificates cannot pile them up, a collection is asked for when as many were let go and still live.
 */
final class HttpClients implements AutoCloseable {
    static final int MOST = 8;
    private static final Duration UNUSED = Duration.ofMinutes(10);

    /** @param usedAt by {@link System#nanoTime} */
    private record Kept(HttpClient client, long usedAt) {}

    private final Executor threads;
    private final ProxySelector proxies;
    private final Map<CallTls, Kept> clients = new LinkedHashMap<>(16, 0.75f, true);
    private final List<WeakReference<HttpClient>> letGo = new ArrayList<>();

    HttpClients(Executor threads, ProxySelector proxies) {
        this.threads = threads;
        this.proxies = proxies;
    }

    /** @throws BadConfigException if a file that it names cannot be used */
    synchronized HttpClient client(CallTls tls) throws BadConfigException {
        long now = System.nanoTime();
        letGoOf(now - UNUSED.toNanos());
        Kept known = clients.get(tls);
        HttpClient client = known == null ? open(tls) : known.client();
        clients.put(tls, new Kept(client, now));
        return client;
    }

    private HttpClient open(CallTls tls) throws BadConfigException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // without an Upgrade header, which some servers choke on
                .followRedirects(HttpClient.Redirect.NEVER) // ours follow ten, and take no secret to another host
                .executor(threads)
                .proxy(proxies);
        if (!tls.isDefault()) {
            builder.sslContext(tls.context());
        }
        if (clients.size() >= MOST) {
            Iterator<Kept> oldest = clients.values().iterator();
            letGo.add(new WeakReference<>(oldest.next().client()));
            oldest.remove();
        }
        return builder.build();
    }

    private void letGoOf(long usedBefore) {
        clients.values().removeIf(kept -> {
            boolean unused = kept.usedAt() - usedBefore < 0;
            if (unused) {
                letGo.add(new WeakReference<>(kept.client()));
            }
            return unused;
        });
        letGo.removeIf(client -> client.get() == null);
        if (letGo.size() >= MOST) {
            System.gc();
        }
    }

    /** How many are kept. */
    synchronized int size() {
        return clients.size();
    }

    @Override
    public synchronized void close() {
        clients.clear();
    }
}
