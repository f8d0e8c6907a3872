package io.dkron.connectors.etcd;

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

class EtcdStoreContractTest extends StoreContract {
    private static Optional<EtcdServer> server = Optional.empty();
    private static String machine = "";

    private StoreClient store;

    @BeforeAll
    static void startServer() {
        Optional<String> running = ServerProcess.running("ETCD");
        if (running.isEmpty()) {
            server = Optional.of(new EtcdServer());
            server.get().start();
        }
        machine = running.orElseGet(() -> server.orElseThrow().machine());
    }

    @AfterAll
    static void endServer() {
        server.ifPresent(EtcdServer::close);
    }

    @BeforeEach
    void open() {
        store = new EtcdConnector().open(EtcdServer.request(List.of(machine), "dkron", Duration.ofSeconds(10)));
        wipe();
    }

    private void wipe() {
        Page page;
        do {
            page = store.list("", "", 128);
            Batch batch = new Batch();
            page.entries().stream().map(Entry::key).forEach(batch::delete);
            committed(batch);
        } while (page.more());
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
        store = new EtcdConnector().open(EtcdServer.request(List.of(machine), "dkron", Duration.ofSeconds(10)));
        return true;
    }
}
