package io.dkron.connectors.postgres;

import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import java.sql.SQLException;
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

    /** Transactions that are read-only unless they say otherwise, as those of a standby always are. */
    @Override
    public GuardedServer guarded() throws Exception {
        PostgresServer server = PostgresServer.create();
        server.start();
        server.execute("create role guarded login password 'opensesame'");
        server.execute("grant all on schema public to guarded");
        server.write("pg_hba.conf", "host all guarded all scram-sha-256\nhost all dkron all trust\n");
        server.execute("select pg_reload_conf()");
        return new GuardedServer(
                server,
                new GuardedServer.Login("guarded", "opensesame"),
                new GuardedServer.Login("guarded", "wrong-one"),
                () -> readOnly(server, "on"),
                () -> readOnly(server, "off"));
    }

    private static void readOnly(PostgresServer server, String value) throws SQLException {
        server.execute("alter system set default_transaction_read_only = " + value);
        server.execute("select pg_reload_conf()");
    }

    @Override
    public List<String> flags() {
        return List.of("--backend-username=dkron");
    }
}
