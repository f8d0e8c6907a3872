package io.dkron.connectors.redis;

import io.dkron.core.store.Connector;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.util.Set;

/** Opens Redis: standalone, watched by Sentinel, or a cluster; which of them, the machines themselves say. */
public final class RedisConnector implements Connector {
    @Override
    public Set<String> names() {
        return Set.of("redis");
    }

    @Override
    public StoreClient open(StoreRequest request) {
        return RedisStore.open(request);
    }
}
