package io.dkron.connectors.redis;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;

/** Servers of this backend, as it is installed. */
public final class RedisServers implements StoreServerSource {
    @Override
    public String backend() {
        return "redis";
    }

    @Override
    public StoreServer create() {
        return RedisServer.plain();
    }
}
