package io.dkron.connectors.embedded;

import io.dkron.connectors.embedded.GroupCommit.Pending;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.Page;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * An ordered file on this machine. Each batch is applied as the next index, which is kept in its transaction; callers that
 * commit at the same time share one disk commit, each with its own preconditions and result. The version of a key is the
 * index of the batch that put it, so no version is ever used twice.
 *
 * <p>When the disk fails, nothing of the group in hand is kept, the file is opened again and the store goes on as soon as
 * the disk does. Only a failure to force is final: what the disk then holds cannot be known before a restart.
 *
 * <p>Safe for use by many threads. The file belongs to one process at a time.
 */
public final class EmbeddedStore implements LocalStore, StoreClient {
    private static final System.Logger LOG = System.getLogger(EmbeddedStore.class.getName());
    private static final long TELL_EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long FORCE_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private final StoreDirectory directory;
    private final boolean fsync;
    private final GroupCommit commits;
    private final Object opening = new Object();
    private final Object writing = new Object();
    private volatile StoreFile file;
    private volatile String broken = "";
    private volatile boolean closed;
    private String told = "";
    private long toldAt;
    private long lastForce = System.nanoTime();

    private EmbeddedStore(StoreDirectory directory, boolean fsync, Duration longestWait) {
        this.directory = directory;
        this.fsync = fsync;
        this.commits = new GroupCommit(this::write, longestWait);
    }

    /**
     * Opens the store of a directory, or begins one where there is none.
     *
     * @param folder created, for its owner alone, when it does not exist
     * @param fsync whether each commit is on the disk before it is acknowledged; without, the last second may be lost with
     *     the machine, but never with the process
     * @param longestWait after which a commit that waits for others fails
     * @throws StoreException when it is in use, damaged or cannot be written: which file, and what to do
     */
    public static EmbeddedStore open(Path folder, boolean fsync, Duration longestWait) {
        EmbeddedStore store = new EmbeddedStore(new StoreDirectory(folder), fsync, longestWait);
        store.file = store.directory.open();
        LOG.log(
                System.Logger.Level.INFO,
                "store opened file={0} applied={1} bytes={2}",
                store.directory.file(),
                Long.toString(store.applied()),
                Long.toString(store.file.size()));
        return store;
    }

