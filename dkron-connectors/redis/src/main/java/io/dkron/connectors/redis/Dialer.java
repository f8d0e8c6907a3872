package io.dkron.connectors.redis;

import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Opens connections as the settings say: user, TLS, time limits. Safe for use by many threads. */
final class Dialer implements AutoCloseable {
    /** Lettuce tells of each broken connection, with a trace; we tell of it once, in our words. */
    private static final List<Logger> CHATTER = List.of(
            Logger.getLogger("io.lettuce.core.protocol"), Logger.getLogger("io.lettuce.core.RedisChannelHandler"));

    private static final Duration QUIET = Duration.ZERO;
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);
    private static final int THREADS = 2;

    private final StoreRequest request;
    private final boolean tls;
    private final ClientResources resources;
    private final RedisClient client;

    /** @throws StoreException when a TLS file cannot be read */
    Dialer(StoreRequest request, boolean tls) {
        CHATTER.stream().filter(logger -> logger.getLevel() == null).forEach(logger -> logger.setLevel(Level.SEVERE));
        this.request = request;
        this.tls = tls || request.tls().on();
        this.resources = ClientResources.builder()
                .ioThreadPoolSize(THREADS)
                .computationThreadPoolSize(THREADS)
                .build();
        this.client = RedisClient.create(resources);
        client.setOptions(options());
    }

    private ClientOptions options() {
        ClientOptions.Builder options = ClientOptions.builder()
                // A connection that is opened again would send unanswered commits again.
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .protocolVersion(ProtocolVersion.RESP2)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(request.timeout())
                        .keepAlive(true)
                        .build());
        if (tls) {
            options.sslOptions(sslOptions());
        }
        return options.build();
    }

    private SslOptions sslOptions() {
        StoreRequest.Tls files = request.tls();
        SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider().handshakeTimeout(request.timeout());
        if (!files.caFile().isEmpty()) {
            ssl.trustManager(readable("CA certificates", files.caFile()));
        }
        if (!files.certFile().isEmpty()) {
            ssl.keyManager(
                    readable("certificate", files.certFile()), readable("private key", files.keyFile()), new char[0]);
        }
        return ssl.build();
    }

    private static File readable(String what, String path) {
        File file = new File(path);
        if (!file.canRead()) {
            throw new StoreException("redis: the " + what + " file \"" + path + "\" cannot be read");
        }
        return file;
    }

    /**
     * @param database to be selected
     * @throws CallFailed when it cannot be reached, or does not let this user in
     */
    Link dial(Address address, int database, boolean authenticated, Deadline deadline) throws CallFailed {
        return await(address, begin(address, database, authenticated), deadline);
    }

    /** Opens that many connections at once, or none. */
    List<Link> dial(int count, Address address, int database, Deadline deadline) throws CallFailed {
        List<CompletableFuture<StatefulRedisConnection<byte[], byte[]>>> dialing = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dialing.add(begin(address, database, true));
        }
        List<Link> links = new ArrayList<>();
        try {
            for (CompletableFuture<StatefulRedisConnection<byte[], byte[]>> one : dialing) {
                links.add(await(address, one, deadline));
            }
            return links;
        } catch (CallFailed e) {
            dialing.forEach(Dialer::abandon);
            throw e;
        }
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> begin(
            Address address, int database, boolean authenticated) {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri(address, database, authenticated))
                .toCompletableFuture();
    }

    private Link await(
            Address address, CompletableFuture<StatefulRedisConnection<byte[], byte[]>> dialing, Deadline deadline)
            throws CallFailed {
        try {
            return new Link(address, dialing.get(deadline.left(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException e) {
            throw CallFailed.refused("redis " + address + ": " + reason(e), e);
        } catch (TimeoutException e) {
            abandon(dialing);
            String advice = tls ? "; is it one that speaks TLS (backend-tls)?" : "";
            throw CallFailed.unanswered("redis " + address + ": no connection in time" + advice, e);
        } catch (InterruptedException e) {
            abandon(dialing);
            Thread.currentThread().interrupt();
            throw CallFailed.unanswered("interrupted while connecting to redis " + address, e);
        }
    }

    private RedisURI uri(Address address, int database, boolean authenticated) {
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(address.host())
                .withPort(address.port())
                .withDatabase(database)
                .withTimeout(request.timeout())
                .withSsl(tls)
                .withVerifyPeer(SslVerifyMode.FULL);
        if (authenticated && !request.password().isEmpty()) {
            if (request.username().isEmpty()) {
                uri.withPassword(request.password().toCharArray());
            } else {
                uri.withAuthentication(request.username(), request.password().toCharArray());
            }
        }
        return uri.build();
    }

    private static void abandon(CompletableFuture<StatefulRedisConnection<byte[], byte[]>> dialing) {
        dialing.whenComplete((connection, failure) -> {
            if (connection != null) {
                connection.closeAsync();
            }
        });
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null
                && (deepest instanceof ExecutionException
                        || deepest instanceof CompletionException
                        || deepest instanceof io.lettuce.core.RedisException)) {
            deepest = deepest.getCause();
        }
        String text = String.valueOf(deepest.getMessage());
        if (text.startsWith("WRONGPASS") || text.startsWith("NOAUTH") || text.contains("without any password")) {
            return text + "; see backend-username and backend-password";
        }
        return text;
    }

    @Override
    public void close() {
        client.shutdownAsync(QUIET.toMillis(), LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) ->
                        resources.shutdown(QUIET.toMillis(), LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS));
    }
}
