package io.dkron.ejb.live;

import java.util.Objects;

/**
 * How much of an output a node has.
 *
 * @param from offset of the first byte that it has
 * @param size how many bytes were printed so far in all
 * @param error what went wrong, in one line without its end, where it ended so; no part of the bytes
 */
public record OutputExtent(long from, long size, String error) {
    public OutputExtent {
        Objects.requireNonNull(error, "error");
        if (from < 0 || from > size) {
            throw new IllegalArgumentException("output from " + from + " of " + size);
        }
    }
}
