package io.dkron.connectors.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.Batch;
import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;
import java.util.Optional;

class ZooKeeperFaultTest extends StoreFaultContract {
    @Override
    protected StoreServer newServer() {
        return ZooKeeperServer.plain();
    }

    @Override
    protected Connector connector() {
        return new ZooKeeperConnector();
    }

    @Override
    protected StoreRequest request(List<String> machines, String keyspace) {
        return StoreRequest.of("zk", machines, keyspace, TIMEOUT);
    }

    /** ZooKeeper lets everybody in; who comes first owns the nodes. */
    @Override
    protected Optional<Guarded> guarded(String keyspace) {
        ZooKeeperServer server = new ZooKeeperServer("zookeeper-guarded", true, "");
        server.start();
        StoreRequest right = with(server, keyspace, "right-secret");
        try (StoreClient owner = connector().open(right)) {
            owner.commit(new Batch().put(keyspace + "/jobs/owned", "x".getBytes(UTF_8)));
        }
        return Optional.of(new Guarded(server, right, with(server, keyspace, "other-word")));
    }

    private static StoreRequest with(ZooKeeperServer server, String keyspace, String password) {
        return new StoreRequest(
                "zk",
                List.of(server.machine()),
                keyspace,
                "dkron",
                password,
                StoreRequest.Tls.OFF,
                "",
                "",
                "",
                true,
                TIMEOUT);
    }
}
