package io.dkron.agent.pem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Certificates and keys as PEM files hold them. */
public final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private Pem() {}

    /** The certificates of a file, at least one, in its order. @throws IOException saying what is wrong with the file */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> found =
                    factory.generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file))).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (found.isEmpty()) {
                throw new IOException(file + ": holds no certificate");
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": is no PEM file of certificates: " + e.getMessage(), e);
        }
    }

    /**
     * The private key of a file: PKCS #8, PKCS #1 or SEC 1, not encrypted.
     *
     * @throws IOException saying what is wrong, never with the key
     */
    public static PrivateKey key(Path file) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (block.find()) {
            byte[] encoded = Base64.getMimeDecoder().decode(block.group(2));
            switch (block.group(1)) {
                case "PRIVATE KEY":
                    return key(file, encoded);
                case "RSA PRIVATE KEY":
                    return key(file, OldKeys.rsa(encoded));
                case "EC PRIVATE KEY":
                    try {
                        return key(file, OldKeys.curve(encoded));
                    } catch (IOException e) {
                        throw unusable(file, block.group(1), e.getMessage());
                    }
                default:
                    if (block.group(1).endsWith("PRIVATE KEY")) {
                        throw unusable(file, block.group(1), "which cannot be read");
                    }
            }
        }
        throw new IOException(file + ": holds no private key in PEM form, or an encrypted one");
    }

    private static IOException unusable(Path file, String kind, String why) {
        return new IOException(file + ": holds \"" + kind + "\", " + why
                + "; change it by: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
    }

    private static PrivateKey key(Path file, byte[] encoded) throws IOException {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                // Of another kind: the file does not say which.
            }
        }
        throw new IOException(file + ": holds a private key of an unknown kind; RSA, EC and EdDSA are known");
    }

    /** Shows these certificates, with this key. @throws IOException saying what is wrong with a file */
    public static X509ExtendedKeyManager identity(Path certificate, Path key) throws IOException {
        X509Certificate[] chain = certificates(certificate).toArray(X509Certificate[]::new);
        PrivateKey secret = key(key);
        char[] none = new char[0];
        try {
            KeyStore store = empty();
            store.setKeyEntry("node", secret, none, chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, none);
            for (KeyManager each : factory.getKeyManagers()) {
                if (each instanceof X509ExtendedKeyManager found) {
                    return found;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(certificate + " with " + key + ": " + e.getMessage(), e);
        }
        throw new IOException("this JDK has no X.509 key manager");
    }

    /** Believes whom these authorities have certified. @throws IOException saying what is wrong with the file */
    public static X509ExtendedTrustManager trust(Path authorities) throws IOException {
        List<X509Certificate> certificates = certificates(authorities);
        try {
            KeyStore store = empty();
            int number = 0;
            for (X509Certificate each : certificates) {
                store.setCertificateEntry("ca" + number++, each);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            for (TrustManager each : factory.getTrustManagers()) {
                if (each instanceof X509ExtendedTrustManager found) {
                    return found;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(authorities + ": " + e.getMessage(), e);
        }
        throw new IOException("this JDK has no X.509 trust manager");
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
