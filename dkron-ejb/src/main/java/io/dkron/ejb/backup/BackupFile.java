package io.dkron.ejb.backup;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.Lineage;
import io.dkron.core.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The jobs of a backup in a file without a name, which goes when it is closed and when the process ends. In memory are names,
 * parents and places alone. Not thread-safe.
 */
public final class BackupFile implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path directory;
    private final FileChannel channel;
    private final ByteArrayOutputStream unwritten = new ByteArrayOutputStream(BUFFER);
    private final ArrayList<Lineage.Member> members = new ArrayList<>();
    private long[] ends = new long[64];
    private long written;

    /** An empty one. @throws StoreException when the directory takes none */
    BackupFile(Path directory) {
        this.directory = directory;
        try {
            channel = FileChannel.open(
                    Files.createTempFile(directory, "restore-", ".tmp"),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Appends a job. @throws StoreException when the disk takes no more */
    public void add(Job job) {
        unwritten.writeBytes(JobJson.store(job));
        if (members.size() == ends.length) {
            ends = Arrays.copyOf(ends, ends.length * 2);
        }
        ends[members.size()] = bytes();
        members.add(new Lineage.Member(job.name(), job.definition().parent()));
        if (unwritten.size() >= BUFFER) {
            flush();
        }
    }

    /** How many jobs there are. */
    public int size() {
        return members.size();
    }

    /** How many bytes they take, in the form in which they are stored. */
    public long bytes() {
        return written + unwritten.size();
    }

    /** The jobs in short, in their order; a live view. */
    List<Lineage.Member> members() {
        return members;
    }

    /** How many bytes the job at that place takes. */
    int bytes(int place) {
        return (int) (ends[place] - start(place));
    }

    private long start(int place) {
        return place == 0 ? 0 : ends[place - 1];
    }

    /** The jobs, all of them in memory: for a small backup. */
    public List<Job> all() {
        List<Job> all = new ArrayList<>();
        for (int place = 0; place < size(); place++) {
            all.add(read(place));
        }
        return all;
    }

    /** The job at that place. @throws StoreException when the disk does not give it back */
    Job read(int place) {
        flush();
        ByteBuffer bytes = ByteBuffer.allocate(bytes(place));
        try {
            long from = start(place);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, from + bytes.position()) < 0) {
                    throw new IOException("it ends early, at " + (from + bytes.position()));
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
        return JobJson.read(bytes.array());
    }

    private void flush() {
        ByteBuffer bytes = ByteBuffer.wrap(unwritten.toByteArray());
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, written + bytes.position());
            }
        } catch (IOException e) {
            throw failed(e);
        }
        written += unwritten.size();
        unwritten.reset();
    }

    private StoreException failed(IOException cause) {
        return new StoreException("the backup cannot be kept in " + directory + " while it is read: " + cause, cause);
    }

    /** Forgets all of it. */
    @Override
    public void close() {
        members.clear();
        members.trimToSize(); // an answer that is held on to must not hold this
        ends = new long[0];
        try {
            channel.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
