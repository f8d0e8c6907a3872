package io.dkron.ejb.raft.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jgroups.protocols.raft.LogEntry;

/**
 * The files of the log as one sequence of entries. Entries are taken back by a mark behind them, never by shortening a file:
 * a crash in between cannot take an acknowledged entry along. Files go when all their entries are behind the log's head.
 */
final class Segments implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Segments.class.getName());
    private static final int FRAME_BYTES = 4 << 20;

    private final Disk disk;
    private final Path folder;
    private final long segmentBytes;
    private final Deque<Segment> files = new ArrayDeque<>();
    private final Places places = new Places();
    private long baseIndex;
    private long baseTerm;
    private long lastIndex;
    private long lastTerm;
    private long commit;
    private Optional<Read> lastRead = Optional.empty();

    /** The frame that was read last, and where it stands. */
    private record Read(Segment segment, long offset, Frame frame) {}

    Segments(Disk disk, Path folder, long segmentBytes) {
        this.disk = disk;
        this.folder = folder;
        this.segmentBytes = segmentBytes;
    }

    void open() throws IOException {
        List<Path> paths = paths();
        for (int i = 0; i < paths.size(); i++) {
            boolean last = i == paths.size() - 1;
            Segment segment = Segment.open(disk, paths.get(i), last);
            if (segment == null) {
                disk.delete(paths.get(i));
                disk.forceFolder(folder);
            } else {
                take(segment, last);
            }
        }
        if (files.isEmpty()) {
            roll(1, false);
        }
    }

    /** The index of the last entry that is gone, 0 for none. */
    long baseIndex() {
        return baseIndex;
    }

    long baseTerm() {
        return baseTerm;
    }

    long lastIndex() {
        return lastIndex;
    }

    long lastTerm() {
        return lastTerm;
    }

    /** The highest commit index that any writer of a frame knew. */
    long commit() {
        return commit;
    }

    long bytes() {
        long sum = 0;
        for (Segment segment : files) {
            sum += segment.size();
        }
        return sum;
    }

    void append(List<LogEntry> entries, long knownCommit, boolean force) throws IOException {
        for (int from = 0; from < entries.size(); ) {
            int to = upTo(entries, from);
            write(entries.subList(from, to), knownCommit, force);
            from = to;
        }
    }

    /** An entry, which the log has. The frame that was read for it is kept: the next one wanted is probably in it. */
    LogEntry entry(long index) throws IOException {
        Places.Place place = places.of(index);
        if (lastRead.filter(read -> read.segment() == place.segment() && read.offset() == place.offset())
                .isEmpty()) {
            lastRead = Optional.of(
                    new Read(place.segment(), place.offset(), place.segment().frame(place.offset())));
        }
        Frame frame = lastRead.orElseThrow().frame();
        return frame.entries().get((int) (index - frame.first()));
    }

    void cutFrom(long index, long termBefore, long knownCommit, boolean force) throws IOException {
        byte[] frame = Frame.cut(index, knownCommit);
        rollIfFull(frame.length);
        files.getLast().append(frame);
        if (force) {
            files.getLast().force();
        }
        places.cutFrom(index);
        lastIndex = index - 1;
        lastTerm = termBefore;
    }

    /** Entries up to and with {@code index} are gone; {@code term} is that of the last of them. */
    void dropThrough(long index, long term) throws IOException {
        baseIndex = index;
        baseTerm = term;
        places.dropBefore(index + 1);
        boolean dropped = false;
        while (files.size() > 1 && second().baseIndex() <= index) {
            remove(files.removeFirst());
            dropped = true;
        }
        if (dropped) {
            disk.forceFolder(folder);
        }
    }

    /** Starts anew behind that entry; nothing of what was there counts. */
    void restart(long index, long term) throws IOException {
        lastIndex = index;
        lastTerm = term;
        roll(files.getLast().number() + 1, true);
        baseIndex = index;
        baseTerm = term;
        commit = index;
        places.clear();
        while (files.size() > 1) {
            remove(files.removeFirst());
        }
        disk.forceFolder(folder);
    }

    void delete() throws IOException {
        while (!files.isEmpty()) {
            remove(files.removeFirst());
        }
        disk.forceFolder(folder);
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : files) {
            segment.close();
        }
    }

    private List<Path> paths() throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return new ArrayList<>(
                    names.filter(path -> path.getFileName().toString().matches("\\d{16}\\.log"))
                            .sorted()
                            .toList());
        }
    }

    private void take(Segment segment, boolean last) throws IOException {
        boolean first = files.isEmpty();
        if (segment.fresh() && !first) {
            while (!files.isEmpty()) {
                remove(files.removeFirst());
            }
            disk.forceFolder(folder);
            places.clear();
        }
        if (first || segment.fresh()) {
            baseIndex = segment.baseIndex();
            baseTerm = segment.baseTerm();
            lastIndex = baseIndex;
            lastTerm = baseTerm;
            commit = Math.max(commit, segment.fresh() ? baseIndex : 0);
        } else if (segment.baseIndex() != lastIndex
                || segment.baseTerm() != lastTerm
                || segment.number() != files.getLast().number() + 1) {
            throw new CorruptLogException(
                    segment.file(),
                    0,
                    "it goes on after entry " + segment.baseIndex() + ", but the file before it ends with "
                            + lastIndex);
        }
        files.add(segment);
        long cutOff = segment.scan(last, (bytes, offset) -> replay(segment, bytes, offset));
        if (cutOff > 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "raft log repaired file=" + segment.file() + " cut=" + cutOff
                            + " reason=a write that was never acknowledged");
        }
    }

    private void replay(Segment segment, ByteBuffer bytes, long offset) {
        Frame frame = Frame.read(bytes);
        commit = Math.max(commit, frame.commit());
        if (frame.cut()) {
            places.cutFrom(frame.first());
            lastIndex = frame.first() - 1;
            lastTerm = termOf(lastIndex);
        } else if (frame.first() != lastIndex + 1 || frame.entries().isEmpty()) {
            throw new UncheckedIOException(new CorruptLogException(
                    segment.file(), offset, "entry " + frame.first() + " cannot follow entry " + lastIndex));
        } else {
            added(segment, offset, frame.first(), frame.entries());
        }
    }

    private long termOf(long index) {
        if (index <= baseIndex) {
            return baseTerm;
        }
        try {
            return entry(index).term();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(List<LogEntry> entries, long knownCommit, boolean force) throws IOException {
        byte[] frame = Frame.entries(lastIndex + 1, knownCommit, entries);
        rollIfFull(frame.length);
        Segment segment = files.getLast();
        long offset = segment.append(frame);
        if (force) {
            segment.force();
        }
        added(segment, offset, lastIndex + 1, entries);
    }

    private void added(Segment segment, long offset, long first, List<LogEntry> entries) {
        lastIndex = first + entries.size() - 1;
        lastTerm = entries.get(entries.size() - 1).term();
        places.add(segment, offset, first, lastIndex);
    }

    private static int upTo(List<LogEntry> entries, int from) {
        long bytes = 0;
        int to = from;
        while (to < entries.size() && (to == from || bytes + Frame.sizeOf(entries.get(to)) <= FRAME_BYTES)) {
            bytes += Frame.sizeOf(entries.get(to++));
        }
        return to;
    }

    private void rollIfFull(int more) throws IOException {
        Segment segment = files.getLast();
        if (segment.size() > Segment.HEADER && segment.size() + more > segmentBytes) {
            segment.force();
            roll(segment.number() + 1, false);
        }
    }

    private void roll(long number, boolean fresh) throws IOException {
        files.add(Segment.create(disk, folder, number, lastIndex, lastTerm, fresh));
    }

    private Segment second() {
        Iterator<Segment> each = files.iterator();
        each.next();
        return each.next();
    }

    private void remove(Segment segment) throws IOException {
        segment.close();
        disk.delete(segment.file());
    }
}
