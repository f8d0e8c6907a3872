package io.dkron.connectors.zookeeper;

import io.dkron.core.store.Connector;
import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;

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

    @Override
    protected GuardedServer guarded() throws Exception {
        return new ZooKeeperServers().guarded();
    }
}
