package io.dkron.connectors.postgres;

import io.dkron.core.store.Connector;
import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.time.Duration;
import java.util.List;

class PostgresStoreFaultTest extends StoreFaultContract {
    @Override
    protected StoreServer newServer() {
        return PostgresServer.create();
    }

    @Override
    protected Connector connector() {
        return new PostgresConnector();
    }

    @Override
    protected StoreRequest request(List<String> machines, String keyspace) {
        return request(machines, keyspace, "dkron", "", TIMEOUT);
    }

    @Override
    protected GuardedServer guarded() throws Exception {
        return new PostgresServers().guarded();
    }

    static StoreRequest request(
            List<String> machines, String keyspace, String username, String password, Duration timeout) {
        return new StoreRequest(
                "postgres", machines, keyspace, username, password, StoreRequest.Tls.OFF, "", "", "", true, timeout);
    }
}
