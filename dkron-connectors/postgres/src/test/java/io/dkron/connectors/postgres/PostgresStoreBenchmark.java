package io.dkron.connectors.postgres;

import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Against the driver with a transaction of inserts sent together. */
class PostgresStoreBenchmark extends StoreBenchmark {
    @Override
    protected String backend() {
        return "postgres";
    }

    @Override
    protected Optional<StoreServer> server() {
        return Optional.of(PostgresServer.create());
    }

    private static StoreRequest request(String machine) {
        return new StoreRequest(
                "postgres",
                List.of(machine),
                "dkron",
                "dkron",
                "",
                StoreRequest.Tls.OFF,
                "",
                "",
                "",
                true,
                Duration.ofSeconds(10));
    }

    @Override
    protected StoreClient open(String machine) {
        return new PostgresConnector().open(request(machine));
    }

    @Override
    protected Step plain(String machine) throws SQLException {
        Connection connection = new Server(request(machine)).source().getConnection();
        connection.createStatement().execute("create table plain (key text primary key, value bytea not null)");
        connection.setAutoCommit(false);
        PreparedStatement insert = connection.prepareStatement(
                "insert into plain values (?, ?) on conflict (key) do update set value = excluded.value");
        return new Step() {
            @Override
            public void put(Map<String, byte[]> records) throws SQLException {
                for (Map.Entry<String, byte[]> record : records.entrySet()) {
                    insert.setString(1, record.getKey());
                    insert.setBytes(2, record.getValue());
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
            }

            @Override
            public void close() throws SQLException {
                connection.close();
            }
        };
    }
}
