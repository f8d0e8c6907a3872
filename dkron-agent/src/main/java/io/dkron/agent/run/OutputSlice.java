package io.dkron.agent.run;

import java.util.Objects;

/**
 * A part of what a run printed so far.
 *
 * @param from offset of the first byte
 * @param size how much was printed so far in all
 * @param ended nothing will be added
 */
public record OutputSlice(long from, byte[] bytes, long size, boolean ended) {
    public OutputSlice {
        Objects.requireNonNull(bytes, "bytes");
    }
}
