package io.dkron.connectors.consul;

import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** TLS as the files of a request say. */
final class ConsulTls {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] IN_MEMORY = new char[0];

    private ConsulTls() {}

    /** @throws StoreException naming the file that cannot be used */
    static SSLContext context(StoreRequest.Tls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own(tls), trusted(tls), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new StoreException("consul: no TLS: " + e.getMessage(), e);
        }
    }

    /** No managers mean the platform's. */
    private static TrustManager[] trusted(StoreRequest.Tls tls) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, IN_MEMORY);
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (tls.caFile().isEmpty()) {
            factory.init((KeyStore) null); // the platform's
            return factory.getTrustManagers();
        }
        int number = 0;
        for (Certificate certificate : certificates(Path.of(tls.caFile()))) {
            store.setCertificateEntry("ca" + number++, certificate);
        }
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] own(StoreRequest.Tls tls) throws IOException, GeneralSecurityException {
        if (tls.certFile().isEmpty()) {
            return new KeyManager[0];
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, IN_MEMORY);
        store.setKeyEntry(
                "own",
                key(Path.of(tls.keyFile())),
                IN_MEMORY,
                certificates(Path.of(tls.certFile())).toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return factory.getKeyManagers();
    }

    private static List<Certificate> certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            List<Certificate> found =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (found.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return found;
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException(file + " is no readable PEM file of certificates (" + e.getMessage() + ")", e);
        }
    }

    private static PrivateKey key(Path file) throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read (" + e.getMessage() + ")", e);
        }
        Matcher block = KEY.matcher(text);
        if (block.find()) {
            PKCS8EncodedKeySpec spec =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
            for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(spec);
                } catch (GeneralSecurityException e) {
                    // Of another kind: the file does not say which.
                }
            }
        }
        throw new IOException(file + " holds no private key in PEM form, PKCS #8 and without a password; change it by:"
                + " openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }
}
