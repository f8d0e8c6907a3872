package io.dkron.connectors.dynamodb;

import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreContract;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class DynamoStoreContractTest extends StoreContract {
    /** URL of an endpoint, where tables are created and deleted; credentials are any. */
    private static final Optional<String> RUNNING = ServerProcess.running("DYNAMODB");

    private static Optional<MotoServer> server = Optional.empty();

    private StoreRequest request;
    private StoreClient store;

    @BeforeAll
    static void startServer() {
        if (RUNNING.isEmpty()) {
            MotoServer own = new MotoServer();
            server = Optional.of(own);
            own.start();
        }
    }

    @AfterAll
    static void endServer() {
        server.ifPresent(MotoServer::close);
    }

    @BeforeEach
    void open() {
        String machine = RUNNING.orElseGet(() -> server.orElseThrow().machine());
        request = Requests.of(List.of(machine), "contract-" + UUID.randomUUID(), Duration.ofSeconds(10));
        store = new DynamoConnector().open(request);
    }

    @AfterEach
    void close() {
        store.close();
        try (DynamoDbClient client = Client.of(request)) {
            client.deleteTable(table -> table.tableName(request.keyspace()));
            client.deleteTable(table -> table.tableName(request.keyspace() + ".keys"));
        }
    }

    @Override
    protected Store store() {
        return store;
    }

    @Override
    protected boolean reopen() {
        store.close();
        store = new DynamoConnector().open(request);
        return true;
    }
}
