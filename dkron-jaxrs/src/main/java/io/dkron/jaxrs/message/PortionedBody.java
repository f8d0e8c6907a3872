package io.dkron.jaxrs.message;

import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A body of many values that are read one after the other: it may be large, but none of them. Throws {@code too-large} when
 * more is read than there may be. Not thread-safe.
 */
public final class PortionedBody extends FilterInputStream {
    private static final int AHEAD = 1 << 16; // that a parser reads beyond the end of a value

    private final long most;
    private final long each;
    private long read;
    private long begun;
    private int number;

    /**
     * @param most bytes of the whole
     * @param each bytes of a value
     */
    public PortionedBody(InputStream body, long most, long each) {
        super(body);
        this.most = most;
        this.each = each;
    }

    /** A value is read to its end. */
    public void next() {
        begun = read;
        number++;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        counted(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        counted(Math.max(0, count));
        return count;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long count = super.skip(bytes);
        counted(count);
        return count;
    }

    private void counted(long more) {
        read += more;
        if (read > most) {
            throw ApiProblem.of(
                    ProblemType.TOO_LARGE, "The body is larger than " + most + " bytes (setting http-max-restore).");
        }
        if (read - begun > each + AHEAD) {
            throw ApiProblem.of(
                    ProblemType.TOO_LARGE,
                    "jobs[" + number + "] is larger than " + each + " bytes (setting http-max-body).");
        }
    }
}
