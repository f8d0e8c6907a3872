package io.dkron.core.store;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Which store: the settings of a backend. Equal requests share one client.
 *
 * @param backend its name, {@code embedded} for the default
 * @param machines addresses, empty for the backend's default
 * @param keyspace prefix of all keys
 * @param username empty for none
 * @param password empty for none; never printed
 * @param tls how the connection is secured
 * @param region of the cloud, for stores that have one; empty for the environment's
 * @param endpoint address of the service in place of the region's; empty for that
 * @param dataDir the node's data directory, for the embedded store
 * @param fsync whether the embedded store forces each commit to disk
 * @param timeout longest wait of a call
 */
public record StoreRequest(
        String backend,
        List<String> machines,
        String keyspace,
        String username,
        String password,
        Tls tls,
        String region,
        String endpoint,
        String dataDir,
        boolean fsync,
        Duration timeout) {
    public StoreRequest {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(keyspace, "keyspace");
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(tls, "tls");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(dataDir, "dataDir");
        Objects.requireNonNull(timeout, "timeout");
        machines = List.copyOf(machines);
    }

    /**
     * How a connection is secured. Files are PEM; a path is empty for none.
     *
     * @param on whether to speak TLS
     * @param caFile certificates that are trusted instead of the platform's
     * @param certFile this node's certificate, for stores that ask for one
     * @param keyFile the certificate's key
     */
    public record Tls(boolean on, String caFile, String certFile, String keyFile) {
        /** Plain text. */
        public static final Tls OFF = new Tls(false, "", "", "");

        public Tls {
            Objects.requireNonNull(caFile, "caFile");
            Objects.requireNonNull(certFile, "certFile");
            Objects.requireNonNull(keyFile, "keyFile");
        }
    }

    /** Of that backend with all else as the backend has it by default. */
    public static StoreRequest of(String backend, List<String> machines, String keyspace, Duration timeout) {
        return new StoreRequest(backend, machines, keyspace, "", "", Tls.OFF, "", "", "", true, timeout);
    }

    @Override
    public String toString() {
        return "StoreRequest[" + backend + " " + machines + " keyspace=" + keyspace + "]";
    }
}
