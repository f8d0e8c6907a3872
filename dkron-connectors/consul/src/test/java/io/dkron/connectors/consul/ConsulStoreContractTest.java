package io.dkron.connectors.consul;

import io.dkron.core.store.Batch;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Page;
import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreContract;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class ConsulStoreContractTest extends StoreContract {
    private static Optional<ConsulServer> server = Optional.empty();
    private static String machine = "";

    private StoreClient store;

    @BeforeAll
    static void startServer() {
        Optional<String> running = ServerProcess.running("CONSUL");
        if (running.isEmpty()) {
            server = Optional.of(new ConsulServer());
            server.get().start();
        }
        machine = running.orElseGet(() -> server.orElseThrow().machine());
    }

    @AfterAll
    static void endServer() {
        server.ifPresent(ConsulServer::close);
    }

    @BeforeEach
    void open() {
        store = opened();
        Page page;
        do {
            page = store.list("", "", store.limits().operations());
            Batch batch = new Batch();
            page.entries().stream().map(Entry::key).forEach(batch::delete);
            committed(batch);
        } while (page.more());
    }

    private static StoreClient opened() {
        return new ConsulConnector().open(ConsulServer.request(List.of(machine), "dkron", "", Duration.ofSeconds(10)));
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
        store = opened();
        return true;
    }
}
