package io.dkron.connectors.consul;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;

/** Servers of this backend, as it is installed. */
public final class ConsulServers implements StoreServerSource {
    @Override
    public String backend() {
        return "consul";
    }

    @Override
    public StoreServer create() {
        return new ConsulServer();
    }
}
