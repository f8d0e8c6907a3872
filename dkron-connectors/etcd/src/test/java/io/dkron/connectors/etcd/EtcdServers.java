package io.dkron.connectors.etcd;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;

/** Servers of this backend, as it is installed. */
public final class EtcdServers implements StoreServerSource {
    @Override
    public String backend() {
        return "etcd";
    }

    @Override
    public StoreServer create() {
        return new EtcdServer();
    }
}
