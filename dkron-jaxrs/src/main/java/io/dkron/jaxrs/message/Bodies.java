package io.dkron.jaxrs.message;

import io.dkron.jaxrs.problem.ApiProblem;
import io.dkron.jaxrs.problem.ProblemType;
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

    private static ApiProblem tooLarge(long limit) {
        return ApiProblem.of(ProblemType.TOO_LARGE, "The body is larger than " + limit + " bytes.");
    }
}
