package io.dkron.connectors.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.function.Function;

/** What another program does with a database. */
final class Raw {
    private static final RedisClient CLIENT = RedisClient.create(); // its threads end with the JVM

    private Raw() {}

    /** Calls commands on a connection of their own. */
    static <R> R with(String machine, Function<RedisCommands<String, String>, R> commands) {
        try (StatefulRedisConnection<String, String> connection =
                CLIENT.connect(RedisURI.create("redis://" + machine))) {
            return commands.apply(connection.sync());
        }
    }

    static void flush(String machine) {
        with(machine, redis -> redis.flushdb());
    }
}
