package io.dkron.connectors.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.StoreRequest;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs and executions in Redis, in the form of Dkron 1.x. A commit is one script, which Redis runs alone and logs as one
 * transaction; an index orders the keys; reads always ask the master. Versions are microseconds since 1970 by the server's
 * clock, always rising, and never used again even when the data go back in time (protocol P14), unless the clock does too.
 *
 * <p>No command is sent twice: an unanswered commit is {@link CommitResult.Unknown}, and its connection is given up.
 *
 * <p>Behind Sentinel and in a cluster each commit waits until a replica has it, but not for ever: a fail-over may still
 * lose the last writes. Safe for use by many threads.
 */
public final class RedisStore implements StoreClient {
    /** A script's time and a reply's size grow with these; the server's own limit of a value is 512 MB. */
    private static final Limits LIMITS = new Limits(10_000, 32 << 20, 8 << 20);

    private static final int PAGE_BYTES = 8 << 20;
    private static final byte[] NOTHING = {};

    private final Machines machines;
    private final Duration timeout;
    private final Sessions sessions;
    private final Index index;
    private final Replicas replicas;

    private RedisStore(Machines machines, Duration timeout, Sessions sessions) {
        this.machines = machines;
        this.timeout = timeout;
        this.sessions = sessions;
        this.index = new Index(sessions, timeout);
        this.replicas = new Replicas(timeout);
    }

    /**
     * Opens the store; what is wrong with the server shows at the calls.
     *
     * @throws StoreException when the settings have no meaning or a TLS file cannot be read
     */
    public static RedisStore open(StoreRequest request) {
        return open(request, Index.LOOK);
    }

    /** @param look how often to look for what other programs wrote */
    static RedisStore open(StoreRequest request, Duration look) {
        Machines machines = Machines.of(request.machines());
        Dialer dialer = new Dialer(request, machines.tls());
        RedisStore store =
                new RedisStore(machines, request.timeout(), new Sessions(dialer, machines, request.keyspace()));
        store.index.start(look);
        return store;
    }

    @Override
    public Optional<Entry> get(String key) {
        checkKey(key);
        return reading((session, deadline) -> {
            KeyForm keys = session.keys();
            byte[][] places =
                    keys.plain() ? new byte[][] {keys.real(key), key.getBytes(UTF_8)} : new byte[][] {keys.real(key)};
            List<KeyValue<byte[], byte[]>> found = session.reads().call(deadline, redis -> redis.mget(places));
            return found.stream()
                    .filter(KeyValue::hasValue)
                    .findFirst()
                    .map(value -> StoredForm.read(key, value.getValue()));
        });
    }

