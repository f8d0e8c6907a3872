package io.dkron.agent.journal;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The node's memory across restarts. A method that changes something returns after the change is on the disk; callers
 * hand over many changes at once, which cost one force together. Safe for many threads. Results lie in the file, not in
 * memory.
 *
 * <p>A run is <em>open</em> from its acceptance to its result, <em>unreported</em> until the result is acknowledged, then
 * a tombstone for 24 hours.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Journal.class.getName());
    private static final byte BORN = 1;
    private static final byte FENCE = 2;
    private static final byte ACCEPTED = 3;
    private static final byte RESULT = 4;
    private static final byte OVER = 5;
    private static final byte NUMBER = 6;
    /** As ACCEPTED and RESULT, of runs whose output is kept: the limits follow the order. */
    private static final byte ACCEPTED_KEEPING = 7;

    private static final byte RESULT_KEEPING = 8;
    private static final long COMPACT_ABOVE = 16L << 20;
    private static final int RESERVE = 4 << 20;
    private static final long FREE_AT_LEAST = 64L << 20;
    private static final int MOST_IDS = 250;

    /** A result in the file. */
    private record Unreported(Accepted accepted, long offset) {}

    /** Writes one record. */
    private interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    private final Path directory;
    private final InstantSource clock;
    private final FileChannel lock;
    private final JournalFile file;
    private final Map<RunKey, Accepted> open = new LinkedHashMap<>();
    private final Map<RunKey, Unreported> unreported = new LinkedHashMap<>();
    private final Tombstones over = new Tombstones();
    private final Deque<String> ids = new ArrayDeque<>(); // newest first
    private Optional<Fence> fence = Optional.empty();
    private long lastNumber;
    private long compactAt = COMPACT_ABOVE;

    private Journal(Path directory, InstantSource clock) throws IOException {
        this.directory = directory;
        this.clock = clock;
        Files.createDirectories(directory);
        this.lock = lock(directory);
        Files.deleteIfExists(directory.resolve("journal.new"));
        this.file = JournalFile.open(directory.resolve("journal"), new JournalFile.Reader() {
            @Override
            public void record(long offset, ByteBuffer bytes) {
                replay(offset, bytes);
            }

            @Override
            public void damaged() {
                ids.clear(); // what was accepted under these may be missing
            }
        });
        boolean fresh = ids.isEmpty();
        named(UUID.randomUUID().toString());
        append(List.of(record(BORN, out -> Wire.text(out, ids.getFirst()))));
        reserve();
        if (fresh) {
            try (FileChannel dir = FileChannel.open(directory, StandardOpenOption.READ)) {
                dir.force(true);
            }
        }
    }

    /**
     * Opens the journal of a node, made when it is not there.
     *
     * @throws JournalException when the directory cannot be used, or another process uses it
     */
    public static Journal open(Path directory, InstantSource clock) {
        try {
            return new Journal(directory, clock);
        } catch (IOException e) {
            throw new JournalException("journal " + directory + ": cannot be opened: " + e.getMessage(), e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new JournalException("journal " + directory + ": in use by this process", e);
        }
        channel.close();
        throw new JournalException("journal " + directory + ": in use by another process; stop it or choose another");
    }

    private void replay(long offset, ByteBuffer bytes) {
        byte kind = bytes.get(0);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.array(), 1, bytes.limit() - 1));
        try {
            switch (kind) {
                case BORN -> named(Wire.text(in));
                case FENCE -> fence = Optional.of(Wire.fence(in));
                case NUMBER -> lastNumber = Math.max(lastNumber, in.readLong());
                case ACCEPTED -> replayAccepted(Wire.accepted(in));
                case RESULT -> replayResult(Wire.accepted(in), offset);
                case ACCEPTED_KEEPING -> replayAccepted(Wire.keeping(Wire.accepted(in), in));
                case RESULT_KEEPING -> replayResult(Wire.keeping(Wire.accepted(in), in), offset);
                case OVER -> replayOver(in);
                default -> {
                    LOG.log(Level.ERROR, "journal record of unknown kind skipped kind={0} at={1}", kind, offset);
                    ids.clear();
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new JournalException("journal " + directory + ": record at " + offset + " cannot be read", e);
        }
    }

    private void named(String id) {
        ids.addFirst(id);
        if (ids.size() > MOST_IDS) {
            ids.removeLast();
        }
    }

    private void replayAccepted(Accepted accepted) {
        lastNumber = Math.max(lastNumber, accepted.number());
        open.put(accepted.order().key(), accepted);
    }

    private void replayResult(Accepted accepted, long offset) {
        lastNumber = Math.max(lastNumber, accepted.number());
        open.remove(accepted.order().key());
        unreported.put(accepted.order().key(), new Unreported(accepted, offset));
    }

    private void replayOver(DataInputStream in) throws IOException {
        Tombstones.Print print = new Tombstones.Print(in.readLong(), in.readLong());
        over.add(print, Instant.ofEpochMilli(in.readLong()));
        if (in.readBoolean()) {
            RunKey key = Wire.key(in);
            open.remove(key);
            unreported.remove(key);
        }
    }

    /**
     * The present id: random, new each time the journal is opened, so that neither another journal nor an older copy of this
     * one is ever taken for it (protocol P11).
     */
    public synchronized String id() {
        return ids.getFirst();
    }

    /** The present id and those before it, newest first: it knows what was accepted under each. Of very many the last. */
    public synchronized List<String> ids() {
        return List.copyOf(ids);
    }

    /** The highest fence that was ever shown to this node. */
    public synchronized Optional<Fence> fence() {
        return fence;
    }

    /**
     * Takes note of a fence (protocol P1).
     *
     * @return false when a higher one was seen, or one of another cluster
     */
    public synchronized boolean admit(Fence asked) {
        if (fence.isPresent() && asked.isStaleAfter(fence.get())) {
            return false;
        }
        if (fence.isEmpty() || asked.term() > fence.get().term()) {
            append(List.of(record(FENCE, out -> Wire.write(out, asked))));
            fence = Optional.of(asked);
        }
        return true;
    }

    /** Whether this fence is still the highest. */
    public synchronized boolean isCurrent(Fence asked) {
        return fence.isEmpty() || !asked.isStaleAfter(fence.get());
    }

    /** Why no run may be accepted now; empty when there is room. */
    public Optional<String> full() {
        try {
            if (!Files.exists(directory.resolve("reserve")) && !reserve()) {
                return Optional.of("disk of " + directory + " is full");
            }
            long free = Files.getFileStore(directory).getUsableSpace();
            return free < FREE_AT_LEAST
                    ? Optional.of("disk of " + directory + " has only " + free + " bytes left")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("disk of " + directory + ": " + e.getMessage());
        }
    }

    /** Writes down orders that this node will run. Keys must be new, as {@link #knows} tells. */
    public synchronized List<Accepted> accept(List<RunOrder> orders) {
        List<Accepted> all = new ArrayList<>(orders.size());
        List<byte[]> records = new ArrayList<>(orders.size());
        long number = lastNumber;
        for (RunOrder order : orders) {
            Accepted accepted = new Accepted(++number, order, clock.instant());
            all.add(accepted);
            records.add(accepted(accepted));
        }
        append(records);
        lastNumber = number;
        all.forEach(a -> open.put(a.order().key(), a));
        return all;
    }

    /** Writes down results of open runs; those of other runs are left out. */
    public synchronized void finish(List<RunReport> reports) {
        List<Accepted> ended = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        for (RunReport report : reports) {
            Accepted accepted = open.get(report.key());
            if (accepted != null) {
                ended.add(accepted);
                records.add(record(keeps(accepted) ? RESULT_KEEPING : RESULT, out -> {
                    write(out, accepted);
                    Wire.write(out, report);
                }));
            }
        }
        List<Long> offsets = append(records);
        for (int i = 0; i < ended.size(); i++) {
            open.remove(ended.get(i).order().key());
            unreported.put(ended.get(i).order().key(), new Unreported(ended.get(i), offsets.get(i)));
        }
        compactWhenLarge();
    }

    /**
     * Forgets results that were acknowledged; their keys stay as tombstones. Unknown keys are ignored.
     *
     * @return what was forgotten: its files may go
     */
    public synchronized List<Accepted> forget(Collection<RunKey> keys) {
        List<Accepted> gone = new ArrayList<>();
        List<byte[]> records = new ArrayList<>();
        Instant now = clock.instant();
        for (RunKey key : new LinkedHashSet<>(keys)) {
            Unreported result = unreported.get(key);
            if (result != null) {
                gone.add(result.accepted());
                records.add(tombstone(Tombstones.Print.of(key), now.toEpochMilli(), Optional.of(key)));
            }
        }
        append(records);
        for (Accepted accepted : gone) {
            unreported.remove(accepted.order().key());
            over.add(Tombstones.Print.of(accepted.order().key()), now);
        }
        over.expire(now);
        compactWhenLarge();
        return gone;
    }

    /** What is known of a run key. */
    public enum Knowledge {
        UNKNOWN,
        OPEN,
        UNREPORTED,
        OVER
    }

    public synchronized Knowledge knows(RunKey key) {
        if (open.containsKey(key)) {
            return Knowledge.OPEN;
        }
        if (unreported.containsKey(key)) {
            return Knowledge.UNREPORTED;
        }
        return over.contains(key) ? Knowledge.OVER : Knowledge.UNKNOWN;
    }

    /** The runs without a result, oldest first. */
    public synchronized List<Accepted> open() {
        return List.copyOf(open.values());
    }

    /** The runs whose result is not acknowledged, oldest result first. */
    public synchronized List<Accepted> unreported() {
        return unreported.values().stream().map(Unreported::accepted).toList();
    }

    /** A run whose result is not acknowledged. */
    public synchronized Optional<Accepted> unreported(RunKey key) {
        return Optional.ofNullable(unreported.get(key)).map(Unreported::accepted);
    }

    /** The result of a run that is not acknowledged yet. */
    public synchronized Optional<RunReport> result(RunKey key) {
        Unreported at = unreported.get(key);
        if (at == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(report(at.offset()));
        } catch (IOException e) {
            throw new JournalException("journal " + directory + ": result cannot be read: " + e.getMessage(), e);
        }
    }

    private RunReport report(long offset) throws IOException {
        ByteBuffer bytes = file.read(offset);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.array(), 1, bytes.limit() - 1));
        Accepted accepted = Wire.accepted(in);
        if (bytes.get(0) == RESULT_KEEPING) {
            Wire.keeping(accepted, in);
        }
        return Wire.report(in);
    }

    private List<Long> append(List<byte[]> records) {
        if (records.isEmpty()) {
            return List.of();
        }
        try {
            try {
                return file.append(records);
            } catch (IOException e) {
                if (!Files.deleteIfExists(directory.resolve("reserve"))) {
                    throw e;
                }
                LOG.log(Level.WARNING, "journal reserve used, the disk is full directory={0}", directory);
                return file.append(records);
            }
        } catch (IOException e) {
            throw new JournalException("journal " + directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private boolean reserve() throws IOException {
        Path reserve = directory.resolve("reserve");
        if (Files.exists(reserve) && Files.size(reserve) >= RESERVE) {
            return true;
        }
        if (Files.getFileStore(directory).getUsableSpace() < FREE_AT_LEAST) {
            return false;
        }
        Files.write(reserve, new byte[RESERVE]);
        return true;
    }

    private void compactWhenLarge() {
        if (file.size() < compactAt) {
            return;
        }
        try {
            compact();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "journal not compacted, it grows on directory=" + directory, e);
        }
        compactAt = Math.max(COMPACT_ABOVE, 4 * file.size());
    }

    /** Writes what is still needed to a new file and puts it in the old one's place. */
    synchronized void compact() throws IOException {
        Path path = directory.resolve("journal.new");
        Files.deleteIfExists(path);
        JournalFile fresh = JournalFile.open(path, (offset, bytes) -> {});
        Map<RunKey, Unreported> moved = new LinkedHashMap<>();
        try {
            fresh.append(state());
            for (Map.Entry<RunKey, Unreported> entry : unreported.entrySet()) {
                ByteBuffer bytes = file.read(entry.getValue().offset());
                long offset = fresh.append(List.of(bytes.array())).get(0);
                moved.put(entry.getKey(), new Unreported(entry.getValue().accepted(), offset));
            }
            file.replaceBy(fresh);
        } catch (IOException e) {
            fresh.close();
            throw e;
        }
        unreported.putAll(moved);
    }

    private List<byte[]> state() {
        List<byte[]> records = new ArrayList<>();
        ids.descendingIterator().forEachRemaining(id -> records.add(record(BORN, out -> Wire.text(out, id))));
        fence.ifPresent(f -> records.add(record(FENCE, out -> Wire.write(out, f))));
        records.add(record(NUMBER, out -> out.writeLong(lastNumber)));
        over.expire(clock.instant());
        over.all().forEach((print, at) -> records.add(tombstone(print, at, Optional.empty())));
        open.values().forEach(a -> records.add(accepted(a)));
        return records;
    }

    private static byte[] accepted(Accepted accepted) {
        return record(keeps(accepted) ? ACCEPTED_KEEPING : ACCEPTED, out -> write(out, accepted));
    }

    private static boolean keeps(Accepted accepted) {
        return accepted.order().keep().isPresent();
    }

    private static void write(DataOutputStream out, Accepted accepted) throws IOException {
        Wire.write(out, accepted);
        if (keeps(accepted)) {
            Wire.write(out, accepted.order().keep().orElseThrow());
        }
    }

    private static byte[] tombstone(Tombstones.Print print, long at, Optional<RunKey> key) {
        return record(OVER, out -> {
            out.writeLong(print.high());
            out.writeLong(print.low());
            out.writeLong(at);
            out.writeBoolean(key.isPresent());
            if (key.isPresent()) {
                Wire.write(out, key.get());
            }
        });
    }

    private static byte[] record(byte kind, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(kind);
            body.write(out);
        } catch (IOException e) {
            throw new IllegalStateException(e); // an array takes any byte
        }
        return bytes.toByteArray();
    }

    @Override
    public synchronized void close() {
        try {
            file.close();
            lock.close();
        } catch (IOException e) {
            throw new JournalException("journal " + directory + ": cannot be closed: " + e.getMessage(), e);
        }
    }
}
