package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.StoreException;
import io.lettuce.core.KeyScanArgs;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps the index of keys complete. Our own commits keep it themselves; what another program writes, above all a Dkron 1.x
 * on the same keyspace, is found by walking over the database: before the first list, then when the number of keys
 * that are not in the index has changed, and every {@link #WHOLE_WALK} whatever it is. Keys that went are dropped from the
 * index by the list that meets them.
 */
final class Index implements AutoCloseable {
    /** How often the numbers are compared. */
    static final Duration LOOK = Duration.ofSeconds(10);

    static final Duration WHOLE_WALK = Duration.ofMinutes(10);

    private static final System.Logger LOG = System.getLogger(Index.class.getName());
    private static final int PORTION = 1_000;
    /** At most this part of the time is spent walking. */
    private static final int REST = 20;

    private final Sessions sessions;
    private final Duration timeout;
    private final ScheduledThreadPoolExecutor looking;

    private final ReentrantLock walking = new ReentrantLock();
    private volatile boolean complete;

    // guarded by walking
    private Optional<Address> walked = Optional.empty();
    private long others;
    private long lastWalk;
    private long lastTook;

    Index(Sessions sessions, Duration timeout) {
        this.sessions = sessions;
        this.timeout = timeout;
        this.looking = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "dkron-redis-index");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins to look, now and then.
     *
     * @param every how often the numbers are compared
     */
    void start(Duration every) {
        looking.scheduleWithFixedDelay(this::look, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Sees that the index was completed once before it is read.
     *
     * @throws StoreException when the database cannot be read
     */
    void complete(Session session, Deadline deadline) {
        if (complete) {
            return;
        }
        try {
            if (!walking.tryLock(deadline.left(), TimeUnit.NANOSECONDS)) {
                throw new StoreException("redis " + session.address() + ": keys are being indexed; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while keys of redis " + session.address() + " are indexed", e);
        }
        try {
            if (!complete) {
                walk(session);
            }
        } finally {
            walking.unlock();
        }
    }

    private void look() {
        walking.lock();
        try {
            compare();
        } finally {
            walking.unlock();
        }
    }

    private void compare() {
        try {
            Session session = sessions.get(Deadline.in(timeout));
            long now = System.nanoTime();
            boolean due = now - lastWalk > WHOLE_WALK.toNanos() || !walked.equals(Optional.of(session.address()));
            if ((due || others(session) != others) && now - lastWalk > lastTook * REST) {
                walk(session);
            }
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "store index not looked at", e); // who reads or commits is told
        } catch (RuntimeException e) { // the next look must come
            LOG.log(System.Logger.Level.WARNING, "store index not looked at", e);
        }
    }

    /** Keys of the database that are not in the index. */
    private long others(Session session) {
        return asked(session, link -> {
            Deadline deadline = Deadline.in(timeout);
            return link.call(deadline, redis -> redis.dbsize())
                    - link.call(deadline, redis -> redis.zcard(session.keys().index()));
        });
    }

    private void walk(Session session) {
        long start = System.nanoTime();
        long left = others(session);
        KeyScanArgs portion = KeyScanArgs.Builder.type("string");
        ((ScanArgs) portion).limit(PORTION).match(session.keys().pattern());
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            ScanCursor from = cursor;
            KeyScanCursor<byte[]> found =
                    asked(session, link -> link.call(Deadline.in(timeout), redis -> redis.scan(from, portion)));
            left -= asked(session, link -> add(link, session.keys(), found.getKeys()));
            cursor = found;
        } while (!cursor.isFinished());
        lastWalk = System.nanoTime();
        lastTook = lastWalk - start;
        others = left; // what came meanwhile may have been missed; then the next look finds another number
        walked = Optional.of(session.address());
        complete = true;
    }

    /** Only what is missing is written: a server that takes no writes can still be read. */
    private long add(Link link, KeyForm keys, List<byte[]> found) throws CallFailed {
        byte[][] members = found.stream()
                .flatMap(key -> keys.key(key).stream())
                .map(key -> key.getBytes(UTF_8))
                .toArray(byte[][]::new);
        if (members.length == 0) {
            return 0;
        }
        List<Double> scores = link.call(Deadline.in(timeout), redis -> redis.zmscore(keys.index(), members));
        List<Object> missing = new ArrayList<>();
        for (int i = 0; i < members.length; i++) {
            if (scores.get(i) == null) {
                missing.add(0.0);
                missing.add(members[i]);
            }
        }
        return missing.isEmpty()
                ? 0
                : link.call(Deadline.in(timeout), redis -> redis.zadd(keys.index(), missing.toArray()));
    }

    private interface Question<R> {
        R ask(Link link) throws CallFailed;
    }

    private <R> R asked(Session session, Question<R> question) {
        try {
            return question.ask(session.reads());
        } catch (CallFailed e) {
            if (!e.isAnswered()) {
                sessions.discard(session);
            }
            throw new StoreException("redis " + session.address() + ": keys cannot be listed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
