package io.dkron.ejb.raft.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real file system, which fails when told to, and tells what was asked of it. */
final class FaultyDisk implements Disk {
    final List<String> calls = new ArrayList<>();
    private boolean full;
    private boolean forceFails;

    void fill() {
        full = true;
    }

    void failForce() {
        forceFails = true;
    }

    long forces() {
        return calls.stream().filter("force"::equals).count();
    }

    @Override
    public Handle open(Path file) throws IOException {
        Handle real = REAL.open(file);
        return new Handle() {
            @Override
            public void write(byte[] bytes, int length, long position) throws IOException {
                calls.add("write");
                if (full) {
                    real.write(bytes, length / 2, position);
                    throw new IOException("No space left on device");
                }
                real.write(bytes, length, position);
            }

            @Override
            public void read(byte[] into, long position) throws IOException {
                real.read(into, position);
            }

            @Override
            public void force() throws IOException {
                calls.add("force");
                if (forceFails) {
                    throw new IOException("Input/output error");
                }
                real.force();
            }

            @Override
            public void truncate(long size) throws IOException {
                real.truncate(size);
            }

            @Override
            public long size() throws IOException {
                return real.size();
            }

            @Override
            public void close() throws IOException {
                real.close();
            }
        };
    }

    @Override
    public void replace(Path from, Path to) throws IOException {
        calls.add("rename " + to.getFileName());
        REAL.replace(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        REAL.delete(file);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        calls.add("folder");
        REAL.forceFolder(folder);
    }
}
