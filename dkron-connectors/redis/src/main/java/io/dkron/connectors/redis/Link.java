package io.dkron.connectors.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * One connection. It is never opened again: when it breaks, all that waits for an answer fails, and nothing is sent twice.
 * Safe for use by many threads.
 */
final class Link implements AutoCloseable {
    private final Address address;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final AtomicBoolean closed = new AtomicBoolean();

    Link(Address address, StatefulRedisConnection<byte[], byte[]> connection) {
        this.address = address;
        this.connection = connection;
    }

    Address address() {
        return address;
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /** Sends a command and waits for its answer. */
    <R> R call(Deadline deadline, Function<RedisAsyncCommands<byte[], byte[]>, ? extends Future<R>> command)
            throws CallFailed {
        return await(deadline, send(command));
    }

    <R> Future<R> send(Function<RedisAsyncCommands<byte[], byte[]>, ? extends Future<R>> command) {
        return command.apply(connection.async());
    }

    <R> R await(Deadline deadline, Future<R> answer) throws CallFailed {
        try {
            return answer.get(deadline.left(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw CallFailed.unanswered("redis " + address + " did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallFailed.unanswered("interrupted while redis " + address + " was asked", e);
        } catch (CancellationException e) {
            throw CallFailed.unanswered("the connection to redis " + address + " was closed", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RedisCommandExecutionException) {
                throw CallFailed.refused(String.valueOf(cause.getMessage()), cause);
            }
            throw CallFailed.unanswered("the connection to redis " + address + " broke: " + cause.getMessage(), cause);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            connection.closeAsync();
        }
    }
}
