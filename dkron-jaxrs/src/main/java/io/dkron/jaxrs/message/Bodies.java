package io.dkron.jaxrs.message;

import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads bodies without holding more than their limit. */
public final class Bodies {
    private Bodies() {}

    /**
     * The whole body.
     *
     * @throws ApiProblem {@code too-large} after at most one byte more than the limit
     */
    public static byte[] read(InputStream body, long limit) {
        try {
            byte[] bytes = body.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, limit + 1));
            if (bytes.length > limit) {
                throw tooLarge(limit);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("a request's body broke off", e);
        }
    }

    /** The body, which throws {@code too-large} when more than the limit is read from it. */
    public static InputStream bounded(InputStream body, long limit) {
        return new FilterInputStream(body) {
            private long left = limit;

            @Override
            public int read() throws IOException {
                int next = super.read();
                return next < 0 ? next : counted(1) == 1 ? next : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return counted(super.read(into, offset, length));
            }

            private int counted(int read) {
                left -= Math.max(0, read);
                if (left < 0) {
                    throw tooLarge(limit);
                }
                return read;
            }
        };
    }

    private static ApiProblem tooLarge(long limit) {
        return ApiProblem.of(ProblemType.TOO_LARGE, "The body is larger than " + limit + " bytes.");
    }
}
