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
 * @param tls whether to speak TLS
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
        boolean tls,
        String dataDir,
        boolean fsync,
        Duration timeout) {
    public StoreRequest {
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(keyspace, "keyspace");
        Objects.requireNonNull(username, "username");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(dataDir, "dataDir");
        Objects.requireNonNull(timeout, "timeout");
        machines = List.copyOf(machines);
    }

    @Override
    public String toString() {
        return "StoreRequest[" + backend + " " + machines + " keyspace=" + keyspace + "]";
    }
}