    /** May end a page before its limit where the values are large. */
    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        byte[][] bounds = bounds(prefix, after);
        return reading((session, deadline) -> {
            index.complete(session, deadline);
            KeyForm keys = session.keys();
            byte[][] arguments = {
                keys.prefix().getBytes(UTF_8), form(keys), bounds[0], bounds[1], number(limit), number(PAGE_BYTES)
            };
            List<Object> answer = session.reads()
                    .call(deadline, Scripts.LIST.run(ScriptOutputType.MULTI, new byte[][] {keys.index()}, arguments));
            List<Entry> entries = new ArrayList<>();
            for (int i = 1; i < answer.size(); i += 2) {
                entries.add(StoredForm.read(Topology.text(answer.get(i)), (byte[]) answer.get(i + 1)));
            }
            return new Page(entries, Topology.text(answer.get(0)).equals("1"));
        });
    }

    /** No byte of UTF-8 is 0xff: it ends whatever begins with the prefix. */
    private static byte[][] bounds(String prefix, String after) {
        byte[] start = prefix.getBytes(UTF_8);
        byte[] last = after.getBytes(UTF_8);
        boolean excluding = Arrays.compareUnsigned(last, start) >= 0;
        byte[] from = excluding ? joined("(", last, NOTHING) : joined("[", start, NOTHING);
        byte[] to = joined("(", start, new byte[] {(byte) 0xff});
        return new byte[][] {after.isEmpty() && prefix.isEmpty() ? "-".getBytes(UTF_8) : from, to};
    }

    private static byte[] joined(String first, byte[] second, byte[] third) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first.getBytes(UTF_8));
        all.writeBytes(second);
        all.writeBytes(third);
        return all.toByteArray();
    }

    @Override
    public CommitResult commit(Batch batch) {
        batch.expected().keySet().forEach(RedisStore::checkKey);
        batch.writes().keySet().forEach(RedisStore::checkKey);
        Deadline deadline = Deadline.in(timeout);
        Session session;
        try {
            session = sessions.get(deadline);
        } catch (StoreException e) {
            return new CommitResult.Failed(e.getMessage());
        }
        return commit(session, batch, deadline);
    }

    private CommitResult commit(Session session, Batch batch, Deadline deadline) {
        KeyForm keys = session.keys();
        Set<String> all = new LinkedHashSet<>(batch.expected().keySet());
        all.addAll(batch.writes().keySet());
        List<String> names = List.copyOf(all);
        List<byte[]> places = new ArrayList<>(List.of(keys.index(), keys.counter()));
        List<byte[]> arguments = new ArrayList<>(List.of(number(keys.prefix().getBytes(UTF_8).length), form(keys)));
        for (String name : names) {
            places.add(keys.real(name));
            arguments.add(Optional.ofNullable(batch.expected().get(name))
                    .map(RedisStore::number)
                    .orElse(NOTHING));
            Optional<byte[]> written = batch.writes().getOrDefault(name, Optional.empty());
            boolean writes = batch.writes().containsKey(name);
            arguments.add((written.isPresent() ? "put" : writes ? "delete" : "").getBytes(UTF_8));
            arguments.add(written.map(value -> StoredForm.head(name, value)).orElse(NOTHING));
        }
        try {
            List<Object> answer = replicas.commit(
                    session,
                    Scripts.COMMIT.run(
                            ScriptOutputType.MULTI, places.toArray(byte[][]::new), arguments.toArray(byte[][]::new)),
                    deadline);
            return result(session, names, answer);
        } catch (CallFailed e) {
            giveUp(session, e);
            String what = "redis " + session.address() + ": " + e.getMessage();
            return e.isAnswered()
                    ? new CommitResult.Failed(what + hint(e) + "; nothing was written")
                    : new CommitResult.Unknown(what);
        }
    }

    private CommitResult result(Session session, List<String> names, List<Object> answer) {
        String second = Topology.text(answer.get(1));
        return switch (Topology.text(answer.get(0))) {
            case "committed" -> new CommitResult.Committed(Long.parseLong(second));
            case "refused" ->
                new CommitResult.Refused(
                        names.get(Integer.parseInt(second) - 1), Long.parseLong(Topology.text(answer.get(2))));
            default ->
                new CommitResult.Unknown("redis " + session.address() + ": failed in the middle of a batch: " + second);
        };
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public Health health() {
        try {
            return reading((session, deadline) -> {
                session.reads().call(deadline, redis -> redis.ping());
                List<String> weak = new ArrayList<>(session.weaknesses());
                replicas.lag().ifPresent(weak::add);
                return weak.isEmpty()
                        ? Health.UP
                        : new Health(true, "redis " + session.address() + ": " + String.join("; ", weak));
            });
        } catch (StoreException e) {
            return Health.down(e.getMessage());
        }
    }

    @Override
    public void close() {
        index.close();
        sessions.close();
    }

    private interface Reading<R> {
        R read(Session session, Deadline deadline) throws CallFailed;
    }

    private <R> R reading(Reading<R> reading) {
        Deadline deadline = Deadline.in(timeout);
        Session session = sessions.get(deadline);
        try {
            return reading.read(session, deadline);
        } catch (CallFailed e) {
            giveUp(session, e);
            throw new StoreException("redis " + session.address() + ": " + e.getMessage() + hint(e), e);
        }
    }

    /** Gives the session up where the next call should look for the master anew. */
    private void giveUp(Session session, CallFailed failure) {
        if (!failure.isAnswered() || MOVED.stream().anyMatch(failure::is)) {
            sessions.discard(session);
        }
    }

    /** What a server says that is no longer the one to ask, or that has forgotten the scripts. */
    private static final List<String> MOVED = List.of("MOVED", "READONLY", "NOSCRIPT", "MASTERDOWN", "NOAUTH");

    private static String hint(CallFailed failure) {
        if (failure.is("OOM")) {
            return "; raise maxmemory or make room";
        }
        if (failure.is("MISCONF")) {
            return "; make room on its disk";
        }
        return failure.is("NOREPLICAS") ? "; start its replicas" : "";
    }

    private static byte[] number(long number) {
        return Long.toString(number).getBytes(UTF_8);
    }

    private static byte[] form(KeyForm keys) {
        return (keys.plain() ? "plain" : "").getBytes(UTF_8);
    }

    private static void checkKey(String key) {
        boolean text = !key.isEmpty()
                && key.indexOf('\0') < 0
                && StandardCharsets.UTF_8.newEncoder().canEncode(key);
        if (!text) {
            throw new IllegalArgumentException("a key is non-empty text without NUL, not \"" + key + "\"");
        }
    }

    @Override
    public String toString() {
        return "redis " + machines;
    }
}
