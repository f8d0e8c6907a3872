package io.dkron.ejb.raft;

import static org.awaitility.Awaitility.await;

import io.dkron.core.store.Store;
import io.dkron.core.store.StoreContract;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of all stores, on a group of one. */
class ReplicatedStoreContractTest extends StoreContract {
    @TempDir
    Path folder;

    private TestServer server;

    @BeforeEach
    void open() {
        server = new TestServer("one", folder, TestPeers.nobody()).start();
        await().atMost(20, TimeUnit.SECONDS).until(server::leads);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Override
    protected Store store() {
        return server.store();
    }

    @Override
    protected boolean reopen() {
        server.stop();
        server.start();
        await().atMost(20, TimeUnit.SECONDS).until(server::leads);
        return true;
    }
}
