package io.dkron.agent.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of checksummed records, appended in groups that are forced to disk together. A record is its mark, the length
 * and the checksum of its bytes, then the bytes. Not thread-safe.
 */
final class JournalFile implements AutoCloseable {
    private static final Logger LOG = System.getLogger(JournalFile.class.getName());
    private static final int MARK = 0x646b4a31; // "dkJ1"
    private static final int HEAD = 12;
    private static final int MAX_RECORD = 64 << 20;

    /** Receives what the file holds, in order. */
    interface Reader {
        void record(long offset, ByteBuffer bytes);

        /** Records that were once written are missing here. */
        default void damaged() {}
    }

    private final Path path;
    private FileChannel channel;
    private long end;

    private JournalFile(Path path, FileChannel channel, long end) {
        this.path = path;
        this.channel = channel;
        this.end = end;
    }

    /**
     * Opens the file, made when it is not there, and reads what it holds. A torn last record was never acknowledged and
     * is cut off; damage with whole records behind it is copied to a file beside and reported, and reading goes on
     * behind it.
     */
    static JournalFile open(Path path, Reader reader) throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            long end = read(path, channel, reader);
            channel.truncate(end);
            return new JournalFile(path, channel, end);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static long read(Path path, FileChannel channel, Reader reader) throws IOException {
        long size = channel.size();
        long at = 0;
        while (at < size) {
            ByteBuffer record = recordAt(channel, at, size);
            if (record != null) {
                reader.record(at, record);
                at += HEAD + record.limit();
                continue;
            }
            long next = nextRecord(channel, at + 1, size);
            if (next < 0) {
                LOG.log(
                        Level.WARNING,
                        "journal tail cut, it was never acknowledged file={0} at={1} bytes={2}",
                        path,
                        at,
                        size - at);
                return at;
            }
            Path copy = path.resolveSibling(path.getFileName() + ".damaged-" + System.currentTimeMillis());
            Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
            LOG.log(
                    Level.ERROR,
                    "journal damaged, bytes skipped file={0} from={1} to={2} copy={3}; check the disk",
                    path,
                    at,
                    next,
                    copy);
            reader.damaged();
            at = next;
        }
        return at;
    }

    private static ByteBuffer recordAt(FileChannel channel, long at, long size) throws IOException {
        if (size - at < HEAD) {
            return null;
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        readFully(channel, head, at);
        int length = head.getInt(4);
        if (head.getInt(0) != MARK || length < 1 || length > MAX_RECORD || at + HEAD + length > size) {
            return null;
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        readFully(channel, body, at + HEAD);
        return checksum(body) == head.getInt(8) ? body : null;
    }

    private static long nextRecord(FileChannel channel, long from, long size) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(1 << 16);
        for (long base = from; base < size; base += window.capacity() - 3) {
            window.clear().limit((int) Math.min(window.capacity(), size - base));
            readFully(channel, window, base);
            for (int i = 0; i + 4 <= window.limit(); i++) {
                if (window.getInt(i) == MARK && recordAt(channel, base + i, size) != null) {
                    return base + i;
                }
            }
        }
        return -1;
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long at) throws IOException {
        long position = at;
        while (into.hasRemaining()) {
            int n = channel.read(into, position);
            if (n < 0) {
                throw new IOException("file ended at " + position);
            }
            position += n;
        }
        into.flip();
    }

    private static int checksum(ByteBuffer body) {
        CRC32C crc = new CRC32C();
        crc.update(body.duplicate());
        return (int) crc.getValue();
    }

    /**
     * Appends the records as one group and forces them. On failure the file is as before.
     *
     * @return the offset of each record
     */
    List<Long> append(List<byte[]> records) throws IOException {
        int bytes = 0;
        for (byte[] record : records) {
            bytes = Math.addExact(bytes, HEAD + record.length);
        }
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        List<Long> offsets = new ArrayList<>(records.size());
        for (byte[] record : records) {
            offsets.add(end + buffer.position());
            buffer.putInt(MARK)
                    .putInt(record.length)
                    .putInt(checksum(ByteBuffer.wrap(record)))
                    .put(record);
        }
        buffer.flip();
        try {
            for (long at = end; buffer.hasRemaining(); ) {
                at += channel.write(buffer, at);
            }
            channel.force(false);
        } catch (IOException e) {
            channel.truncate(end);
            throw e;
        }
        end += bytes;
        return offsets;
    }

    ByteBuffer read(long offset) throws IOException {
        ByteBuffer record = recordAt(channel, offset, end);
        if (record == null) {
            throw new IOException("no record at " + offset + " of " + path);
        }
        return record;
    }

    long size() {
        return end;
    }

    /** Puts another file, already complete and forced, in this one's place. */
    void replaceBy(JournalFile other) throws IOException {
        Files.move(other.path, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
        channel.close();
        channel = other.channel;
        end = other.end;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
