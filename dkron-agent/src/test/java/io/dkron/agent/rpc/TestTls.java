package io.dkron.agent.rpc;

import io.dkron.agent.pem.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
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
        KeyManager[] keys = {Pem.identity(FILES.resolve("node.pem"), FILES.resolve("node.key"))};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, null, null);
        return context.getServerSocketFactory().createServerSocket(0, 9, InetAddress.getLoopbackAddress());
    }
}
