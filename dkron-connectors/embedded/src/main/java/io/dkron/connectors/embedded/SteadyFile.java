package io.dkron.connectors.embedded;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.h2.store.fs.FileBase;

/**
 * A file that an interrupt cannot close. MVStore reads and writes on its callers' threads, and Java closes a file channel,
 * for all, when a thread in it is interrupted; {@link RandomAccessFile} is not concerned. Reads and writes have a position
 * each, so that neither waits for the other.
 */
final class SteadyFile extends FileBase {
    private final RandomAccessFile reader;
    private final RandomAccessFile writer;
    private final FileChannel locks;
    private final View view;
    private long position;

    SteadyFile(String name, String mode, View view) throws IOException {
        this.view = view;
        writer = new RandomAccessFile(name, mode);
        locks = writer.getChannel();
        reader = new RandomAccessFile(name, "r");
    }

    @Override
    public int read(ByteBuffer dst, long at) throws IOException {
        synchronized (reader) {
            reader.seek(at);
            int count = reader.read(dst.array(), dst.arrayOffset() + dst.position(), dst.remaining());
            if (count > 0) {
                view.show(dst.array(), dst.arrayOffset() + dst.position(), count, at);
                dst.position(dst.position() + count);
            }
            return count;
        }
    }

    @Override
    public int write(ByteBuffer src, long at) throws IOException {
        synchronized (writer) {
            int count = src.remaining();
            writer.seek(at);
            writer.write(src.array(), src.arrayOffset() + src.position(), count);
            view.written(at, count);
            src.position(src.limit());
            return count;
        }
    }

    @Override
    public synchronized int read(ByteBuffer dst) throws IOException {
        int count = read(dst, position);
        position += Math.max(0, count);
        return count;
    }

    @Override
    public synchronized int write(ByteBuffer src) throws IOException {
        int count = write(src, position);
        position += count;
        return count;
    }

    @Override
    public synchronized long position() {
        return position;
    }

    @Override
    public synchronized FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() throws IOException {
        return writer.length();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        synchronized (writer) {
            if (size > writer.length()) {
                throw new EOFException("cannot be cut to more than it has");
            }
            writer.setLength(size);
        }
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        writer.getFD().sync();
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) throws IOException {
        return locks.tryLock(at, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        try (reader;
                writer) {
            position = 0;
        }
    }
}
