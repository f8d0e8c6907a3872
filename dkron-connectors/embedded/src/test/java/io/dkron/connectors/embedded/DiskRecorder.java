package io.dkron.connectors.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;

/** Notes what a store does to its file, and tells what a disk may hold of that after a kill or a loss of power. */
final class DiskRecorder implements AutoCloseable {
    private static final int PAGE = 4096;

    private static volatile DiskRecorder current;

    private final List<Event> events = new ArrayList<>();

    private sealed interface Event {}

    private record Written(long at, byte[] bytes) implements Event {}

    private record Cut(long size) implements Event {}

    private record Forced() implements Event {}

    private record Acknowledged(long index) implements Event {}

    /** What lies on the disk, and what its owner had been told to be there. */
    record Disk(byte[] content, long acknowledged) {}

    /** From now on files are recorded, until this is closed. */
    DiskRecorder() {
        current = this;
        FilePath.register(new Recording());
    }

    @Override
    public void close() {
        FilePath.register(new SteadyFileScheme());
    }

    synchronized void acknowledged(long index) {
        events.add(new Acknowledged(index));
    }

    synchronized int moments() {
        return events.size();
    }

    /** After a kill: everything that was written. */
    synchronized Disk killedAt(int moment) {
        return rest(moment, moment, new Random(0));
    }

    /** After a loss of power: what was forced, and of the rest any pages, each as it was at any time since. */
    synchronized Disk powerLostAt(int moment, Random random) {
        int forced = moment;
        while (forced > 0 && !(events.get(forced - 1) instanceof Forced)) {
            forced--;
        }
        return rest(forced, moment, random);
    }

    private Disk rest(int sure, int moment, Random random) {
        byte[] content = new byte[0];
        long acknowledged = 0;
        for (int i = 0; i < moment; i++) {
            Event event = events.get(i);
            if (event instanceof Written written) {
                content = written(content, written, i < sure ? null : random);
            } else if (event instanceof Cut cut && (i < sure || random.nextBoolean())) {
                content = Arrays.copyOf(content, (int) cut.size);
            } else if (event instanceof Acknowledged a) {
                acknowledged = a.index;
            }
        }
        return new Disk(content, acknowledged);
    }

    private static byte[] written(byte[] before, Written written, Random loses) {
        int end = (int) written.at + written.bytes.length;
        byte[] content = end > before.length ? Arrays.copyOf(before, end) : before;
        for (int from = (int) written.at; from < end; from = (from / PAGE + 1) * PAGE) {
            int to = Math.min(end, (from / PAGE + 1) * PAGE);
            if (loses == null || loses.nextInt(4) > 0) {
                System.arraycopy(written.bytes, from - (int) written.at, content, from, to - from);
            }
        }
        return content;
    }

    private synchronized void add(Event event) {
        events.add(event);
    }

    /** Public, and found by a static field, because MVStore makes instances by reflection. */
    public static final class Recording extends SteadyFileScheme {
        @Override
        public FileChannel open(String mode) throws IOException {
            return new RecordedFile(super.open(mode), current);
        }
    }

    private static final class RecordedFile extends FileBase {
        private final FileChannel file;
        private final DiskRecorder recorder;

        RecordedFile(FileChannel file, DiskRecorder recorder) {
            this.file = file;
            this.recorder = recorder;
        }

        @Override
        public int read(ByteBuffer dst, long at) throws IOException {
            return file.read(dst, at);
        }

        @Override
        public int write(ByteBuffer src, long at) throws IOException {
            byte[] bytes = new byte[src.remaining()];
            src.duplicate().get(bytes);
            int count = file.write(src, at);
            recorder.add(new Written(at, bytes));
            return count;
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            file.truncate(size);
            recorder.add(new Cut(size));
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            file.force(metaData);
            recorder.add(new Forced());
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            return file.read(dst);
        }

        @Override
        public int write(ByteBuffer src) {
            throw new UnsupportedOperationException("a write without a position");
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public FileLock tryLock(long at, long size, boolean shared) throws IOException {
            return file.tryLock(at, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
