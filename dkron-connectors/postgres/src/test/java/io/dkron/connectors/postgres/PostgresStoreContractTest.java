package io.dkron.connectors.postgres;

import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreContract;
import io.dkron.core.store.StoreRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresStoreContractTest extends StoreContract {
    /** {@code host:port/database}, where the tables of Dkron are emptied; the user stands in {@code PGUSER}. */
    private static final Optional<String> RUNNING = ServerProcess.running("POSTGRES");

    private static Optional<PostgresServer> server = Optional.empty();
    private static String machine = "";

    private StoreClient store;

    @BeforeAll
    static void startServer() {
        if (RUNNING.isEmpty()) {
            PostgresServer own = PostgresServer.create();
            server = Optional.of(own);
            own.start();
        }
        machine = RUNNING.orElseGet(() -> server.orElseThrow().machine());
    }

    @AfterAll
    static void endServer() {
        server.ifPresent(PostgresServer::close);
    }

    @BeforeEach
    void open() throws SQLException {
        store = new PostgresConnector().open(request(machine));
        try (var connection = new Server(request(machine)).source().getConnection()) {
            connection.createStatement().execute("truncate dkron_entry");
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected boolean reopen() {
        store.close();
        store = new PostgresConnector().open(request(machine));
        return true;
    }

    private static StoreRequest request(String machine) {
        return new StoreRequest(
                "postgres",
                List.of(machine),
                "dkron",
                user(),
                password(),
                StoreRequest.Tls.OFF,
                "",
                "",
                "",
                true,
                Duration.ofSeconds(10));
    }

    private static String user() {
        return Optional.ofNullable(System.getenv("PGUSER")).orElse("dkron");
    }

    private static String password() {
        return Optional.ofNullable(System.getenv("PGPASSWORD")).orElse("");
    }
}
