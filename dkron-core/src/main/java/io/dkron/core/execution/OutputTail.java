package io.dkron.core.execution;

import java.util.Arrays;

/**
 * The last part of what a run printed. Immutable; arrays are copied at neither side for the sake of size: callers must
 * not change them.
 *
 * @param bytes the kept part
 * @param size how many bytes were written in all, at least {@code bytes.length}
 */
public record OutputTail(byte[] bytes, long size) {
    public static final OutputTail EMPTY = new OutputTail(new byte[0], 0);

    public OutputTail {
        if (size < bytes.length) {
            throw new IllegalArgumentException("output of " + size + " bytes keeps " + bytes.length);
        }
    }

    /** Nothing was cut. */
    public static OutputTail whole(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new OutputTail(bytes, bytes.length);
    }

    public boolean truncated() {
        return size > bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutputTail o && size == o.size && Arrays.equals(bytes, o.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + Long.hashCode(size);
    }

    @Override
    public String toString() {
        return "OutputTail[" + bytes.length + " of " + size + "]";
    }
}
