package io.dkron.connectors.redis;

import io.dkron.core.store.StoreException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The session in use. One that broke is replaced at the next call, after a pause that grows from {@link #FIRST_PAUSE_NANOS}
 * to {@link #LONGEST_PAUSE_NANOS} while nobody can be reached. Safe for use by many threads.
 */
final class Sessions implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Sessions.class.getName());
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Dialer dialer;
    private final Topology topology;
    private final Machines machines;
    private final String keyspace;
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile Optional<Session> current = Optional.empty();
    private volatile boolean closed;

    // guarded by connecting
    private List<String> told = List.of();
    private String failure = "";
    private long pause = FIRST_PAUSE_NANOS;
    private long notBefore = System.nanoTime();

    Sessions(Dialer dialer, Machines machines, String keyspace) {
        this.dialer = dialer;
        this.topology = new Topology(dialer, machines, keyspace);
        this.machines = machines;
        this.keyspace = keyspace;
    }

    /** @throws StoreException when there is none and none can be had in time */
    Session get(Deadline deadline) {
        Optional<Session> known = current.filter(Session::isOpen);
        return known.isPresent() ? known.get() : opened(deadline);
    }

    private Session opened(Deadline deadline) {
        lock(deadline);
        try {
            Optional<Session> known = current.filter(Session::isOpen);
            if (known.isPresent()) {
                return known.get();
            }
            if (closed) {
                throw new StoreException("redis " + machines + ": the store is closed");
            }
            if (System.nanoTime() - notBefore < 0) {
                throw new StoreException(failure);
            }
            return replaced(deadline);
        } finally {
            connecting.unlock();
        }
    }

    private void lock(Deadline deadline) {
        try {
            if (!connecting.tryLock(deadline.left(), TimeUnit.NANOSECONDS)) {
                throw new StoreException("redis " + machines + ": no connection in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while connecting to redis " + machines, e);
        }
    }

    private Session replaced(Deadline deadline) {
        current.ifPresent(Session::close);
        current = Optional.empty();
        try {
            Session session = connect(deadline);
            current = Optional.of(session);
            if (closed) { // meanwhile
                session.close();
            }
            pause = FIRST_PAUSE_NANOS;
            tell(session);
            return session;
        } catch (StoreException e) {
            failure = e.getMessage();
            notBefore = System.nanoTime() + pause;
            pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
            throw e;
        }
    }

    private Session connect(Deadline deadline) {
        Topology.Master master = topology.locate(deadline);
        boolean clustered = master.kind() == Topology.Kind.CLUSTER;
        return Session.open(
                dialer, master, new KeyForm(keyspace, clustered), clustered ? 0 : machines.database(), deadline);
    }

    private void tell(Session session) {
        LOG.log(System.Logger.Level.INFO, "store connected redis={0}", session.address());
        if (!session.weaknesses().equals(told)) {
            told = session.weaknesses();
            told.forEach(weakness -> LOG.log(
                    System.Logger.Level.WARNING, "store weak redis={0} reason={1}", session.address(), weakness));
        }
    }

    /** Gives up a session on which a call failed, so that the next call looks for the master anew. */
    void discard(Session session) {
        session.close();
    }

    @Override
    public void close() {
        closed = true;
        current.ifPresent(Session::close);
        dialer.close();
    }
}
