package io.dkron.ejb.raft.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.jgroups.Address;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;

/**
 * The log of a Raft member in a folder of its own (protocol P6). Entries stand in checksummed segments, and
 * {@link #append} returns when they are on the disk; term and vote are on the disk when their setters return.
 *
 * <p>The first error of the disk ends the log: the listener of {@link #onFailure} is told, then
 * {@link LogFailedException} is thrown, and every later write throws it too. What was not acknowledged by then may or may not
 * be found at the next start.
 *
 * <p>It differs from what {@link Log} says in one point: entries that are gone leave no dummy behind. {@link #get} of the
 * last one that is gone answers an entry with its term and without a command, so that what follows can be checked, but
 * {@link #firstAppended} is the first one whose command is here, and one more than {@link #lastAppended} when there is none.
 *
 * <p>Safe from any thread.
 */
public final class SegmentLog implements Log {
    /** How large a file grows before the next one is begun. */
    public static final long SEGMENT_BYTES = 8L << 20;

    private static final long RECENT_BYTES = 8L << 20;

    private final Disk disk;
    private final long segmentBytes;
    private final Recent recent = new Recent(RECENT_BYTES);
    private Path folder;
    private Segments segments;
    private Ballot ballot;
    private WholeFile referenceFile;
    private Optional<SnapshotReference> reference = Optional.empty();
    private long commitIndex;
    private boolean fsync = true;
    private volatile Optional<LogFailedException> failure = Optional.empty();
    private volatile Consumer<LogFailedException> listener = failed -> {};

    /** A log whose folder {@link #init} names. */
    public SegmentLog() {
        this(Disk.REAL, SEGMENT_BYTES);
    }

