package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** The servers that a request names, and how the driver reaches them. Immutable. */
final class Server {
    /** The server ends a statement this long after its client gave it up: a client is never told of that end. */
    private static final Duration AFTER_CLIENT = Duration.ofSeconds(5);

    private static final Driver DRIVER = new Driver();

    private final Machines machines;
    private final String url;
    private final Properties properties;

    /** @throws StoreException when what the request says of machines or files is wrong */
    Server(StoreRequest request) {
        machines = Machines.parse(request.machines());
        StringBuilder hosts = new StringBuilder();
        for (int i = 0; i < machines.hosts().size(); i++) {
            hosts.append(i == 0 ? "" : ",")
                    .append(machines.hosts().get(i))
                    .append(':')
                    .append(machines.ports().get(i));
        }
        url = "jdbc:postgresql://" + hosts + "/" + URLEncoder.encode(machines.database(), StandardCharsets.UTF_8);
        properties = properties(request, machines.hosts().size());
    }

    Machines machines() {
        return machines;
    }

    /** Opens a connection. */
    Connection connect(Deadline deadline) throws SQLException {
        Properties all = new Properties();
        all.putAll(properties);
        PGProperty.LOGIN_TIMEOUT.set(
                all, String.format(Locale.ROOT, "%.3f", deadline.left().toMillis() / 1000.0));
        return DRIVER.connect(url, all);
    }

    /** Connections with the timeouts that whole seconds allow. */
    DataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        try {
            for (String name : properties.stringPropertyNames()) {
                source.setProperty(name, properties.getProperty(name));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e); // these are the driver's own names
        }
        return source;
    }

    private static Properties properties(StoreRequest request, int machines) {
        Properties p = new Properties();
        if (!request.username().isEmpty()) {
            PGProperty.USER.set(p, request.username());
        }
        if (!request.password().isEmpty()) {
            PGProperty.PASSWORD.set(p, request.password());
        }
        PGProperty.APPLICATION_NAME.set(p, "dkron " + request.keyspace());
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(
                p, Integer.toString(ServerCheck.OLDEST_MAJOR)); // saves the first statement of a connection
        if (machines > 1) {
            PGProperty.TARGET_SERVER_TYPE.set(p, "primary"); // a standby shows an older state (protocol P15)
        }
        PGProperty.TCP_KEEP_ALIVE.set(p, true);
        long patience = request.timeout().plus(AFTER_CLIENT).toMillis();
        PGProperty.OPTIONS.set(
                p, "-c statement_timeout=" + patience + " -c idle_in_transaction_session_timeout=" + patience);
        int seconds = (int) Math.max(1, request.timeout().toSeconds()); // the driver knows whole ones only
        PGProperty.CONNECT_TIMEOUT.set(p, Math.max(1, seconds / machines)); // a dead one leaves time for the next
        PGProperty.SOCKET_TIMEOUT.set(p, seconds);
        secure(p, request.tls());
        return p;
    }

    private static void secure(Properties p, StoreRequest.Tls tls) {
        if (!tls.on()) {
            PGProperty.SSL_MODE.set(p, "disable");
            return;
        }
        PGProperty.SSL_MODE.set(p, "verify-full");
        if (tls.caFile().isEmpty()) {
            if (!tls.certFile().isEmpty()) {
                throw new StoreException("cert-file: needs trusted-ca-file beside it, the certificates by which the"
                        + " database is trusted");
            }
            PGProperty.SSL_FACTORY.set(p, "org.postgresql.ssl.DefaultJavaSSLFactory"); // the platform's certificates
            return;
        }
        PGProperty.SSL_ROOT_CERT.set(p, readable("trusted-ca-file", tls.caFile()));
        if (!tls.certFile().isEmpty()) {
            PGProperty.SSL_CERT.set(p, readable("cert-file", tls.certFile()));
            PGProperty.SSL_KEY.set(p, readable("key-file", tls.keyFile()));
            PGProperty.PEM_KEY_ALGORITHM.set(p, KeyFile.algorithm(Path.of(tls.keyFile())));
        }
    }

    private static String readable(String setting, String file) {
        if (file.isEmpty() || !Files.isReadable(Path.of(file))) {
            throw new StoreException(setting + ": \"" + file + "\" cannot be read");
        }
        return file;
    }
}
