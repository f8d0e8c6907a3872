package io.dkron.agent.run;

import java.util.Objects;

/**
 * A part of what a run printed so far.
 *
 * @param from offset of the first byte
 * @param size how much was printed so far in all
 * @param ended nothing will be added
 * @param error what went wrong, in one line, where it ended so; no part of the bytes
 */
public record OutputSlice(long from, byte[] bytes, long size, boolean ended, String error) {
    /** Nothing went wrong, or is known of it. */
    public OutputSlice(long from, byte[] bytes, long size, boolean ended) {
        this(from, bytes, size, ended, "");
    }

    public OutputSlice {
        Objects.requireNonNull(error, "error");
        Objects.requireNonNull(bytes, "bytes");
    }

    /** This part, of a run that ended so. */
    OutputSlice endedBy(String reason) {
        return new OutputSlice(from, bytes, size, true, reason);
    }
}