    SegmentLog(Disk disk, long segmentBytes) {
        this.disk = disk;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Opens the log in that folder, which is created when it is not there. An incomplete last write, which nobody was told
     * of, is cut off.
     *
     * @throws CorruptLogException when anything else is damaged
     */
    public static SegmentLog open(Path folder) throws IOException {
        SegmentLog log = new SegmentLog();
        log.start(folder);
        return log;
    }

    @Override
    public void init(String name, Map<String, String> args) throws IOException {
        start(Path.of(name));
    }

    synchronized void start(Path where) throws IOException {
        folder = where;
        Files.createDirectories(folder);
        ballot = new Ballot(disk, folder.resolve("ballot"));
        ballot.load();
        referenceFile = new WholeFile(disk, folder.resolve("reference"));
        Optional<ByteBuffer> stored = referenceFile.read();
        if (stored.isPresent()) {
            reference = Optional.of(SnapshotReference.decode(stored.get()));
        }
        segments = new Segments(disk, folder, segmentBytes);
        try {
            segments.open();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        commitIndex = Math.min(segments.commit(), segments.lastIndex());
        recent.clear(segments.lastIndex() + 1);
    }

    /** Tells that the log has failed, once, before anybody is answered; on the thread that met the error. */
    public void onFailure(Consumer<LogFailedException> newListener) {
        listener = newListener;
        failure.ifPresent(newListener);
    }

    /** Why the log has stopped; empty while it works. */
    public Optional<LogFailedException> failure() {
        return failure;
    }

    /** What stands for the entries that are gone; empty while none is. */
    public synchronized Optional<SnapshotReference> reference() {
        return reference;
    }

    /** Replaces the reference; it is on the disk when this returns. The state that it names must be there before. */
    public synchronized void reference(SnapshotReference newReference) {
        write("reference", () -> referenceFile.write(newReference.encode()));
        reference = Optional.of(newReference);
    }

    /** Whether entries are forced to the disk before {@link #append} returns. Term, vote and reference always are. */
    @Override
    public synchronized SegmentLog useFsync(boolean force) {
        fsync = force;
        return this;
    }

    @Override
    public synchronized boolean useFsync() {
        return fsync;
    }

    @Override
    public synchronized void delete() throws IOException {
        segments.delete();
        disk.delete(folder.resolve("ballot"));
        disk.delete(folder.resolve("reference"));
        disk.forceFolder(folder);
    }

    @Override
    public synchronized long currentTerm() {
        return ballot.term();
    }

    /** Raises the term and takes the vote back; an equal one changes nothing. */
    @Override
    public synchronized SegmentLog currentTerm(long term) {
        write("term", () -> ballot.term(term));
        return this;
    }

    @Override
    public synchronized Address votedFor() {
        return ballot.vote().orElse(null);
    }

    /** Votes in the current term; the same vote again changes nothing. */
    @Override
    public synchronized SegmentLog votedFor(Address member) {
        write("vote", () -> ballot.vote(member));
        return this;
    }

    @Override
    public synchronized long commitIndex() {
        return commitIndex;
    }

    /** Notes the commit index; it reaches the disk with the next entries. */
    @Override
    public synchronized SegmentLog commitIndex(long index) {
        if (index > lastAppended()) {
            throw new IllegalArgumentException("cannot commit " + index + ", the last entry is " + lastAppended());
        }
        commitIndex = Math.max(commitIndex, index);
        return this;
    }

    @Override
    public synchronized long firstAppended() {
        return segments.lastIndex() == 0 ? 0 : segments.baseIndex() + 1;
    }

    @Override
    public synchronized long lastAppended() {
        return segments.lastIndex();
    }

    /** Stores an encoded {@link SnapshotReference}, as Raft hands it on. */
    @Override
    public void setSnapshot(ByteBuffer encoded) {
        try {
            reference(SnapshotReference.decode(encoded));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a reference: " + e.getMessage(), e);
        }
    }

    @Override
    public ByteBuffer getSnapshot() {
        return reference().map(known -> ByteBuffer.wrap(known.encode())).orElse(null);
    }

    /**
     * Appends the entries; they are on the disk when this returns.
     *
     * @param index must be the one after {@link #lastAppended}: what is to be overwritten is deleted first
     */
    @Override
    public synchronized long append(long index, LogEntries entries) {
        if (index != segments.lastIndex() + 1) {
            throw new IllegalArgumentException("entry " + index + " cannot follow entry " + segments.lastIndex());
        }
        List<LogEntry> list = List.of(entries.toArray());
        if (!list.isEmpty()) {
            write("entries", () -> segments.append(list, commitIndex, fsync));
            for (int i = 0; i < list.size(); i++) {
                recent.add(index + i, list.get(i));
            }
        }
        return segments.lastIndex();
    }

    @Override
    public synchronized LogEntry get(long index) {
        if (index > 0 && index == segments.baseIndex()) {
            return new LogEntry(segments.baseTerm(), null);
        }
        if (index <= segments.baseIndex() || index > segments.lastIndex()) {
            return null;
        }
        return recent.get(index).orElseGet(() -> readFrom(index));
    }

    /** The term of an entry, also of the last one that is gone; 0 before the very first, -1 for one that is not here. */
    public synchronized long termOf(long index) {
        if (index == segments.lastIndex()) {
            return segments.lastTerm();
        }
        if (index == segments.baseIndex()) {
            return segments.baseTerm();
        }
        LogEntry entry = get(index);
        return entry != null ? entry.term() : -1;
    }

    /**
     * Drops entries before {@code index}, as far as the reference stands for them.
     *
     * @throws IllegalStateException when the reference does not reach so far
     */
    @Override
    public synchronized void truncate(long index) {
        long through = Math.min(index, commitIndex) - 1;
        if (through <= segments.baseIndex()) {
            return;
        }
        long known = reference.map(SnapshotReference::index).orElse(0L);
        if (through > known) {
            throw new IllegalStateException("entries to " + through + " cannot go, the reference is " + known);
        }
        long term = termOf(through);
        write("head", () -> segments.dropThrough(through, term));
    }

    @Override
    public synchronized void reinitializeTo(long index, LogEntry entry) {
        write("new start", () -> segments.restart(index, entry.term()));
        recent.clear(index + 1);
        commitIndex = index;
    }

    /**
     * Takes entries back, from that index to the last one.
     *
     * @throws IllegalStateException when one of them is committed
     */
    @Override
    public synchronized void deleteAllEntriesStartingFrom(long index) {
        if (index <= commitIndex || index <= segments.baseIndex()) {
            throw new IllegalStateException("entry " + index + " is committed, the commit index is " + commitIndex);
        }
        if (index > segments.lastIndex()) {
            return;
        }
        long termBefore = termOf(index - 1);
        write("tail", () -> segments.cutFrom(index, termBefore, commitIndex, fsync));
        recent.cutFrom(index);
    }

    @Override
    public void forEach(ObjLongConsumer<LogEntry> action, long from, long to) {
        long end = Math.min(to, lastAppended());
        for (long i = Math.max(from, Math.max(1, firstAppended())); i <= end; i++) {
            LogEntry entry = get(i);
            if (entry != null) {
                action.accept(entry, i);
            }
        }
    }

    @Override
    public void forEach(ObjLongConsumer<LogEntry> action) {
        forEach(action, firstAppended(), lastAppended());
    }

    @Override
    public synchronized long size() {
        return segments.lastIndex() - segments.baseIndex();
    }

    @Override
    public synchronized long sizeInBytes() {
        return segments.bytes();
    }

    @Override
    public synchronized void close() throws IOException {
        if (segments != null) {
            segments.close();
        }
        if (failure.isEmpty()) {
            failure = Optional.of(new LogFailedException(folder + ": the log is closed", null));
        }
    }

    @Override
    public synchronized String toString() {
        return "log of " + folder + ": entries " + firstAppended() + " to " + lastAppended() + ", commit "
                + commitIndex;
    }

    private LogEntry readFrom(long index) {
        List<LogEntry> read = new ArrayList<>(1);
        write("reading", () -> read.add(segments.entry(index)));
        return read.get(0);
    }

    /** An action on the disk. */
    private interface Action {
        void run() throws IOException;
    }

    private void write(String what, Action action) {
        if (failure.isPresent()) {
            throw failure.get();
        }
        try {
            action.run();
        } catch (IOException e) {
            LogFailedException failed =
                    new LogFailedException(folder + ": the Raft log stopped at its " + what + ": " + e.getMessage(), e);
            failure = Optional.of(failed);
            listener.accept(failed);
            throw failed;
        }
    }
}
