package io.dkron.agent.executor.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** A server of the JDK's on a free port of 127.0.0.1, which remembers what it was asked. */
final class Site implements AutoCloseable {
    /** What came. */
    record Asked(String method, String target, com.sun.net.httpserver.Headers headers, String body) {}

    /** What is answered. */
    interface Page {
        void answer(HttpExchange exchange) throws IOException;
    }

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Site() throws IOException {
        this(HttpServer.create(local(), 0));
    }

    /** @param clients whether they must show a certificate */
    static Site secured(SSLContext context, boolean clients) throws IOException {
        HttpsServer server = HttpsServer.create(local(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                var tls = context.getDefaultSSLParameters();
                tls.setNeedClientAuth(clients);
                parameters.setSSLParameters(tls);
            }
        });
        return new Site(server);
    }

    private Site(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.start();
    }

    static InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url(String path) {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:" + port() + path;
    }

    /** Serves a page, remembering each request whole before it is answered. */
    Site page(String path, Page page) {
        server.createContext(path, exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                asked.add(new Asked(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        exchange.getRequestHeaders(),
                        body));
                page.answer(exchange);
            }
        });
        return this;
    }

    Site page(String path, int code, String text) {
        return page(path, exchange -> send(exchange, code, text));
    }

    Site redirect(String path, int code, String location) {
        return page(path, exchange -> {
            exchange.getResponseHeaders().add("Location", location);
            send(exchange, code, "moved");
        });
    }

    static void send(HttpExchange exchange, int code, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    Asked last() {
        return asked.get(asked.size() - 1);
    }

    @Override
    public void close() throws InterruptedException {
        server.stop(0);
        threads.shutdownNow();
        threads.awaitTermination(10, TimeUnit.SECONDS);
    }
}
