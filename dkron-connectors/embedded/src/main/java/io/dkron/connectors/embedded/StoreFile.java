package io.dkron.connectors.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.Page;
import org.h2.mvstore.RandomAccessStore;
import org.h2.mvstore.RootReference;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * One opening of the file. Reads see the newest published state and may run on many threads; everything else runs on one
 * thread at a time. After a failure of the disk MVStore is closed, and another opening is needed.
 *
 * <p>MVStore commits by time and by memory unless told otherwise, which would part a batch from its index (protocol P9):
 * both are off, and only {@link #commit} writes.
 *
 * <p>Space: a chunk that holds nothing live is used again at once (retention 0). That is safe because each commit is forced
 * before the next one may overwrite what only older versions need; without fsync those versions are held by a usage counter
 * until the next {@link #force}. Readers hold one too.
 */
final class StoreFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StoreFile.class.getName());
    private static final int CACHE_MB = 12;
    private static final String APPLIED = "applied";
    /** Below this size a file is not compacted. */
    private static final long SMALL_FILE = 8L << 20;
    /** Most bytes that compaction rewrites, and moves, between two groups of batches. */
    private static final int COMPACT_STEP = 4 << 20;
    /** Compaction waits for at least so many bytes written. */
    private static final long COMPACT_AFTER = 2L << 20;
    /** What a put writes besides its value: the page it lies in. */
    private static final int PAGE = 4096;
    /** Chunks emptier than this are rewritten, files emptier than this are packed, in percent. */
    private static final int LEAST_FILL = 75;

    private final MVStore store;
    private final MVMap<String, StoredValue> data;
    private final MVMap<String, byte[]> state;
    private volatile Published published;
    /** Holds what is needed to fall back to the last forced version. */
    private MVStore.TxCounter unforced;

    private long writtenSinceCompaction;
    /** Commits that are newer than the one that was opened, but not whole. */
    private List<FoundChunk> later = List.of();

    /** What readers see. */
    private record Published(RootReference<String, StoredValue> root, Applied applied) {}

    private StoreFile(MVStore store) {
        this.store = store;
        store.setRetentionTime(0);
        data = store.openMap(
                "data",
                new MVMap.Builder<String, StoredValue>()
                        .keyType(KeyType.INSTANCE)
                        .valueType(ValueType.INSTANCE));
        state = store.openMap(
                "state",
                new MVMap.Builder<String, byte[]>()
                        .keyType(StringDataType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    /** Writes a new, empty store to a file that does not exist. */
    static void create(Path file, UUID storeId) {
        try (StoreFile created = new StoreFile(openStore(file, View.plain()))) {
            created.commit(Applied.none(storeId));
            created.store.sync();
        }
    }

    /**
     * Opens a file that holds a store, with its newest commit that is there whole: after a loss of power one that was not
     * forced may lack parts. Whether it is new enough, {@link Mark} knows.
     *
     * @throws MVStoreException when it is damaged, in use or cannot be read
     */
    static StoreFile open(Path file) throws IOException {
        Optional<StoreHeader> header = StoreHeader.read(file);
        if (header.isEmpty()) {
            throw DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, "its header cannot be read");
        }
        MVStoreException first = null;
        List<FoundChunk> rejected = new ArrayList<>();
        for (FoundChunk chunk : FoundChunk.in(file)) {
            try {
                return open(file, header.get(), chunk, rejected);
            } catch (MVStoreException e) {
                if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
                    throw e;
                }
                LOG.log(
                        first == null ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                        "store commit unreadable, going back file=" + file + " version=" + chunk.version(),
                        e);
                first = first == null ? e : first;
                rejected.add(chunk);
            }
        }
        throw first != null
                ? first
                : DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, "it holds no whole commit");
    }

    private static StoreFile open(Path file, StoreHeader header, FoundChunk chunk, List<FoundChunk> rejected) {
        Set<Long> hidden = rejected.stream().map(FoundChunk::block).collect(Collectors.toSet());
        MVStore store = openStore(file, new View(header.pointingTo(chunk), hidden));
        try {
            if (store.getCurrentVersion() != chunk.version()) {
                throw DataUtils.newMVStoreException(
                        DataUtils.ERROR_FILE_CORRUPT, "it lacks parts of its newest commit");
            }
            if (!store.hasMap("state") || !store.hasMap("data")) {
                throw DataUtils.newMVStoreException(DataUtils.ERROR_FILE_CORRUPT, "it holds no store");
            }
            StoreFile opened = new StoreFile(store);
            opened.verifySince(header);
            opened.read();
            opened.later = List.copyOf(rejected);
            return opened;
        } catch (RuntimeException e) {
            store.closeImmediately();
            throw e;
        }
    }

    /**
     * Removes the commits that are newer than this state but not whole, for ever. To be called before the first commit, which
     * takes the number of the first of them: what is built on that must not be mistaken for what was built on the other.
     */
    void removeLater(Path file) throws IOException {
        FoundChunk.remove(file, later);
        later = List.of();
    }

    private static MVStore openStore(Path file, View view) {
        return SteadyFileScheme.viewing(
                file,
                view,
                name -> new MVStore.Builder()
                        .fileName(name)
                        .autoCommitDisabled()
                        .autoCommitBufferSize(0)
                        .cacheSize(CACHE_MB)
                        .open());
    }

    /**
     * Reads all pages that may not have been forced when the power went. The trees are copied on write, so these hang together
     * from their root.
     */
    private void verifySince(StoreHeader header) {
        Applied.of(state.get(APPLIED));
        verify(state.getRootPage(), header);
        verify(data.getRootPage(), header);
    }

    private static void verify(Page<?, ?> page, StoreHeader header) {
        if (page.isLeaf()) {
            return;
        }
        for (int i = 0; i < page.getRawChildPageCount(); i++) {
            long child = page.getChildPagePos(i);
            if (DataUtils.isPageSaved(child) && !header.isForced(DataUtils.getPageChunkId(child))) {
                verify(page.getChildPage(i), header);
            }
        }
    }

    private void read() {
        published = new Published(data.flushAndGetRoot(), Applied.of(state.get(APPLIED)));
        unforced = store.registerVersionUsage();
    }

    Applied applied() {
        return published.applied();
    }

    /** The value as batches see it, with what is not committed yet. Only for the thread that writes. */
    Optional<StoredValue> current(String key) {
        return Optional.ofNullable(data.get(key));
    }

    void put(String key, StoredValue value) {
        data.put(key, value);
        writtenSinceCompaction += PAGE + value.bytes().length;
    }

    void delete(String key) {
        data.remove(key);
    }

    /** Writes all puts and deletes since the last commit, with how far the store then is, as one. */
    void commit(Applied now) {
        state.put(APPLIED, now.toBytes());
        write();
        writtenSinceCompaction += 2 * PAGE;
    }

    private void write() {
        StoreHeader.writeWithNextCommit(store.getStoreHeader());
        store.commit();
    }

    /** Forces what was committed to the disk. */
    void force() {
        store.sync();
        StoreHeader.noteForced(store.getStoreHeader());
        store.deregisterVersionUsage(unforced);
        unforced = store.registerVersionUsage();
    }

    /** Lets readers see what was committed. */
    void publish(Applied now) {
        published = new Published(data.flushAndGetRoot(), now);
    }

    Optional<StoredValue> get(String key) {
        return reading(now -> Optional.ofNullable(data.get(now.root().root, key)));
    }

    /** Entries from a key on, in order, as long as they are wanted. */
    <T> List<T> scan(String from, Scan<T> scan) {
        return reading(now -> {
            List<T> found = new ArrayList<>();
            Cursor<String, StoredValue> cursor = data.cursor(now.root(), from, null, false);
            while (cursor.hasNext()) {
                String key = cursor.next();
                if (!scan.visit(key, cursor.getValue(), found)) {
                    break;
                }
            }
            return found;
        });
    }

    /**
     * Visits all entries of one moment, in order; commits go on meanwhile.
     *
     * @param begin is told the moment, before any entry
     */
    void visit(ImageStart begin, ImageEntry each) throws IOException {
        MVStore.TxCounter usage = store.registerVersionUsage();
        try {
            Published now = published;
            begin.at(now.applied());
            Cursor<String, StoredValue> cursor = data.cursor(now.root(), null, null, false);
            while (cursor.hasNext()) {
                String key = cursor.next();
                each.entry(key, cursor.getValue());
            }
        } finally {
            store.deregisterVersionUsage(usage);
        }
    }

    /** A version in use is not overwritten, so it is registered before the newest state is looked up. */
    private <R> R reading(Function<Published, R> read) {
        MVStore.TxCounter usage = store.registerVersionUsage();
        try {
            return read.apply(published);
        } finally {
            store.deregisterVersionUsage(usage);
        }
    }

    /**
     * Gives back space when enough was written since the last time that there may be some: rewrites chunks with few live
     * pages, whose space is used again. Chunks are not moved: MVStore frees what a move left before the move is forced, and a
     * loss of power then takes a commit. A bounded step, to be called between batches, when nothing is uncommitted.
     */
    void compactSome(boolean force) {
        RandomAccessStore file = (RandomAccessStore) store.getFileStore();
        if (file.size() < SMALL_FILE || writtenSinceCompaction < Math.max(COMPACT_AFTER, file.size() / 32)) {
            return;
        }
        writtenSinceCompaction = 0;
        if (store.compact(LEAST_FILL, COMPACT_STEP)) {
            commit(applied());
            publish(applied());
            if (force) {
                force();
            }
        }
    }

    long size() {
        return store.getFileStore().size();
    }

    /** Whether the disk failed under this opening or it was closed: then reads fail. */
    boolean isClosed() {
        return store.isClosed();
    }

    /** Closes without writing anything. */
    void abandon() {
        store.closeImmediately();
    }

    /**
     * Forces what was committed. MVStore's own end is left out: the next opening would believe it, and where a killed commit
     * wrote over chunks of no more use, go back to an old commit.
     */
    @Override
    public void close() {
        if (unforced != null) { // not while a new file is written
            force();
        }
        store.closeImmediately();
    }

    /** Is told the moment of an image. */
    interface ImageStart {
        void at(Applied applied) throws IOException;
    }

    /** Takes an entry of an image. */
    interface ImageEntry {
        void entry(String key, StoredValue value) throws IOException;
    }

    /** Fills a new file, in order of keys, before anyone reads it. */
    static final class Filling implements AutoCloseable {
        private static final long PART = 8L << 20;

        private final StoreFile file;
        private long bytes;

        /** @param path does not exist */
        Filling(Path path) {
            file = new StoreFile(openStore(path, View.plain()));
        }

        void put(String key, StoredValue value) {
            file.data.put(key, value);
            bytes += PAGE / 8 + value.bytes().length;
            if (bytes > PART) {
                bytes = 0;
                file.write();
            }
        }

        /** The file now holds a whole store, on the disk. */
        void end(Applied applied) {
            file.commit(applied);
            file.store.sync();
        }

        @Override
        public void close() {
            file.store.closeImmediately();
        }
    }

    /** Collects entries of a scan. */
    interface Scan<T> {
        /** @return whether to go on */
        boolean visit(String key, StoredValue value, List<T> found);
    }
}
