package io.dkron.connectors.postgres;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
    protected Optional<Guarded> guarded(String keyspace) throws Exception {
        PostgresServer server = PostgresServer.create();
        server.start();
        server.execute("create role guarded login password 'opensesame'");
        server.execute("grant all on schema public to guarded");
        server.write("pg_hba.conf", "host all guarded all scram-sha-256\nhost all dkron all trust\n");
        server.execute("select pg_reload_conf()");
        return Optional.of(new Guarded(
                server,
                request(List.of(server.machine()), keyspace, "guarded", "opensesame", TIMEOUT),
                request(List.of(server.machine()), keyspace, "guarded", "wrong-one", TIMEOUT)));
    }

    static StoreRequest request(
            List<String> machines, String keyspace, String username, String password, Duration timeout) {
        return new StoreRequest(
                "postgres", machines, keyspace, username, password, StoreRequest.Tls.OFF, "", "", "", true, timeout);
    }
}