    @Override
    public Optional<Entry> get(String key) {
        checkKey(key);
        return reading(f -> f.get(key)).map(value -> new Entry(key, value.bytes(), value.version()));
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, not " + limit);
        }
        String from = KeyType.compareKeys(prefix, after) > 0 ? prefix : after;
        List<Entry> found = reading(f -> f.scan(from, (key, value, entries) -> {
            if (!key.startsWith(prefix)) {
                return false;
            }
            if (!key.equals(after)) {
                entries.add(new Entry(key, value.bytes(), value.version()));
            }
            return entries.size() <= limit;
        }));
        boolean more = found.size() > limit;
        return new Page(more ? found.subList(0, limit) : found, more);
    }

    @Override
    public CommitResult commit(Batch batch) {
        return submit(batch, OptionalLong.empty());
    }

    /**
     * The same as {@link #commit}, at these indexes of a log, which is forced: the file itself is not, but once a second.
     * One that is refused takes its index too.
     */
    @Override
    public List<LocalStore.Settled> apply(long first, List<Batch> batches) {
        List<Pending> pending = new ArrayList<>(batches.size());
        for (int i = 0; i < batches.size(); i++) {
            checkKeys(batches.get(i));
            pending.add(new Pending(batches.get(i), OptionalLong.of(first + i)));
        }
        commits.submitAll(pending);
        return pending.stream()
                .map(p -> new LocalStore.Settled(p.outcome(), p.hash()))
                .toList();
    }

    @Override
    public long applied() {
        return reading(StoreFile::applied).index();
    }

    @Override
    public long hash() {
        return reading(StoreFile::applied).hash();
    }

    @Override
    public LocalStore.Position position() {
        Applied now = reading(StoreFile::applied);
        return new LocalStore.Position(now.index(), now.hash());
    }

    @Override
    public void sync() {
        synchronized (writing) {
            StoreFile current = usable();
            try {
                force(current);
            } catch (RuntimeException e) {
                breakDown(current, e);
                throw new StoreException(broken, e);
            }
            directory.acknowledged(current.applied());
        }
    }

    @Override
    public LocalStore.Position writeImage(OutputStream out) throws IOException {
        return StoreImage.write(usable(), out);
    }

    @Override
    public Replacement receive(InputStream image) throws IOException {
        Path fetched = directory.fetched();
        LocalStore.Position position =
                StoreImage.read(image, fetched, reading(StoreFile::applied).storeId());
        return new Replacement() {
            @Override
            public LocalStore.Position position() {
                return position;
            }

            @Override
            public void putInPlace() throws IOException {
                swap(fetched, position);
            }
        };
    }

    private void swap(Path fetched, LocalStore.Position position) throws IOException {
        synchronized (writing) {
            synchronized (opening) {
                if (closed) {
                    throw new StoreException(directory.file() + ": closed");
                }
                file.abandon();
                directory.replaceBy(fetched);
                file = directory.open();
            }
        }
        LOG.log(
                System.Logger.Level.INFO,
                "store replaced file={0} applied={1} bytes={2}",
                directory.file(),
                Long.toString(position.index()),
                Long.toString(size()));
    }

    @Override
    public Health health() {
        try {
            reading(StoreFile::applied);
            return broken.isEmpty() ? Health.UP : Health.down(broken);
        } catch (StoreException e) {
            return Health.down(e.getMessage());
        }
    }

    @Override
    public long size() {
        return reading(StoreFile::size);
    }

    @Override
    public void close() {
        synchronized (opening) {
            if (closed) {
                return;
            }
            closed = true;
            directory.close(file, broken.isEmpty());
        }
    }

    private CommitResult submit(Batch batch, OptionalLong index) {
        checkKeys(batch);
        return commits.submit(new Pending(batch, index));
    }

    private void write(List<Pending> group) {
        synchronized (writing) {
            settle(group);
        }
    }

    /** Settles a group: applies it in order, commits and forces it once, then lets readers and callers see it. */
    private void settle(List<Pending> group) {
        StoreFile current;
        try {
            current = usable();
        } catch (StoreException e) {
            settleAll(group, new CommitResult.Failed(e.getMessage()));
            return;
        }
        GroupWrite write = new GroupWrite(current);
        try {
            group.forEach(write::apply);
            if (write.isChanged()) {
                current.commit(write.applied());
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            settleAll(group, recovered(current, write, e));
            return;
        }
        boolean force = write.isChanged() && mustForce(group);
        if (force && !forced(current, group)) {
            return;
        }
        current.publish(write.applied());
        if (force) {
            directory.acknowledged(write.applied());
        }
        write.settle();
        compact(current, force);
    }

    /** What comes from a log is safe there; all else is forced, and everything once a second. */
    private boolean mustForce(List<Pending> group) {
        boolean logged = group.stream().allMatch(pending -> pending.index().isPresent());
        return fsync && !logged || System.nanoTime() - lastForce > FORCE_EVERY_NANOS;
    }

    private void force(StoreFile current) {
        current.force();
        lastForce = System.nanoTime();
    }

    private boolean forced(StoreFile current, List<Pending> group) {
        try {
            force(current);
            return true;
        } catch (RuntimeException e) {
            breakDown(current, e);
            settleAll(group, new CommitResult.Unknown(broken));
            return false;
        }
    }

    private void breakDown(StoreFile current, RuntimeException e) {
        broken = directory.file() + ": could not be forced to the disk (" + reason(e)
                + "); restart the server when the disk is well";
        LOG.log(System.Logger.Level.ERROR, "store stopped reason=" + broken, e);
        current.abandon();
    }

    /** A full disk fails every few seconds, and always alike: one trace a minute is enough. */
    private void tell(String what, Throwable failure) {
        long now = System.nanoTime();
        boolean again = what.equals(told) && now - toldAt < TELL_EVERY_NANOS;
        if (!again) {
            told = what;
            toldAt = now;
        }
        LOG.log(
                again ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR,
                "store commit failed reason=" + what,
                failure);
    }

    /** What became of a group whose commit failed. Opening again tells: the file holds all of it or nothing. */
    private CommitResult recovered(StoreFile current, GroupWrite write, Throwable failure) {
        String what = directory.file() + ": could not be written (" + reason(failure) + ")";
        tell(what, failure);
        current.abandon();
        try {
            StoreFile reopened = usable();
            return reopened.applied().index() < write.applied().index() || !write.isChanged()
                    ? new CommitResult.Failed(
                            what + "; nothing was changed. Make room or repair the disk, then try again")
                    : new CommitResult.Unknown(what);
        } catch (StoreException e) {
            return new CommitResult.Unknown(what + "; " + e.getMessage());
        }
    }

    private void compact(StoreFile current, boolean forced) {
        try {
            current.compactSome(forced);
        } catch (RuntimeException e) { // the batches are safe; the next use opens the file again
            LOG.log(System.Logger.Level.WARNING, "store not compacted file=" + directory.file(), e);
            current.abandon();
        }
    }

    /** Reads, once more when a failed commit closed the file under it. */
    private <R> R reading(Function<StoreFile, R> read) {
        try {
            StoreFile current = usable();
            try {
                return read.apply(current);
            } catch (RuntimeException e) {
                if (!current.isClosed()) {
                    throw e;
                }
                return read.apply(usable());
            }
        } catch (RuntimeException e) {
            throw directory.explain(e);
        }
    }

    private StoreFile usable() {
        StoreFile current = file;
        if (!current.isClosed() && !closed) {
            return current;
        }
        synchronized (opening) {
            if (closed) {
                throw new StoreException(directory.file() + ": closed");
            }
            if (!broken.isEmpty()) {
                throw new StoreException(broken);
            }
            if (file.isClosed()) {
                file = directory.open();
                LOG.log(System.Logger.Level.INFO, "store opened again file={0}", directory.file());
            }
            return file;
        }
    }

    private static void settleAll(List<Pending> group, CommitResult result) {
        group.forEach(pending -> pending.settle(result));
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }

    private static void checkKeys(Batch batch) {
        batch.expected().keySet().forEach(EmbeddedStore::checkKey);
        batch.writes().keySet().forEach(EmbeddedStore::checkKey);
    }

    private static void checkKey(String key) {
        boolean text = !key.isEmpty()
                && key.indexOf('\0') < 0
                && StandardCharsets.UTF_8.newEncoder().canEncode(key);
        if (!text) {
            throw new IllegalArgumentException("a key is non-empty text without NUL, not \"" + key + "\"");
        }
    }
}
