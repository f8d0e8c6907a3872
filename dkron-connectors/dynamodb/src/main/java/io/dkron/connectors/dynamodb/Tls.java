package io.dkron.connectors.dynamodb;

import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/** Whom the client trusts. DynamoDB knows callers by their credentials, so there are no client certificates. */
final class Tls {
    private Tls() {}

    /** @throws StoreException when the file of certificates cannot be read */
    static void apply(StoreRequest.Tls tls, UrlConnectionHttpClient.Builder http) {
        if (!tls.certFile().isEmpty()) {
            throw new StoreException(
                    "cert-file: DynamoDB takes no client certificates; use backend-username and" + " backend-password");
        }
        if (!tls.caFile().isEmpty()) {
            TrustManagerFactory trusted = trusted(Path.of(tls.caFile()));
            http.tlsTrustManagersProvider(trusted::getTrustManagers);
        }
    }

    private static TrustManagerFactory trusted(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            if (number == 0) {
                throw new StoreException("trusted-ca-file: " + file + " holds no certificate");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (IOException | GeneralSecurityException e) {
            throw new StoreException("trusted-ca-file: " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
