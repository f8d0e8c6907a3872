package io.dkron.connectors.zookeeper;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.util.Set;

/** Opens ZooKeeper, one server or an ensemble. {@code zk} is its name in Dkron 1.x. */
public final class ZooKeeperConnector implements Connector {
    @Override
    public Set<String> names() {
        return Set.of("zk", "zookeeper");
    }

    @Override
    public StoreClient open(StoreRequest request) {
        return ZooKeeperStore.open(request);
    }
}
