package io.dkron.connectors.redis;

import io.dkron.core.store.Connector;
import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreFaultContract;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import java.util.List;

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
    protected GuardedServer guarded() throws Exception {
        return new RedisServers().guarded();
    }

    /** One server is no cluster: RedisClusterTest and RedisSentinelTest have many machines. */
    @Override
    protected boolean takesManyMachines() {
        return false;
    }
}
