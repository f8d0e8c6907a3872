package io.dkron.connectors.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands before moto and, where a test says so, answers in its place as DynamoDB does: what moto never says. All else goes
 * through. Safe for use by many threads.
 */
final class Gateway implements AutoCloseable {
    /** What becomes of one call. */
    enum Fate {
        /** It goes through. */
        PASS,
        /** It goes through, and its answer is lost: the connection ends without one. */
        LOSE_ANSWER
    }

    private record Scripted(Fate fate, int status, String body) {}

    private static final Pattern TOKEN = Pattern.compile("\"ClientRequestToken\":\"([^\"]+)\"");

    private static final Pattern WRITE =
            Pattern.compile(".*\\.(TransactWriteItems|(Put|Update|Delete|BatchWrite)Items?)");

    private final String target;
    private final Optional<Signature> owner;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    // guarded by this
    private final Deque<Scripted> transactions = new ArrayDeque<>();
    private final List<String> tokens = new ArrayList<>();
    private Optional<Scripted> everything = Optional.empty();
    private boolean readOnly;

    /**
     * Lets everybody in.
     *
     * @param machine {@code host:port} of moto
     */
    Gateway(String machine) {
        this(machine, Optional.empty());
    }

    /** @param owner lets in who signs as this one */
    Gateway(String machine, Optional<Signature> owner) {
        this.owner = owner;
        target = "http://" + machine;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String machine() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next transactions, one for each, are cancelled for the reason that this code names. */
    synchronized void cancel(String code, int times) {
        String reasons = "{\"Code\":\"" + code + "\",\"Message\":\"by the test\"}";
        for (int i = 0; i < times; i++) {
            transactions.add(new Scripted(
                    Fate.PASS,
                    400,
                    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionCanceledException\",\"CancellationReasons\":["
                            + reasons + "],\"Message\":\"Transaction cancelled\"}"));
        }
    }

    /** The next transaction fails with this error. */
    synchronized void fail(int status, String code) {
        transactions.add(new Scripted(Fate.PASS, status, error(code)));
    }

    /** The next transaction goes so. */
    synchronized void next(Fate fate) {
        transactions.add(new Scripted(fate, 0, ""));
    }

    /** Every call, of whatever kind, fails with this error from now on. */
    synchronized void failAll(int status, String code) {
        everything = Optional.of(new Scripted(Fate.PASS, status, error(code)));
    }

    /** Whether the key may only read from now on. */
    synchronized void readOnly(boolean now) {
        readOnly = now;
    }

    private synchronized boolean forbids(HttpExchange exchange) {
        return readOnly
                && WRITE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("X-amz-target")))
                        .matches();
    }

    private static String error(String code) {
        return "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + code + "\",\"message\":\"by the test\"}";
    }

    /** Tokens of the transactions that came, in order. */
    synchronized List<String> tokens() {
        return List.copyOf(tokens);
    }

    private synchronized Optional<Scripted> scripted(String body) {
        Matcher token = TOKEN.matcher(body);
        if (!token.find()) {
            return everything;
        }
        tokens.add(token.group(1));
        return everything.or(() -> Optional.ofNullable(transactions.poll()));
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Optional<String> refused = owner.flatMap(o -> o.fault(exchange, body))
                .or(() -> forbids(exchange) ? Optional.of("AccessDeniedException") : Optional.empty());
        if (refused.isPresent()) {
            answer(exchange, 400, error(refused.get()).getBytes(UTF_8));
            return;
        }
        Optional<Scripted> script = scripted(new String(body, UTF_8));
        if (script.isPresent() && script.get().status() != 0) {
            answer(exchange, script.get().status(), script.get().body().getBytes(UTF_8));
            return;
        }
        HttpURLConnection through = forward(exchange, body);
        int status = through.getResponseCode();
        byte[] said = (status < 400 ? through.getInputStream() : through.getErrorStream()).readAllBytes();
        if (script.isPresent() && script.get().fate() == Fate.LOSE_ANSWER) {
            exchange.close();
            return;
        }
        answer(exchange, status, said);
    }

    private HttpURLConnection forward(HttpExchange exchange, byte[] body) throws IOException {
        HttpURLConnection through =
                (HttpURLConnection) URI.create(target).toURL().openConnection();
        through.setRequestMethod("POST");
        through.setDoOutput(true);
        Headers headers = exchange.getRequestHeaders();
        for (String name : List.of("X-amz-target", "Content-type", "Authorization", "X-amz-date")) {
            Optional.ofNullable(headers.getFirst(name)).ifPresent(value -> through.setRequestProperty(name, value));
        }
        through.getOutputStream().write(body);
        return through;
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
