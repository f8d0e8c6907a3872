package io.dkron.connectors.zookeeper;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Jobs and executions in ZooKeeper, in the form of Dkron 1.x: a node a key. A commit is one {@code multi}; the version of a
 * key is the transaction that last wrote its node. A commit is sent straight away where what it needs is remembered, else
 * after a read. One that ZooKeeper refused because others came between is sent again; one whose answer is lost is not.
 *
 * <p>A session never sees less than it saw before, whichever server it moves to. A new one begins by a write, after which
 * its server has all that was committed before (protocol P15).
 *
 * <p>Limits: a request to a server may have 1 MiB ({@code jute.maxbuffer}, which must not be set lower); a key may need
 * three times its bytes as a path, so that {@link #limits} are well below. The list of all jobs is one answer: a server with
 * 100,000 of them sends about 3 MB. Safe for use by many threads.
 */
public final class ZooKeeperStore implements StoreClient {
    /** Three times the bytes as paths, and 64 bytes an operation, are below 1 MiB. */
    private static final Limits LIMITS = new Limits(500, 320 << 10, 256 << 10);

    private static final Duration HEALTH = Duration.ofSeconds(2);
    private static final int LARGE = 1_000;
    private static final int ANY = -1;

    /** What Dkron 1.x writes below the keyspace. */
    private static final List<String> FOREIGN = List.of("jobs/", "executions/", "leader", "job_locks/");

    private final Ensemble ensemble;
    private final Duration timeout;
    private final String mark;
    private final String keyspace;
    private final Memory memory = new Memory();
    private final RecentPaths parentsThere = new RecentPaths();
    private final ReentrantLock committing = new ReentrantLock();
    private volatile Optional<ZooKeeper> caughtUp = Optional.empty();
    private volatile Optional<Ensemble.Children> large = Optional.empty();

    private ZooKeeperStore(Ensemble ensemble, String keyspace, Duration timeout) {
        this.ensemble = ensemble;
        this.timeout = timeout;
        this.keyspace = keyspace;
        this.mark = Paths.of(keyspace + "/_dkron") + "/%FFcommits"; // no key has this path: 0xff is no UTF-8
    }

    /**
     * Opens the store; a server that is away shows at the calls.
     *
     * @throws StoreException when the settings have no meaning or a TLS file cannot be read
     */
    public static ZooKeeperStore open(StoreRequest request) {
        Ensemble ensemble = new Ensemble(request, Machines.of(request.machines()));
        return new ZooKeeperStore(ensemble, request.keyspace(), request.timeout());
    }

    @Override
    public Optional<Entry> get(String key) {
        checkKey(key);
        return reading(
                timeout,
                (session, deadline) -> read(session, deadline, List.of(Paths.of(key)))
                        .get(0)
                        .flatMap(node -> node.value().map(value -> new Entry(key, value, node.version()))));
    }

    /** May end a page before its limit where the values are large. */
    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        return reading(
                timeout, (session, deadline) -> new Listing(source(session, deadline), prefix, after).page(limit));
    }

    private Listing.Source source(ZooKeeper session, Deadline deadline) {
        return new Listing.Source() {
            @Override
            public List<String> segments(String tree) throws CallFailed {
                return children(session, deadline, Paths.ofTree(tree)).stream()
                        .flatMap(name -> Paths.decoded(name, tree.isEmpty()).stream())
                        .toList();
            }

            @Override
            public List<Optional<Node>> nodes(List<String> keys) throws CallFailed {
                return read(session, deadline, keys.stream().map(Paths::of).toList());
            }
        };
    }

    /** The newest large list is kept: page after page needs it, and it is sent whole each time. */
    private List<String> children(ZooKeeper session, Deadline deadline, String path) throws CallFailed {
        Optional<Ensemble.Children> known =
                large.filter(children -> children.path().equals(path));
        if (known.isPresent()) {
            Optional<Stat> now = asked(deadline, ensemble.stat(session, path));
            if (now.isPresent() && now.get().getPzxid() == known.get().changed()) {
                return known.get().names();
            }
        }
        Optional<Ensemble.Children> found = asked(deadline, ensemble.children(session, path));
        if (found.isPresent() && found.get().names().size() > LARGE) {
            large = found;
        }
        return found.map(Ensemble.Children::names).orElse(List.of());
    }

    private List<Optional<Node>> read(ZooKeeper session, Deadline deadline, List<String> paths) throws CallFailed {
        List<CompletableFuture<Optional<Node>>> asked =
                paths.stream().map(path -> ensemble.node(session, path)).toList();
        List<Optional<Node>> nodes = new ArrayList<>(paths.size());
        for (CompletableFuture<Optional<Node>> one : asked) {
            nodes.add(asked(deadline, one));
        }
        return nodes;
    }

    @Override
    public CommitResult commit(Batch batch) {
        batch.expected().keySet().forEach(ZooKeeperStore::checkKey);
        batch.writes().keySet().forEach(ZooKeeperStore::checkKey);
        Commit commit = new Commit(batch);
        Deadline deadline = Deadline.in(timeout);
        try {
            ZooKeeper session = session(deadline);
            Optional<CommitResult> guessed = guessed(session, commit, deadline);
            return guessed.isPresent() ? guessed.get() : read(commit, deadline);
        } catch (CallFailed e) { // before anything of the batch was sent
            return new CommitResult.Failed(e.getMessage() + "; nothing was written");
        }
    }

    /** @return empty where it has to be read what is there */
    private Optional<CommitResult> guessed(ZooKeeper session, Commit commit, Deadline deadline) throws CallFailed {
        Optional<Integer> markVersion = memory.mark();
        Optional<Map<String, Known>> nodes = commit.guess(memory::get, this::isOurs);
        if (nodes.isEmpty()) {
            return Optional.empty();
        }
        if (!commit.needsMark(nodes.get())) {
            return sent(session, commit, nodes.get(), Optional.empty(), deadline);
        }
        if (markVersion.isEmpty() || !committing.tryLock()) {
            return Optional.empty();
        }
        try {
            return markVersion.equals(memory.mark())
                    ? sent(session, commit, nodes.get(), markVersion, deadline)
                    : Optional.empty();
        } finally {
            committing.unlock();
        }
    }

    /**
     * Whether nobody but us writes a key. What Dkron 1.x writes it may also delete and make again, and then the version of
     * a node's data can be what it was.
     */
    private boolean isOurs(String key) {
        return FOREIGN.stream().noneMatch(name -> key.startsWith(keyspace + "/" + name));
    }

    /** Reads and commits, again as long as others come between. */
    private CommitResult read(Commit commit, Deadline deadline) throws CallFailed {
        lock(deadline);
        try {
            boolean sure = false;
            while (!deadline.isOver()) {
                ZooKeeper session = session(deadline);
                int before = mark(session, deadline);
                Map<String, Known> nodes = nodes(session, deadline, commit.paths());
                Optional<CommitResult.Refused> refusal = commit.refusal(nodes);
                if (refusal.isPresent() && sure) {
                    return refusal.get();
                }
                if (refusal.isPresent()) { // this server may be behind
                    asked(deadline, ensemble.sync(session, mark));
                    sure = true;
                    continue;
                }
                Optional<Integer> markVersion = commit.needsMark(nodes) ? Optional.of(before) : Optional.empty();
                Optional<CommitResult> result = sent(session, commit, nodes, markVersion, deadline);
                if (result.isPresent()) {
                    return result.get();
                }
            }
            return new CommitResult.Failed(ensemble + ": other nodes commit all the time; nothing was written");
        } finally {
            committing.unlock();
        }
    }

    private void lock(Deadline deadline) throws CallFailed {
        try {
            if (!committing.tryLock(deadline.left(), TimeUnit.NANOSECONDS)) {
                throw CallFailed.refused(ensemble + ": other commits of this node took too long", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallFailed.refused("interrupted while waiting for other commits of this node", e);
        }
    }

    /** The version of the mark of commits. */
    private int mark(ZooKeeper session, Deadline deadline) throws CallFailed {
        Optional<Stat> found = asked(deadline, ensemble.stat(session, mark));
        if (found.isEmpty() || found.get().getVersion() == ANY) { // deleted; or written four billion times
            catchUp(session, deadline);
            found = asked(deadline, ensemble.stat(session, mark));
        }
        return found.orElseThrow(() -> CallFailed.refused(ensemble + ": somebody deletes " + mark, null))
                .getVersion();
    }

    private Map<String, Known> nodes(ZooKeeper session, Deadline deadline, List<String> paths) throws CallFailed {
        Map<String, Known> nodes = new HashMap<>();
        List<Optional<Node>> found = read(session, deadline, paths);
        for (int i = 0; i < paths.size(); i++) {
            String path = paths.get(i);
            found.get(i).ifPresent(node -> nodes.put(path, Known.of(node)));
        }
        return nodes;
    }

    /** @return empty where what was taken to be there is not */
    private Optional<CommitResult> sent(
            ZooKeeper session,
            Commit commit,
            Map<String, Known> nodes,
            Optional<Integer> markVersion,
            Deadline deadline)
            throws CallFailed {
        List<String> parents = commit.parents(nodes).stream()
                .filter(path -> !parentsThere.contains(path))
                .toList();
        // The server takes the requests of a session in order: nothing need be waited for.
        List<CompletableFuture<Optional<String>>> made =
                parents.stream().map(path -> ensemble.make(session, path)).toList();
        List<Op> operations = commit.operations(nodes, mark, markVersion, ensemble.acl());
        try {
            List<OpResult> results = ensemble.await(deadline, ensemble.multi(session, operations));
            memory.committed(Commit.mark(results), Commit.after(operations, results));
            parentsThere.add(parents);
            return Optional.of(new CommitResult.Committed(Commit.mark(results).getMzxid()));
        } catch (CallFailed e) {
            forget();
            return Optional.of(
                    e.isAnswered()
                            ? new CommitResult.Failed(e.getMessage() + "; nothing was written")
                            : new CommitResult.Unknown(e.getMessage()));
        } catch (KeeperException e) {
            forget();
            return switch (e.code()) {
                case BADVERSION, NONODE, NODEEXISTS, NOTEMPTY -> {
                    for (CompletableFuture<Optional<String>> one : made) {
                        asked(deadline, one);
                    }
                    yield Optional.empty();
                }
                default ->
                    Optional.of(new CommitResult.Failed(ensemble + ": " + e.getMessage() + "; nothing was written"));
            };
        }
    }

    private void forget() {
        memory.forget();
        parentsThere.clear();
    }

    /** A session whose server has all that was committed before this call, or before an earlier call on it. */
    private ZooKeeper session(Deadline deadline) throws CallFailed {
        ZooKeeper session = ensemble.session(deadline);
        if (caughtUp.isEmpty() || caughtUp.get() != session) {
            forget();
            catchUp(session, deadline);
            caughtUp = Optional.of(session);
        }
        return session;
    }

    /** By a write, which a majority must take: it cannot go to a leader that has been replaced, as sync could. */
    private void catchUp(ZooKeeper session, Deadline deadline) throws CallFailed {
        if (asked(deadline, ensemble.write(session, mark, StoredForm.NOTHING)).isPresent()) {
            return;
        }
        List<String> all = new ArrayList<>(Paths.above(mark));
        all.add(mark);
        for (CompletableFuture<Optional<String>> one :
                all.stream().map(path -> ensemble.make(session, path)).toList()) {
            asked(deadline, one);
        }
    }

    @Override
    public Limits limits() {
        return LIMITS;
    }

    @Override
    public Health health() {
        try {
            Duration longest = timeout.compareTo(HEALTH) < 0 ? timeout : HEALTH;
            reading(longest, (session, deadline) -> asked(deadline, ensemble.stat(session, mark)));
            return Health.UP;
        } catch (StoreException e) {
            return Health.down(e.getMessage());
        }
    }

    @Override
    public void close() {
        ensemble.close();
    }

    private interface Reading<R> {
        R read(ZooKeeper session, Deadline deadline) throws CallFailed;
    }

    private <R> R reading(Duration longest, Reading<R> reading) {
        Deadline deadline = Deadline.in(longest);
        try {
            return reading.read(session(deadline), deadline);
        } catch (CallFailed e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    private <R> R asked(Deadline deadline, CompletableFuture<R> answer) throws CallFailed {
        try {
            return ensemble.await(deadline, answer);
        } catch (KeeperException e) {
            throw said(e);
        }
    }

    private CallFailed said(KeeperException e) {
        String what = e.code() == Code.NONODE ? e.getPath() + " is not there" : String.valueOf(e.getMessage());
        return CallFailed.refused(ensemble + ": " + what, e);
    }

    private static void checkKey(String key) {
        Objects.requireNonNull(key, "key");
        boolean text =
                !key.isEmpty() && key.indexOf('\0') < 0 && UTF_8.newEncoder().canEncode(key);
        if (!text) {
            throw new IllegalArgumentException("a key is non-empty text without NUL, not \"" + key + "\"");
        }
    }
}
