package io.dkron.agent.run;

import io.dkron.core.execution.OutputTail;
import io.dkron.core.executor.RunContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * What a run printed, as a file. A process appends to it by itself; when it prints more than is kept, the disk space of
 * the oldest part is given back while offsets stay, so that the size still tells how much was printed. Safe for many
 * threads.
 */
final class OutputFile implements RunContext.OutputSink {
    private static final Logger LOG = System.getLogger(OutputFile.class.getName());
    private static final long BLOCK = 4096;

    private final Path path;
    private final long max;
    private long freed;

    OutputFile(Path directory, long max) {
        this.path = directory.resolve("output");
        this.max = max;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length); buffer.hasRemaining(); ) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("output " + path + ": " + e.getMessage(), e);
        }
        trim();
    }

    @Override
    public Path file() {
        return path;
    }

    long size() {
        try {
            return Files.size(path);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OutputTail tail(int limit) {
        OutputSlice slice = read(-limit, limit, true);
        return new OutputTail(slice.bytes(), Math.max(slice.size(), slice.bytes().length));
    }

    /** Negative offsets count from the end; what was given back is skipped. */
    OutputSlice read(long from, int limit, boolean ended) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            long start = Math.min(size, Math.max(from < 0 ? Math.max(0, size + from) : from, size - max));
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(limit, size - start));
            int read = 0;
            while (read >= 0 && buffer.hasRemaining()) { // less when the file was cut meanwhile
                read = channel.read(buffer, start + buffer.position());
            }
            byte[] bytes = buffer.position() == buffer.capacity()
                    ? buffer.array()
                    : java.util.Arrays.copyOf(buffer.array(), buffer.position());
            return new OutputSlice(start, bytes, size, ended);
        } catch (NoSuchFileException e) {
            return new OutputSlice(0, new byte[0], 0, ended);
        } catch (IOException e) {
            throw new UncheckedIOException("output " + path + ": " + e.getMessage(), e);
        }
    }

    /** Gives disk space back when a quarter more than {@code max} lies there. */
    synchronized void trim() {
        if (hasMuchToGive()) {
            long size = size();
            free((size - max) / BLOCK * BLOCK, size);
        }
    }

    /** Whether {@link #trim} would do something. */
    synchronized boolean hasMuchToGive() {
        return (size() - max) / BLOCK * BLOCK - freed >= Math.max(BLOCK, max / 4);
    }

    /** Gives all disk space back that {@code max} allows; for a run that is over. */
    synchronized void cut() {
        long size = size();
        long keepFrom = (size - max) / BLOCK * BLOCK;
        if (keepFrom > freed) {
            free(keepFrom, size);
        }
    }

    /** Bytes that lie there, by what {@code max} allows. */
    long kept() {
        return Math.min(size(), max);
    }

    private void free(long keepFrom, long size) {
        try {
            Process punch = new ProcessBuilder(
                            "fallocate",
                            "--punch-hole",
                            "--offset",
                            "0",
                            "--length",
                            Long.toString(keepFrom),
                            path.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            punch.getOutputStream().close();
            if (!punch.waitFor(30, TimeUnit.SECONDS) || punch.exitValue() != 0) {
                LOG.log(Level.WARNING, "output not cut, fallocate failed file={0} size={1}", path, size);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "output not cut file=" + path + " size=" + size, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        freed = keepFrom; // also after a failure: it is tried again when as much more has come
    }
}
