package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The private key of a client certificate. */
final class KeyFile {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    private KeyFile() {}

    /**
     * The algorithm of a key in PEM, which the driver wants to be told.
     *
     * @throws StoreException when the file holds none that can be used, never with the key
     */
    static String algorithm(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new StoreException("key-file: " + file + " cannot be read: " + e.getMessage(), e);
        }
        Matcher key = KEY.matcher(text);
        if (!key.find()) {
            throw new StoreException("key-file: " + file + " holds no key in PKCS #8 without a password; change it by:"
                    + " openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1)));
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                return algorithm;
            } catch (GeneralSecurityException e) {
                // Of another kind: the file does not say which.
            }
        }
        throw new StoreException("key-file: " + file + " holds a key of an unknown kind; RSA, EC and EdDSA are known");
    }
}
