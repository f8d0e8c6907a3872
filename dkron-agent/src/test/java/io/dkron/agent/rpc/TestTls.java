package io.dkron.agent.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server on loopback with a certificate for it. */
public final class TestTls {
    private static final Path FILES = Path.of("src/test/resources/tls");

    private TestTls() {}

    /** What clients trust. */
    public static Path authority() {
        return FILES.resolve("ca.pem").toAbsolutePath();
    }

    public static ServerSocket server() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        X509Certificate[] chain = Pem.certificates(FILES.resolve("node.pem")).toArray(X509Certificate[]::new);
        store.setKeyEntry("node", Pem.key(FILES.resolve("node.key")), new char[0], chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getServerSocketFactory().createServerSocket(0, 9, InetAddress.getLoopbackAddress());
    }
}
