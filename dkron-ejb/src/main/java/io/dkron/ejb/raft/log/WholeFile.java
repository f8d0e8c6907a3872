package io.dkron.ejb.raft.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small file that is replaced as a whole: written beside it, forced, renamed, the folder forced. After a crash it holds
 * either what it held or what was to be written. Layout: checksum, length, content.
 */
final class WholeFile {
    private static final int HEADER = Integer.BYTES + Integer.BYTES;

    private final Disk disk;
    private final Path file;

    WholeFile(Disk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    Path path() {
        return file;
    }

    Optional<ByteBuffer> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] bytes;
        try (Disk.Handle handle = disk.open(file)) {
            bytes = new byte[Math.toIntExact(handle.size())];
            handle.read(bytes, 0);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER) {
            throw new CorruptLogException(file, 0, "too short");
        }
        int checksum = buffer.getInt();
        if (buffer.getInt() != bytes.length - HEADER || checksum != checksum(bytes)) {
            throw new CorruptLogException(file, 0, "the checksum is wrong");
        }
        return Optional.of(buffer.slice());
    }

    void write(byte[] content) throws IOException {
        byte[] bytes = new byte[HEADER + content.length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        buffer.position(Integer.BYTES);
        buffer.putInt(content.length).put(content);
        buffer.putInt(0, checksum(bytes));
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try (Disk.Handle handle = disk.open(beside)) {
            handle.truncate(0);
            handle.write(bytes, bytes.length, 0);
            handle.force();
        }
        disk.replace(beside, file);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, Integer.BYTES, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
