package io.dkron.connectors.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.function.Function;

/** What another program does with a database. */
final class Raw {
    private Raw() {}

    /** Calls commands on a connection of their own. */
    static <R> R with(String machine, Function<RedisCommands<String, String>, R> commands) {
        RedisClient client = RedisClient.create("redis://" + machine);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            return commands.apply(connection.sync());
        } finally {
            client.shutdown();
        }
    }

    static void flush(String machine) {
        with(machine, redis -> redis.flushdb());
    }
}
