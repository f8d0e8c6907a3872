package io.dkron.connectors.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.TestCa;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Consul of one server, which keeps its data: what {@code -dev} starts does not. */
final class ConsulServer extends ServerProcess {
    static final String MASTER_TOKEN = "11111111-2222-3333-4444-555555555555";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String program = program("consul", "consul/usr/bin/consul");
    private final List<Integer> ports = List.of(freePort(), freePort());
    private final boolean guarded;
    private final boolean tls;

    /** Lets everybody in. */
    ConsulServer() {
        this(false, Optional.empty());
    }

    private ConsulServer(boolean guarded, Optional<List<String>> tlsFiles) {
        super("consul");
        this.guarded = guarded;
        this.tls = tlsFiles.isPresent();
        String acl = guarded
                ? ", \"acl\": {\"enabled\": true, \"default_policy\": \"deny\", \"tokens\": {\"master\": \""
                        + MASTER_TOKEN + "\"}}"
                : "";
        String secured = tlsFiles.map(files -> ", \"ca_file\": \"" + files.get(0) + "\", \"cert_file\": \""
                        + files.get(1) + "\", \"key_file\": \"" + files.get(2) + "\", \"verify_incoming_https\": true")
                .orElse("");
        try {
            Files.writeString(
                    folder().resolve("consul.json"),
                    "{\"server\": true, \"bootstrap_expect\": 1, \"bind_addr\": \"127.0.0.1\", \"client_addr\": \"127.0.0.1\","
                            + " \"disable_update_check\": true, \"performance\": {\"raft_multiplier\": 1}, \"ports\": {\"http\": "
                            + (tls ? -1 : port()) + ", \"https\": " + (tls ? port() : -1)
                            + ", \"grpc\": -1, \"dns\": -1, \"serf_wan\": -1, \"server\": " + ports.get(0)
                            + ", \"serf_lan\": " + ports.get(1) + "}" + acl + secured + "}",
                    UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Refuses who has no token. */
    static ConsulServer guarded() {
        return new ConsulServer(true, Optional.empty());
    }

    /** Speaks TLS only, with clients of that authority. */
    static ConsulServer secured(TestCa ca, TestCa.Issued own) {
        return new ConsulServer(
                false,
                Optional.of(List.of(
                        ca.certificate().toString(),
                        own.certificate().toString(),
                        own.key().toString())));
    }

    @Override
    protected List<String> command() {
        return List.of(
                program,
                "agent",
                "-config-file",
                folder().resolve("consul.json").toString(),
                "-data-dir",
                data().toString(),
                "-node",
                "test",
                "-log-level",
                "warn");
    }

    @Override
    protected boolean serves() throws Exception {
        if (tls) {
            try (Socket socket = new Socket("127.0.0.1", port())) {
                return socket.isConnected();
            }
        }
        String path = "/v1/kv/asked?consistent" + (guarded ? "&token=" + MASTER_TOKEN : "");
        int status = HTTP.send(request("GET", path, ""), HttpResponse.BodyHandlers.discarding())
                .statusCode();
        return status == 404 || status == 200;
    }

    /** Calls the API with the token that may do everything. */
    String call(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = HTTP.send(request(method, path, body), HttpResponse.BodyHandlers.ofString(UTF_8));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(method + " " + path + ": " + answer.body());
        }
        return answer.body();
    }

    private HttpRequest request(String method, String path, String body) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create("http://" + machine() + path))
                .timeout(Duration.ofSeconds(5))
                .method(method, HttpRequest.BodyPublishers.ofString(body, UTF_8));
        if (guarded) {
            builder.header("X-Consul-Token", MASTER_TOKEN);
        }
        return builder.build();
    }

    static StoreRequest request(List<String> machines, String keyspace, String token, Duration timeout) {
        return new StoreRequest(
                "consul",
                new ArrayList<>(machines),
                keyspace,
                "",
                token,
                StoreRequest.Tls.OFF,
                "",
                "",
                "",
                true,
                timeout);
    }
}
