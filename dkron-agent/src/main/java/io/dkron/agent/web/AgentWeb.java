package io.dkron.agent.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dkron.core.access.OriginPolicy;
import io.dkron.core.config.HostPort;
import io.dkron.core.config.Setting;
import io.dkron.core.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The HTTP port of a plain agent. It reads nothing but the first line and the headers of a request. */
public final class AgentWeb implements AutoCloseable {
    private static final Logger LOG = System.getLogger(AgentWeb.class.getName());
    private static final int THREADS = 2;
    private static final int WAITING = 100;

    private final AgentPages pages;
    private final OriginPolicy policy;
    private final String node;
    private final ThreadPoolExecutor threads;
    private final List<HttpServer> servers = new ArrayList<>();

    private AgentWeb(Settings settings, String node, AgentView agent) {
        this.node = Objects.requireNonNull(node, "node");
        this.pages = new AgentPages(
                agent,
                settings.bool(Setting.ENABLE_PROMETHEUS),
                !settings.string(Setting.ENCRYPT).isEmpty());
        List<String> hosts = new ArrayList<>(settings.list(Setting.HTTP_HOSTS));
        hosts.add(node);
        hosts.add(settings.httpAddress().host());
        this.policy = new OriginPolicy(
                hosts.stream().filter(h -> !h.isEmpty()).toList(), settings.list(Setting.HTTP_CORS_ORIGINS));
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "dkron-web");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Listens from now on, where the settings say.
     *
     * @throws UncheckedIOException when the address cannot be had
     */
    public static AgentWeb start(Settings settings, String node, AgentView agent) {
        AgentWeb web = new AgentWeb(settings, node, agent);
        HostPort address = settings.httpAddress();
        List<String> hosts = settings.httpAccess().hosts(address);
        try {
            web.listen(hosts.get(0), address.port());
        } catch (IOException e) {
            web.close();
            throw new UncheckedIOException(
                    Setting.HTTP_ADDR.flag() + " " + new HostPort(hosts.get(0), address.port()) + ": cannot listen: "
                            + e.getMessage() + "; stop what uses it or choose another",
                    e);
        }
        for (String host : hosts.subList(1, hosts.size())) {
            try {
                web.listen(host, web.port());
            } catch (IOException e) { // a machine without IPv6
                LOG.log(Level.DEBUG, "not listening on " + host, e);
            }
        }
        return web;
    }

    private void listen(String host, int port) throws IOException {
        InetSocketAddress address = host.equals("*")
                ? new InetSocketAddress(port)
                : new InetSocketAddress(InetAddress.getByName(host), port);
        HttpServer server = HttpServer.create(address, WAITING);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        servers.add(server);
    }

    /** The port that it really listens on. */
    public int port() {
        return servers.get(0).getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            OriginPolicy.Decision decision = policy.decide(new OriginPolicy.Request(
                    exchange.getRequestMethod(),
                    header(exchange, "Host"),
                    header(exchange, "Origin"),
                    header(exchange, "Sec-Fetch-Site"),
                    header(exchange, "Sec-Fetch-Mode")));
            decision.cors().ifPresent(origin -> {
                exchange.getResponseHeaders().set("Access-Control-Allow-Origin", origin);
                exchange.getResponseHeaders().set("Vary", "Origin");
            });
            answer(exchange, page(exchange.getRequestMethod(), path, decision));
        }
    }

    private AgentPages.Page page(String method, String path, OriginPolicy.Decision decision) {
        if (!decision.admitted()) {
            return AgentPages.problem(
                    403, "cross-site", "Refused", decision.refusal().orElseThrow(), path);
        }
        Optional<AgentPages.Page> page = pages.at(path);
        if (page.isEmpty()) {
            return AgentPages.problem(
                    404,
                    "not-found",
                    "Not found",
                    "This node is an agent: it has an index, /health and /metrics only.",
                    path);
        }
        return method.equals("GET") || method.equals("HEAD")
                ? page.get()
                : AgentPages.problem(405, "method-not-allowed", "Method not allowed", "Only GET is known here.", path);
    }

    private void answer(HttpExchange exchange, AgentPages.Page page) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", page.type());
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("X-Whom", node);
        exchange.getResponseHeaders().set("Cache-Control", "no-cache");
        if (page.status() == 405) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(page.body().length));
            exchange.sendResponseHeaders(page.status(), -1);
        } else {
            exchange.sendResponseHeaders(page.status(), page.body().length);
            exchange.getResponseBody().write(page.body());
        }
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
        threads.shutdownNow();
    }
}
