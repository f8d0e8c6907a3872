package io.dkron.connectors.postgres;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;

/**
 * A table of PostgreSQL. Reads are Hibernate's, without a session cache, at READ COMMITTED on the primary. A commit is one
 * call of the function {@code dkron_commit} (see {@code V2__commit.sql} and {@code V3__commit_of_few.sql}), one statement that is its own transaction: one
 * trip to the server, no lock that waits for this client, and an answer that either came, and tells all, or was lost. The
 * version of a key is the number of the commit that put it.
 *
 * <p>A commit in whose way another one stood (serialization failure, deadlock) runs again until the timeout. Safe for use by
 * many threads.
 */
final class PostgresStore implements StoreClient {
    private static final System.Logger LOG = System.getLogger(PostgresStore.class.getName());

    /** What memory of a server with a heap of 256 MB bears many times over; the database bears more. */
    private static final Limits LIMITS = new Limits(10_000, 16 << 20, 8 << 20);

    /** Up to so many keys plans that fit every number are faster than plans that are made for this one. */
    private static final int FEW = 250;

    private static final String COMMIT = commit("dkron_commit");
    private static final String COMMIT_FEW = commit("dkron_commit_few");
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private final Connections connections;
    private final SessionFactory sessions;
    private final Failures failures;
    private final Duration timeout;
    private final String degraded;

    private PostgresStore(
            Connections connections, SessionFactory sessions, Failures failures, Duration timeout, String degraded) {
        this.connections = connections;
        this.sessions = sessions;
        this.failures = failures;
        this.timeout = timeout;
        this.degraded = degraded;
    }

    /**
     * Opens the store and brings its tables up to date.
     *
     * @throws StoreException when the database cannot be reached, or is none that can be used: which, why, what to do
     */
    static PostgresStore open(StoreRequest request) {
        Server server = new Server(request);
        Failures failures = new Failures(server.machines());
        Connections connections = new Connections(server);
        try {
            return connections.use(Deadline.in(request.timeout()), connection -> {
                ServerCheck check = ServerCheck.of(connection, failures);
                String schema = new Schema(server.source()).migrate(connection, failures);
                LOG.log(
                        System.Logger.Level.INFO,
                        "store opened database={0} server={1} schema={2}",
                        server.machines(),
                        check.version(),
                        schema);
                return new PostgresStore(
                        connections, Sessions.factory(), failures, request.timeout(), check.degraded());
            });
        } catch (SQLException e) {
            connections.close();
            throw failures.exception("cannot be opened", e);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        KeyRange.checked(key);
        return reading(session -> Optional.ofNullable(session.get(StoredEntry.class, key)))
                .map(StoredEntry::toEntry);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        List<Entry> found = reading(session -> Listing.read(session, prefix, after, limit + 1L));
        boolean more = found.size() > limit;
        return new Page(more ? found.subList(0, limit) : found, more);
    }

    @Override
    public CommitResult commit(Batch batch) {
        batch.expected().keySet().forEach(KeyRange::checked);
        batch.writes().keySet().forEach(KeyRange::checked);
        Deadline deadline = Deadline.in(timeout);
        Optional<CommitResult> result = tryCommit(batch, deadline);
        while (result.isEmpty()) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
            result = tryCommit(batch, deadline);
        }
        return result.get();
    }

    /** @return empty when another commit stood in the way, and there is time to try again */
    private Optional<CommitResult> tryCommit(Batch batch, Deadline deadline) {
        Connection connection;
        try {
            connection = connections.take(deadline);
        } catch (SQLException | IllegalStateException e) {
            return Optional.of(new CommitResult.Failed(away(e)));
        }
        boolean usable = false;
        try (StatelessSession session = sessions.openStatelessSession(connection)) {
            CommitResult result = call(session, batch, deadline).result();
            usable = true;
            return Optional.of(result);
        } catch (RuntimeException e) {
            Optional<SQLException> answer = Failures.sql(e).filter(Failures::isAnswer);
            usable = answer.isPresent();
            if (answer.filter(Failures::isToBeRunAgain).isPresent() && !deadline.isOver()) {
                return Optional.empty();
            }
            return Optional.of(
                    usable
                            ? new CommitResult.Failed(failures.text(e))
                            : new CommitResult.Unknown(failures.text(e) + "; the answer to a commit was lost"));
        } finally {
            release(connection, usable);
        }
    }

    private static String commit(String function) {
        return "select refused, actual, version from " + function + "(cast(:expected as text[]),"
                + " cast(:versions as bigint[]), cast(:puts as text[]), cast(:values as bytea[]), cast(:deletes as text[]),"
                + " :patience)";
    }

    private static Verdict call(StatelessSession session, Batch batch, Deadline deadline) {
        List<String> puts = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        List<String> deletes = new ArrayList<>();
        for (Map.Entry<String, Optional<byte[]>> write : batch.writes().entrySet()) {
            write.getValue()
                    .ifPresentOrElse(
                            value -> {
                                puts.add(write.getKey());
                                values.add(value);
                            },
                            () -> deletes.add(write.getKey()));
        }
        boolean few = batch.expected().size() + batch.writes().size() <= FEW;
        return session.createNativeQuery(few ? COMMIT_FEW : COMMIT, Verdict.class)
                .setParameter("expected", batch.expected().keySet().toArray(String[]::new))
                .setParameter("versions", batch.expected().values().toArray(Long[]::new))
                .setParameter("puts", puts.toArray(String[]::new))
                .setParameter("values", values.toArray(byte[][]::new))
                .setParameter("deletes", deletes.toArray(String[]::new))
                .setParameter("patience", (int) deadline.left().toMillis())
                .getSingleResult();
    }

    @Override
    public Health health() {
        try {
            boolean primary = reading(session -> session.createNativeQuery(
                            "select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean",
                            Boolean.class)
                    .getSingleResult());
            return primary
                    ? new Health(true, degraded)
                    : Health.down(failures.text(new SQLException("it takes no commits", "25006")));
        } catch (StoreException e) {
            return Health.down(e.getMessage());
        }
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    /** Reads, and once more on another connection when one that lay in the pool turns out to be gone. */
    private <R> R reading(Function<StatelessSession, R> read) {
        Deadline deadline = Deadline.in(timeout);
        try {
            return read(read, deadline);
        } catch (StoreException e) {
            if (Failures.sql(e).isEmpty() || !Failures.isConnectionGone(e) || deadline.isOver()) {
                throw e;
            }
            return read(read, deadline);
        }
    }

    private <R> R read(Function<StatelessSession, R> read, Deadline deadline) {
        Connection connection;
        try {
            connection = connections.take(deadline);
        } catch (SQLException | IllegalStateException e) {
            throw new StoreException(away(e), e);
        }
        boolean usable = false;
        try (StatelessSession session = sessions.openStatelessSession(connection)) {
            R result = read.apply(session);
            usable = true;
            return result;
        } catch (RuntimeException e) {
            usable = !Failures.isConnectionGone(e);
            throw failures.exception("cannot be read", e);
        } finally {
            release(connection, usable);
        }
    }

    private void release(Connection connection, boolean usable) {
        if (usable) {
            connections.giveBack(connection);
        } else {
            connections.drop(connection);
        }
    }

    private String away(Exception e) {
        return connections.isClosed() ? failures.text(new IllegalStateException("closed")) : failures.text(e);
    }

    /** Calls that run end by their timeout. */
    @Override
    public void close() {
        connections.close();
    }
}
