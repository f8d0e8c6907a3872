package io.dkron.connectors.zookeeper;

import io.dkron.core.store.ServerProcess;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreContract;
import io.dkron.core.store.StoreRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Against {@code DKRON_TEST_ZK}, all of whose nodes are removed, where that is set. */
class ZooKeeperStoreContractTest extends StoreContract {
    private static Optional<ZooKeeperServer> server = Optional.empty();
    private static String machine = "";

    private ZooKeeperStore store;

    @BeforeAll
    static void start() {
        Optional<String> running = ServerProcess.running("ZK");
        if (running.isEmpty()) {
            server = Optional.of(ZooKeeperServer.plain());
            server.get().start();
        }
        machine = running.orElseGet(() -> server.orElseThrow().machine());
    }

    @AfterAll
    static void end() {
        server.ifPresent(ZooKeeperServer::close);
    }

    @BeforeEach
    void open() throws Exception {
        try (Raw raw = new Raw(machine)) {
            raw.removeAll();
        }
        store = ZooKeeperStore.open(request());
    }

    private static StoreRequest request() {
        return StoreRequest.of("zk", List.of(machine), "dkron", Duration.ofSeconds(10));
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
        store = ZooKeeperStore.open(request());
        return true;
    }
}
