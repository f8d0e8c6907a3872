package io.dkron.connectors.redis;

import io.dkron.core.store.GuardedServer;
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

    /** With less memory than it uses it is full. */
    @Override
    public GuardedServer guarded() {
        RedisServer server = new RedisServer("redis-guarded", true, "--requirepass", "right-secret");
        server.start();
        return new GuardedServer(
                server,
                new GuardedServer.Login("", "right-secret"),
                new GuardedServer.Login("", "wrong"),
                () -> server.askAs("right-secret", "CONFIG SET maxmemory 1"),
                () -> server.askAs("right-secret", "CONFIG SET maxmemory 0"));
    }
}
