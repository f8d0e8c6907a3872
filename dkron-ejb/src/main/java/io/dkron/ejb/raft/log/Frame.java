package io.dkron.ejb.raft.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jgroups.protocols.raft.LogEntry;

/**
 * What one append writes: a header (length, its own checksum, checksum of the rest), then entries, or the mark that all
 * entries from an index on are void. One append is one frame as far as it fits, so that after a crash a write that was never
 * acknowledged is one bad frame at the very end, with nothing good behind it.
 *
 * @param first the index of the first entry, or from which the entries are void
 * @param commit the commit index that the writer knew
 * @param entries empty for the mark
 */
record Frame(long first, long commit, boolean cut, List<LogEntry> entries) {
    static final int HEADER = 3 * Integer.BYTES;
    private static final int FIXED = 1 + 2 * Long.BYTES + Integer.BYTES;
    private static final int PER_ENTRY = Long.BYTES + 1 + Integer.BYTES;
    private static final byte ENTRIES = 1;
    private static final byte CUT = 2;
    private static final byte INTERNAL = 1;
    private static final byte NO_COMMAND = 2;

    static byte[] entries(long first, long commit, List<LogEntry> entries) {
        int size = HEADER + FIXED;
        for (LogEntry entry : entries) {
            size += sizeOf(entry);
        }
        ByteBuffer out = start(size, ENTRIES, commit, first, entries.size());
        for (LogEntry entry : entries) {
            boolean none = entry.command() == null;
            out.putLong(entry.term());
            out.put((byte) ((entry.internal() ? INTERNAL : 0) | (none ? NO_COMMAND : 0)));
            out.putInt(none ? 0 : entry.length());
            if (!none) {
                out.put(entry.command(), entry.offset(), entry.length());
            }
        }
        return sealed(out);
    }

    static byte[] cut(long from, long commit) {
        return sealed(start(HEADER + FIXED, CUT, commit, from, 0));
    }

    /** How many bytes an entry takes in a frame. */
    static int sizeOf(LogEntry entry) {
        return PER_ENTRY + (entry.command() == null ? 0 : entry.length());
    }

    /** Reads the rest of a frame, whose checksums were found right. */
    static Frame read(ByteBuffer in) {
        byte kind = in.get();
        long commit = in.getLong();
        long first = in.getLong();
        int count = in.getInt();
        List<LogEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long term = in.getLong();
            byte flags = in.get();
            byte[] command = new byte[in.getInt()];
            in.get(command);
            boolean none = (flags & NO_COMMAND) != 0;
            entries.add(new LogEntry(term, none ? null : command, 0, command.length, (flags & INTERNAL) != 0));
        }
        return new Frame(first, commit, kind == CUT, entries);
    }

    /** True when the header at that position is one: its length can be trusted. */
    static boolean headerHolds(ByteBuffer in, int at) {
        return in.getInt(at + Integer.BYTES) == checksum(in, at, Integer.BYTES) && in.getInt(at) >= FIXED;
    }

    /** True when the rest of the frame at that position is what was written. */
    static boolean bodyHolds(ByteBuffer in, int at) {
        return in.getInt(at + 2 * Integer.BYTES) == checksum(in, at + HEADER, in.getInt(at));
    }

    private static ByteBuffer start(int size, byte kind, long commit, long first, int count) {
        ByteBuffer out = ByteBuffer.allocate(size);
        out.position(HEADER);
        return out.put(kind).putLong(commit).putLong(first).putInt(count);
    }

    private static byte[] sealed(ByteBuffer out) {
        int length = out.capacity() - HEADER;
        out.putInt(0, length);
        out.putInt(Integer.BYTES, checksum(out, 0, Integer.BYTES));
        out.putInt(2 * Integer.BYTES, checksum(out, HEADER, length));
        return out.array();
    }

    private static int checksum(ByteBuffer in, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(in.duplicate().clear().position(from).limit(from + length));
        return (int) crc.getValue();
    }
}
