package io.dkron.connectors.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreRequest;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An etcd of one machine. */
final class EtcdServer extends ServerProcess {
    private final String program = program("etcd", "etcd-server/usr/bin/etcd");
    private final int peerPort = freePort();
    private final List<String> further;

    /** @param further arguments, such as limits or TLS files */
    EtcdServer(String... further) {
        super("etcd");
        this.further = List.of(further);
    }

    @Override
    protected List<String> command() {
        String scheme = further.contains("--cert-file") ? "https" : "http";
        List<String> command = new ArrayList<>(List.of(
                program,
                "--data-dir",
                data().toString(),
                "--listen-client-urls",
                scheme + "://" + machine(),
                "--advertise-client-urls",
                scheme + "://" + machine(),
                "--listen-peer-urls",
                "http://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls",
                "http://127.0.0.1:" + peerPort,
                "--initial-cluster",
                "default=http://127.0.0.1:" + peerPort));
        command.addAll(further);
        return command;
    }

    @Override
    protected boolean serves() throws Exception {
        if (further.contains("--cert-file")) {
            try (Socket socket = new Socket("127.0.0.1", port())) {
                return socket.isConnected();
            }
        }
        return call("GET", "/health", "").contains("true");
    }

    /** Calls the HTTP gateway of this server. */
    String call(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + machine() + path))
                .timeout(Duration.ofSeconds(5))
                .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(method + " " + path + ": " + answer.body());
        }
        return answer.body();
    }

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static StoreRequest request(List<String> machines, String keyspace, Duration timeout) {
        return StoreRequest.of("etcd", machines, keyspace, timeout);
    }
}
