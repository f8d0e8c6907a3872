package io.dkron.ejb.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.ObjLongConsumer;
import java.util.zip.CRC32C;

/**
 * One file of the log: a header that names the last entry before it, then frames. Files are numbered in the order of writing.
 * Only the last one is written to.
 */
final class Segment implements AutoCloseable {
    static final int HEADER = 2 * Long.BYTES + Long.BYTES + 2 * Integer.BYTES;
    private static final long MAGIC = 0x444b_524c_4f47_0001L; // "DKRLOG", form 1
    private static final int SECTOR = 512;

    private final Path file;
    private final long number;
    private final Disk.Handle handle;
    private final long baseIndex;
    private final long baseTerm;
    private final boolean fresh;
    private long size;

    private Segment(
            Path file, long number, Disk.Handle handle, long baseIndex, long baseTerm, boolean fresh, long size) {
        this.file = file;
        this.number = number;
        this.handle = handle;
        this.baseIndex = baseIndex;
        this.baseTerm = baseTerm;
        this.fresh = fresh;
        this.size = size;
    }

    /** Creates the file; it and its name are on the disk when this returns. */
    static Segment create(Disk disk, Path folder, long number, long baseIndex, long baseTerm, boolean fresh)
            throws IOException {
        Path file = folder.resolve(name(number));
        Disk.Handle handle = disk.open(file);
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            header.putLong(MAGIC).putLong(baseIndex).putLong(baseTerm).putInt(fresh ? 1 : 0);
            header.putInt(checksum(header));
            handle.truncate(0);
            handle.write(header.array(), HEADER, 0);
            handle.force();
            disk.forceFolder(folder);
        } catch (IOException e) {
            handle.close();
            throw e;
        }
        return new Segment(file, number, handle, baseIndex, baseTerm, fresh, HEADER);
    }

    /** Opens an existing file. Null when it was never finished: the crash came before its header was forced. */
    static Segment open(Disk disk, Path file, boolean last) throws IOException {
        Disk.Handle handle = disk.open(file);
        long size = handle.size();
        byte[] bytes = new byte[(int) Math.min(HEADER, size)];
        handle.read(bytes, 0);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        boolean whole = bytes.length == HEADER
                && header.getLong(0) == MAGIC
                && header.getInt(HEADER - Integer.BYTES) == checksum(header);
        if (!whole) {
            handle.close();
            if (last && size <= HEADER && (size < HEADER || zero(header, 0, HEADER))) {
                return null;
            }
            throw new CorruptLogException(file, 0, "the header is none");
        }
        header.position(Long.BYTES);
        return new Segment(file, number(file), handle, header.getLong(), header.getLong(), header.getInt() == 1, size);
    }

    /**
     * Hands every frame's bytes to {@code each}, with their offset.
     *
     * @param last whether this is the segment that was written to: its last frame may be incomplete, and is then cut off
     * @return how many bytes were cut off
     */
    long scan(boolean last, ObjLongConsumer<ByteBuffer> each) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(size)];
        handle.read(bytes, 0);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int at = HEADER;
        while (at < bytes.length) {
            int end = end(in, at);
            if (end < 0) {
                return cutOff(in, at, last);
            }
            each.accept(in.slice(at + Frame.HEADER, end - at - Frame.HEADER), at);
            at = end;
        }
        return 0;
    }

    /** Appends a frame and answers its offset. It is on the disk only after {@link #force}. */
    long append(byte[] frame) throws IOException {
        long at = size;
        handle.write(frame, frame.length, at);
        size += frame.length;
        return at;
    }

    void force() throws IOException {
        handle.force();
    }

    Frame frame(long offset) throws IOException {
        byte[] header = new byte[Frame.HEADER];
        handle.read(header, offset);
        if (!Frame.headerHolds(ByteBuffer.wrap(header), 0)) {
            throw new CorruptLogException(file, offset, "the header of a frame is none");
        }
        byte[] bytes = new byte[Frame.HEADER + ByteBuffer.wrap(header).getInt()];
        handle.read(bytes, offset);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (!Frame.bodyHolds(in, 0)) {
            throw new CorruptLogException(file, offset, "the checksum of a frame is wrong");
        }
        return Frame.read(in.position(Frame.HEADER));
    }

    Path file() {
        return file;
    }

    long number() {
        return number;
    }

    long baseIndex() {
        return baseIndex;
    }

    long baseTerm() {
        return baseTerm;
    }

    /** Whether nothing before this file counts: the state came from another member. */
    boolean fresh() {
        return fresh;
    }

    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        handle.close();
    }

    static String name(long number) {
        return String.format("%016d.log", number);
    }

    private static long number(Path file) {
        return Long.parseLong(file.getFileName().toString().replace(".log", ""));
    }

    /** Where the frame at that position ends; -1 when it is no good one. */
    private static int end(ByteBuffer in, int at) {
        int left = in.capacity() - at;
        if (left < Frame.HEADER || !Frame.headerHolds(in, at) || in.getInt(at) > left - Frame.HEADER) {
            return -1;
        }
        return Frame.bodyHolds(in, at) ? at + Frame.HEADER + in.getInt(at) : -1;
    }

    /**
     * A bad frame. It was never acknowledged, and is cut off, if the file ends inside it, or if a sector of the last frame
     * is all zeros: the file had grown, but the data was not there yet. Anything else was written once and is damaged now.
     */
    private long cutOff(ByteBuffer in, int at, boolean last) throws IOException {
        int left = in.capacity() - at;
        boolean header = left >= Frame.HEADER && Frame.headerHolds(in, at);
        long needed = header ? (long) Frame.HEADER + in.getInt(at) : left;
        boolean torn = left < Frame.HEADER
                || needed > left
                || (needed == left && hasEmptySector(in, at))
                || zero(in, at, left);
        if (!last || !torn) {
            throw new CorruptLogException(
                    file, at, header ? "the checksum of a frame is wrong" : "the header of a frame is none");
        }
        handle.truncate(at);
        handle.force();
        size = at;
        return left;
    }

    private static boolean hasEmptySector(ByteBuffer in, int from) {
        for (int at = from; at < in.capacity(); ) {
            int next = Math.min(in.capacity(), (at / SECTOR + 1) * SECTOR);
            if (zero(in, at, next - at)) {
                return true;
            }
            at = next;
        }
        return false;
    }

    private static boolean zero(ByteBuffer in, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (in.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private static int checksum(ByteBuffer header) {
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, HEADER - Integer.BYTES);
        return (int) crc.getValue();
    }
}
