package io.dkron.connectors.redis;

import io.dkron.core.store.StoreException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Future;
import java.util.function.Function;

/** A Lua script beside this class. Safe for use by many threads. */
final class Script {
    private final byte[] source;

    Script(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new StoreException("redis: " + name + " is missing from the connector; install it again");
            }
            source = in.readAllBytes();
        } catch (IOException e) {
            throw new StoreException("redis: " + name + " of the connector cannot be read; install it again", e);
        }
    }

    /** Runs it by its digest: the server has it once {@link #load} was called, until it starts again or is told to forget. */
    <R> Function<RedisAsyncCommands<byte[], byte[]>, Future<R>> run(
            ScriptOutputType type, byte[][] keys, byte[][] arguments) {
        return redis -> redis.evalsha(redis.digest(source), type, keys, arguments);
    }

    /** Lets the server learn it. */
    Future<String> load(RedisAsyncCommands<byte[], byte[]> redis) {
        return redis.scriptLoad(source);
    }
}
