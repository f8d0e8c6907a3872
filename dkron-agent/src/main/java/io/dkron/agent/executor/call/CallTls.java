package io.dkron.agent.executor.call;

import io.dkron.agent.pem.Pem;
import io.dkron.core.config.GoBool;
import io.dkron.core.executor.ConfigKey;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How a call is secured, as the keys {@code tls…} say it. Two are equal if they lead to the same connections: the same
 * files, unchanged since. Immutable.
 *
 * @param chosen whether any of the keys was given
 * @param verify whether the other side must show a certificate that is believed, for its name
 * @param roots the authorities believed, in place of the JDK's
 * @param stamps what the files looked like
 */
public record CallTls(
        boolean chosen,
        boolean verify,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<Path> roots,
        List<Stamp> stamps) {
    private static final String NO_VERIFY = "tlsNoVerifyPeer";
    private static final String CERTIFICATE = "tlsCertificateFile";
    private static final String KEY = "tlsCertificateKeyFile";
    private static final String ROOTS = "tlsRootCAsFile";

    /** A file's size in bytes and last change. */
    public record Stamp(long size, FileTime changed) {
        public Stamp {
            Objects.requireNonNull(changed, "changed");
        }
    }

    public CallTls {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(roots, "roots");
        stamps = List.copyOf(stamps);
    }

    /** The keys, described. */
    public static List<ConfigKey> keys() {
        return List.of(
                new ConfigKey(NO_VERIFY, false, false, "true: whoever answers is believed, whatever its certificate."),
                new ConfigKey(CERTIFICATE, false, false, "PEM file on the node: the certificate to show."),
                new ConfigKey(KEY, false, false, "PEM file on the node: its private key."),
                new ConfigKey(ROOTS, false, false, "PEM file on the node: authorities in place of the system's."));
    }

    /** Looks at the files, and reads none. @throws BadConfigException naming the key, and what is wrong with it */
    public static CallTls of(Map<String, String> config) throws BadConfigException {
        String noVerify = config.getOrDefault(NO_VERIFY, "");
        Optional<Boolean> trusting = noVerify.isEmpty() ? Optional.of(false) : GoBool.parse(noVerify);
        if (trusting.isEmpty()) {
            throw new BadConfigException(NO_VERIFY + " must be true or false, not \"" + noVerify + "\"");
        }
        List<Stamp> stamps = new ArrayList<>();
        Optional<Path> certificate = file(config, CERTIFICATE, stamps);
        Optional<Path> key = file(config, KEY, stamps);
        Optional<Path> roots = file(config, ROOTS, stamps);
        if (certificate.isPresent() != key.isPresent()) {
            throw new BadConfigException(CERTIFICATE + " and " + KEY + " belong together: "
                    + (key.isPresent() ? CERTIFICATE : KEY) + " is missing");
        }
        boolean chosen = !noVerify.isEmpty() || certificate.isPresent() || roots.isPresent();
        return new CallTls(chosen, !trusting.get(), certificate, key, roots, stamps);
    }

    private static Optional<Path> file(Map<String, String> config, String name, List<Stamp> stamps)
            throws BadConfigException {
        String text = config.getOrDefault(name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path file = Path.of(text);
            stamps.add(new Stamp(Files.size(file), Files.getLastModifiedTime(file)));
            if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
                throw new BadConfigException(name + " " + text + ": is no file that the node can read");
            }
            return Optional.of(file);
        } catch (IOException | InvalidPathException e) {
            throw new BadConfigException(name + " " + text + ": is no file that the node can read");
        }
    }

    /** Whether these are the JDK's defaults: its authorities, and no certificate of ours. */
    public boolean isDefault() {
        return verify && certificate.isEmpty() && roots.isEmpty();
    }

    /** What is shown to the other side. @throws BadConfigException if a file cannot be used */
    public Optional<KeyManager> identity() throws BadConfigException {
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Pem.identity(certificate.get(), key.orElseThrow()));
        } catch (IOException e) {
            throw new BadConfigException(CERTIFICATE + ", " + KEY + ": " + e.getMessage());
        }
    }

    /** Who is believed; empty for the JDK's authorities. @throws BadConfigException if the file cannot be used */
    public Optional<TrustManager> trust() throws BadConfigException {
        if (!verify) {
            return Optional.of(new Everybody());
        }
        if (roots.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Pem.trust(roots.get()));
        } catch (IOException e) {
            throw new BadConfigException(ROOTS + ": " + e.getMessage());
        }
    }

    /** Both, for the JDK's clients. @throws BadConfigException if a file cannot be used */
    public SSLContext context() throws BadConfigException {
        KeyManager[] identity = identity().stream().toArray(KeyManager[]::new);
        TrustManager[] trust = trust().stream().toArray(TrustManager[]::new);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity, trust.length == 0 ? null : trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new BadConfigException("TLS: " + e.getMessage());
        }
    }

    /** Asked for by {@code tlsNoVerifyPeer}. An extended one, since the JDK adds checks of the name to all others. */
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
