package io.dkron.connectors.redis;

import io.dkron.core.store.StoreBenchmark;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Against the client with one command that sets all keys at once. */
class RedisStoreBenchmark extends StoreBenchmark {
    private static final RedisServer SERVER = RedisServer.plain();

    @BeforeAll
    static void start() {
        SERVER.start();
    }

    @AfterAll
    static void end() {
        SERVER.close();
    }

    @Override
    protected String backend() {
        return "redis";
    }

    @Override
    protected StoreClient open() {
        return new RedisConnector()
                .open(StoreRequest.of("redis", List.of(SERVER.machine()), "dkron", Duration.ofSeconds(10)));
    }

    @Override
    protected Step plain() {
        RedisClient client = RedisClient.create(RedisURI.create("redis://" + SERVER.machine()));
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
