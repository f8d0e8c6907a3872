package io.dkron.connectors.redis;

import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Against the client with one command that sets all keys at once. */
class RedisStoreBenchmark extends StoreBenchmark {
    @Override
    protected String backend() {
        return "redis";
    }

    @Override
    protected Optional<StoreServer> server() {
        return Optional.of(RedisServer.plain());
    }

    @Override
    protected StoreClient open(String machine) {
        return new RedisConnector().open(StoreRequest.of("redis", List.of(machine), "dkron", Duration.ofSeconds(10)));
    }

    @Override
    protected Step plain(String machine) {
        RedisClient client = RedisClient.create(RedisURI.create("redis://" + machine));
        StatefulRedisConnection<String, byte[]> connection =
                client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        return new Step() {
            @Override
            public void put(Map<String, byte[]> records) {
                connection.sync().mset(records);
            }

            @Override
            public void close() {
                connection.close();
                client.shutdown();
            }
        };
    }
}
