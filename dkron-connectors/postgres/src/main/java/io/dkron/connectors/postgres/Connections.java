package io.dkron.connectors.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A few connections, shared by all callers. Who finds none opens one himself, within his own deadline: so what hinders him
 * is told at once and as it is, several open at a time, and nothing runs in the background. Above the bound callers wait.
 * (Known pools open one after the other on a thread of theirs and tell of a server that is away only after the timeout.)
 * Safe for use by many threads.
 */
final class Connections implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Connections.class.getName());

    /** Above what one leader and the readers of an API use at a time; each costs the server a process. */
    private static final int MOST = 10;

    /** A connection used so lately is taken for alive; others are asked. */
    private static final Duration SURELY_ALIVE = Duration.ofMillis(500);

    private static final int ASK_SECONDS = 1;

    /** After which a connection is replaced, so that a change of addresses behind a name is noticed. */
    private static final Duration LIFETIME = Duration.ofMinutes(30);

    private static final class Pooled {
        final Connection connection;
        final long opened = System.nanoTime();
        long used = opened;

        Pooled(Connection connection) {
            this.connection = connection;
        }
    }

    private final Server server;
    private final Semaphore permits = new Semaphore(MOST, true);

    // guarded by this
    private final List<Pooled> idle = new ArrayList<>();
    private final Set<Pooled> taken = new HashSet<>();
    private boolean closed;

    Connections(Server server) {
        this.server = server;
    }

    /** A connection that belongs to the caller until {@link #giveBack} or {@link #drop}; its answers are waited for as long. */
    Connection take(Deadline deadline) throws SQLException {
        acquire(deadline);
        Optional<Pooled> found = Optional.empty();
        try {
            found = alive();
            if (found.isEmpty()) {
                found = Optional.of(new Pooled(server.connect(deadline)));
            }
            Pooled pooled = found.get();
            pooled.connection.setNetworkTimeout(
                    Runnable::run, (int) deadline.left().toMillis());
            if (!register(pooled)) {
                close(pooled);
                throw new SQLException("closed");
            }
            return pooled.connection;
        } catch (SQLException | RuntimeException e) {
            found.ifPresent(Connections::close);
            permits.release();
            throw e;
        }
    }

    /** What is done with a connection. */
    interface Work<R> {
        R on(Connection connection) throws SQLException;
    }

    /** Takes a connection for that work alone. */
    <R> R use(Deadline deadline, Work<R> work) throws SQLException {
        Connection connection = take(deadline);
        boolean usable = false;
        try {
            R result = work.on(connection);
            usable = true;
            return result;
        } finally {
            if (usable) {
                giveBack(connection);
            } else {
                drop(connection);
            }
        }
    }

    private void acquire(Deadline deadline) throws SQLException {
        try {
            if (!permits.tryAcquire(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SQLException("all " + MOST + " connections were in use for the whole of the timeout");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while it waited for a connection", e);
        }
        if (isClosed()) {
            permits.release();
            throw new SQLException("closed");
        }
    }

    /** One that lay idle and answers. When one does not, the others are not asked one by one. */
    private Optional<Pooled> alive() {
        Optional<Pooled> next = poll();
        while (next.isPresent() && isOlder(next.get().opened, LIFETIME)) {
            close(next.get());
            next = poll();
        }
        if (next.isEmpty() || !isOlder(next.get().used, SURELY_ALIVE) || answers(next.get())) {
            return next;
        }
        close(next.get());
        clear();
        return Optional.empty();
    }

    private synchronized Optional<Pooled> poll() {
        return idle.isEmpty() ? Optional.empty() : Optional.of(idle.remove(idle.size() - 1));
    }

    private synchronized boolean register(Pooled pooled) {
        return !closed && taken.add(pooled);
    }

    private static boolean isOlder(long nanos, Duration age) {
        return System.nanoTime() - nanos > age.toNanos();
    }

    private static boolean answers(Pooled pooled) {
        try {
            return pooled.connection.isValid(ASK_SECONDS);
        } catch (SQLException e) {
            LOG.log(System.Logger.Level.DEBUG, "connection left the pool", e);
            return false;
        }
    }

    void giveBack(Connection connection) {
        end(connection, pooled -> {
            pooled.used = System.nanoTime();
            return !closed && idle.add(pooled);
        });
    }

    /** One that failed is not used again; nor are those that lie idle, since most likely all went the same way. */
    void drop(Connection connection) {
        end(connection, pooled -> false);
        clear();
    }

    private void end(Connection connection, Predicate<Pooled> keep) {
        Pooled pooled;
        boolean kept;
        synchronized (this) {
            pooled = taken.stream()
                    .filter(one -> one.connection == connection)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("this connection is not taken"));
            taken.remove(pooled);
            kept = keep.test(pooled);
        }
        if (!kept) {
            close(pooled);
        }
        permits.release();
    }

    private void clear() {
        List<Pooled> all;
        synchronized (this) {
            all = List.copyOf(idle);
            idle.clear();
        }
        all.forEach(Connections::close);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Cuts all connections: calls that run fail. */
    @Override
    public void close() {
        List<Pooled> running;
        synchronized (this) {
            closed = true;
            running = List.copyOf(taken);
        }
        clear();
        for (Pooled pooled : running) {
            try {
                pooled.connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.log(System.Logger.Level.DEBUG, "connection not cut", e);
            }
        }
    }

    private static void close(Pooled pooled) {
        try {
            pooled.connection.close();
        } catch (SQLException e) { // it was broken, and is gone either way
            LOG.log(System.Logger.Level.DEBUG, "connection not closed cleanly", e);
        }
    }
}
