package io.dkron.agent.rpc;

import io.dkron.agent.pem.Pem;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS by files. They are looked at with each handshake, once a second at most, and read again when one has changed; files
 * that cannot be used then are logged and change nothing. Connections that stand keep what they were made with. Safe for
 * many threads.
 */
public final class TlsFiles {
    private static final Logger LOG = System.getLogger(TlsFiles.class.getName());
    private static final long LOOK_EACH = TimeUnit.SECONDS.toNanos(1);

    /**
     * Which files.
     *
     * @param certificate with its chain, and its key; a server has both, a client may
     * @param trusted authorities whose certificates are believed; the JDK's own when there is none
     * @param clientsToo whether a server asks clients for a certificate of such an authority
     */
    public record Paths(Optional<Path> certificate, Optional<Path> key, Optional<Path> trusted, boolean clientsToo) {
        public Paths {
            if (certificate.isPresent() != key.isPresent()) {
                throw new IllegalArgumentException("cert-file and key-file belong together");
            }
            if (clientsToo && trusted.isEmpty()) {
                throw new IllegalArgumentException("client-cert-auth needs trusted-ca-file");
            }
        }
    }

    /** What the files held. */
    private record Material(Optional<X509ExtendedKeyManager> identity, Optional<X509ExtendedTrustManager> trust) {}

    private final Paths paths;
    private volatile Material material;
    private List<FileTime> seen;
    private long lookedAt = System.nanoTime();

    private TlsFiles(Paths paths) throws IOException {
        this.paths = Objects.requireNonNull(paths, "paths");
        this.seen = times();
        this.material = read();
    }

    /**
     * Reads the files.
     *
     * @throws UncheckedIOException naming the file, and what is wrong with it
     */
    public static TlsFiles read(Paths paths) {
        try {
            return new TlsFiles(paths);
        } catch (IOException e) {
            throw new UncheckedIOException("TLS: " + e.getMessage(), e);
        }
    }

    /**
     * Makes sockets to servers whose certificates authorities of that file have signed.
     *
     * @throws IOException naming the file, and what is wrong with it
     */
    public static SSLSocketFactory trusting(Path authorities) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {Pem.trust(authorities)}, null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Reads the files again. @return what is wrong with them, nothing is changed then; empty when they are in use */
    public synchronized Optional<String> reload() {
        try {
            seen = times();
            material = read();
            LOG.log(
                    Level.INFO,
                    "TLS files read certificate={0}",
                    paths.certificate().map(Path::toString).orElse("-"));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** For a server's socket. */
    SslContext server() {
        return context(SslContextBuilder.forServer(
                        new LiveKeys(() -> current().identity().orElseThrow()))
                .clientAuth(paths.clientsToo() ? ClientAuth.REQUIRE : ClientAuth.NONE));
    }

    /** For connections to servers. */
    SslContext client() {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (paths.certificate().isPresent()) {
            builder.keyManager(new LiveKeys(() -> current().identity().orElseThrow()));
        }
        return context(builder);
    }

    private SslContext context(SslContextBuilder builder) {
        if (paths.trusted().isPresent()) {
            builder.trustManager(new LiveTrust(() -> current().trust().orElseThrow()));
        }
        try {
            // The JDK's own: Netty's native one costs memory and a file in the temporary directory.
            return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
        } catch (SSLException e) {
            throw new UncheckedIOException("TLS: " + e.getMessage(), e);
        }
    }

    private Material current() {
        lookAgain();
        return material;
    }

    private synchronized void lookAgain() {
        long now = System.nanoTime();
        if (now - lookedAt < LOOK_EACH) {
            return;
        }
        lookedAt = now;
        List<FileTime> before = seen;
        try {
            if (!times().equals(before)) {
                reload().ifPresent(why -> LOG.log(
                        Level.WARNING, "TLS files changed and cannot be used, the old ones stay reason=\"{0}\"", why));
            }
        } catch (IOException e) { // a file that is just being replaced: the next handshake looks again
            LOG.log(Level.DEBUG, "TLS files not looked at", e);
        }
    }

    private List<FileTime> times() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Optional<Path> each : List.of(paths.certificate(), paths.key(), paths.trusted())) {
            if (each.isPresent()) {
                times.add(Files.getLastModifiedTime(each.get()));
            }
        }
        return times;
    }

    private Material read() throws IOException {
        Optional<X509ExtendedKeyManager> identity = Optional.empty();
        if (paths.certificate().isPresent()) {
            identity = Optional.of(
                    Pem.identity(paths.certificate().get(), paths.key().orElseThrow()));
        }
        Optional<X509ExtendedTrustManager> trust = Optional.empty();
        if (paths.trusted().isPresent()) {
            trust = Optional.of(Pem.trust(paths.trusted().get()));
        }
        return new Material(identity, trust);
    }
}
