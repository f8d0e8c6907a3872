package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import java.util.List;

/** Servers of this backend, as it is installed. */
public final class PostgresServers implements StoreServerSource {
    @Override
    public String backend() {
        return "postgres";
    }

    @Override
    public StoreServer create() {
        return PostgresServer.create();
    }

    @Override
    public List<String> flags() {
        return List.of("--backend-username=dkron");
    }
}
