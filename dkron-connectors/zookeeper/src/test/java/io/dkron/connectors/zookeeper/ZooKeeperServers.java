package io.dkron.connectors.zookeeper;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;

/** Servers of this backend, as it is installed. */
public final class ZooKeeperServers implements StoreServerSource {
    @Override
    public String backend() {
        return "zk";
    }

    @Override
    public StoreServer create() {
        return ZooKeeperServer.plain();
    }
}
