package io.dkron.connectors.redis;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;
import java.util.Optional;

class RedisFaultTest extends StoreFaultContract {
    @Override
    protected StoreServer newServer() {
        return RedisServer.plain();
    }

    @Override
    protected Connector connector() {
        return new RedisConnector();
    }

    @Override
    protected StoreRequest request(List<String> machines, String keyspace) {
        return StoreRequest.of("redis", machines, keyspace, TIMEOUT);
    }

    @Override
    protected Optional<Guarded> guarded(String keyspace) {
        RedisServer server = new RedisServer("redis-guarded", true, "--requirepass", "right-secret");
        server.start();
        return Optional.of(
                new Guarded(server, with(server, keyspace, "right-secret"), with(server, keyspace, "wrong")));
    }

    private static StoreRequest with(RedisServer server, String keyspace, String password) {
        return new StoreRequest(
                "redis",
                List.of(server.machine()),
                keyspace,
                "",
                password,
                StoreRequest.Tls.OFF,
                "",
                "",
                "",
                true,
                TIMEOUT);
    }

    /** One server is no cluster: RedisClusterTest and RedisSentinelTest have many machines. */
    @Override
    protected boolean takesManyMachines() {
        return false;
    }
}
