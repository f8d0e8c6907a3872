package io.dkron.connectors.dynamodb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.TcpProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * moto in DynamoDB's place. It keeps everything in memory, so a kill would lose what DynamoDB, which is many machines, does
 * not: {@link #kill} cuts the way to it instead, and {@link #start} opens it again. A pause stops the process itself.
 */
final class MotoServer implements StoreServer {
    private final Moto process = new Moto();
    private final Optional<Gateway> gateway;
    private final TcpProxy way;
    private boolean started;
    private boolean reachable;

    /** Lets everybody in. */
    MotoServer() {
        gateway = Optional.empty();
        way = new TcpProxy(process.machine());
    }

    private MotoServer(Signature owner) {
        Gateway guard = new Gateway(process.machine(), Optional.of(owner));
        gateway = Optional.of(guard);
        way = new TcpProxy(guard.machine());
    }

    /** Lets in who has that key, as DynamoDB does and moto does not. */
    static MotoServer guarded(Signature owner) {
        return new MotoServer(owner);
    }

    /** Whether the key of a guarded one may only read. */
    void readOnly(boolean now) {
        gateway.orElseThrow().readOnly(now);
    }

    @Override
    public void start() {
        if (!started) {
            process.start();
            started = true;
        }
        way.pass();
        reachable = true;
    }

    @Override
    public String machine() {
        return way.machine();
    }

    @Override
    public boolean isRunning() {
        return reachable;
    }

    @Override
    public void kill() {
        way.refuse();
        reachable = false;
    }

    @Override
    public void pause() {
        process.pause();
    }

    @Override
    public void resume() {
        process.resume();
    }

    @Override
    public void close() {
        way.close();
        gateway.ifPresent(Gateway::close);
        process.close();
    }

    private static final class Moto extends ServerProcess {
        private final String python = program("python-of-moto", "moto/bin/python3");
        private final Path script;

        Moto() {
            super("moto");
            script = folder().resolve("moto-dynamodb.py");
            try (InputStream in = MotoServer.class.getResourceAsStream("/moto-dynamodb.py")) {
                Files.copy(in, script);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        protected List<String> command() {
            return List.of(python, script.toString(), Integer.toString(port()));
        }

        @Override
        protected Map<String, String> environment() {
            return Map.of("PYTHONDONTWRITEBYTECODE", "1");
        }

        /** It loads what is to be DynamoDB with the first call for that, which takes seconds. */
        @Override
        protected boolean serves() throws IOException {
            HttpURLConnection asked = (HttpURLConnection)
                    URI.create("http://" + machine() + "/").toURL().openConnection();
            asked.setConnectTimeout(1_000);
            asked.setReadTimeout(30_000);
            asked.setRequestMethod("POST");
            asked.setDoOutput(true);
            asked.setRequestProperty("Content-Type", "application/x-amz-json-1.0");
            asked.setRequestProperty("X-Amz-Target", "DynamoDB_20120810.ListTables");
            asked.setRequestProperty(
                    "Authorization",
                    "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host,"
                            + " Signature=none");
            try {
                asked.getOutputStream().write("{}".getBytes(UTF_8));
                return asked.getResponseCode() == 200;
            } finally {
                asked.disconnect();
            }
        }
    }
}
