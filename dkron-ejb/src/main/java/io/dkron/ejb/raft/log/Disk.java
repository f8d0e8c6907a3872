package io.dkron.ejb.raft.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** What the log asks of a file system: few enough calls that a test can let each of them fail. */
interface Disk {
    /** A file open for reading and writing. */
    interface Handle extends AutoCloseable {
        /** Writes all of it at that position. */
        void write(byte[] bytes, int length, long position) throws IOException;

        /** Fills the buffer from that position; fails when the file ends before. */
        void read(byte[] into, long position) throws IOException;

        /** What was written is on the disk when this returns. */
        void force() throws IOException;

        void truncate(long size) throws IOException;

        long size() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Opens, and creates when it is not there. */
    Handle open(Path file) throws IOException;

    /** Renames over what is there, and forces the folder. */
    void replace(Path from, Path to) throws IOException;

    void delete(Path file) throws IOException;

    /** Names created or removed in that folder are on the disk when this returns. */
    void forceFolder(Path folder) throws IOException;

    /** The file system of this machine. Not by channels: an interrupt would close them in the middle of a write. */
    Disk REAL = new Disk() {
        @Override
        public Handle open(Path file) throws IOException {
            return new RealHandle(new RandomAccessFile(file.toFile(), "rw"));
        }

        @Override
        public void replace(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceFolder(to.getParent());
        }

        @Override
        public void delete(Path file) throws IOException {
            Files.deleteIfExists(file);
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    /** A handle by position on one file. */
    record RealHandle(RandomAccessFile file) implements Handle {
        @Override
        public void write(byte[] bytes, int length, long position) throws IOException {
            file.seek(position);
            file.write(bytes, 0, length);
        }

        @Override
        public void read(byte[] into, long position) throws IOException {
            file.seek(position);
            file.readFully(into);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.setLength(size);
        }

        @Override
        public long size() throws IOException {
            return file.length();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
