package io.dkron.connectors.zookeeper;

import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;
import org.apache.zookeeper.common.ZKConfig;

/**
 * The settings of one client; nothing of them is a system property, which all clients of the process would share. The
 * library wants certificate and key in one file: it is made beside, for its owner alone, and removed with the client.
 */
final class ClientSettings implements AutoCloseable {
    /** Answers that list the children of a node may be large; values are limited by the server. */
    private static final int LARGEST_ANSWER = 256 << 20;

    private final ZKClientConfig config = new ZKClientConfig();
    private Optional<Path> identity = Optional.empty();

    /** @throws StoreException when a TLS file cannot be read */
    ClientSettings(StoreRequest.Tls tls, boolean secure) {
        config.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(LARGEST_ANSWER));
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        if (secure) {
            secure(tls);
        }
    }

    private void secure(StoreRequest.Tls tls) {
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        try (ClientX509Util names = new ClientX509Util()) {
            if (!tls.caFile().isEmpty()) {
                config.setProperty(
                        names.getSslTruststoreLocationProperty(),
                        readable(tls.caFile()).toString());
                config.setProperty(names.getSslTruststoreTypeProperty(), "PEM");
            }
            if (!tls.certFile().isEmpty()) {
                config.setProperty(
                        names.getSslKeystoreLocationProperty(), identity(tls).toString());
                config.setProperty(names.getSslKeystoreTypeProperty(), "PEM");
            }
        }
    }

    private Path identity(StoreRequest.Tls tls) {
        Path certificate = readable(tls.certFile());
        Path key = readable(tls.keyFile());
        try {
            Path joined = Files.createTempFile(
                    "dkron-zookeeper-",
                    ".pem",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            identity = Optional.of(joined);
            joined.toFile().deleteOnExit();
            Files.writeString(joined, Files.readString(key) + "\n" + Files.readString(certificate));
            return joined;
        } catch (IOException e) {
            throw new StoreException(
                    "zookeeper: " + certificate + " and " + key + " cannot be joined in the temporary directory", e);
        }
    }

    private static Path readable(String file) {
        Path path = Path.of(file);
        if (!Files.isReadable(path)) {
            throw new StoreException("zookeeper: the TLS file \"" + file + "\" cannot be read");
        }
        return path.toAbsolutePath();
    }

    ZKClientConfig config() {
        return config;
    }

    @Override
    public void close() {
        identity.ifPresent(file -> file.toFile().delete());
    }
}
