package io.dkron.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreContract;
import io.dkron.core.store.StoreRequest;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

    /** Written in every order, so that two of them could wait for each other. */
    @Test
    void f49EighteenClientsOnTheSameKeysGetTheirTurnWithoutALockThatTimesOut() throws Exception {
        int clients = 18;
        ExecutorService pool = Executors.newFixedThreadPool(clients);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                Random order = new Random(client);
                ends.add(pool.submit(() -> {
                    List<String> keys = new ArrayList<>(List.of("a", "b", "c", "d", "e", "f"));
                    for (int i = 0; i < 20; i++) {
                        Collections.shuffle(keys, order);
                        Batch batch = new Batch();
                        keys.forEach(key -> batch.put("shared/" + key, key.getBytes(StandardCharsets.UTF_8)));
                        assertThat(store.commit(batch)).isInstanceOf(CommitResult.Committed.class);
                    }
                }));
            }
            for (Future<?> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(store.list("shared/", "", 10).entries()).hasSize(6);
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
