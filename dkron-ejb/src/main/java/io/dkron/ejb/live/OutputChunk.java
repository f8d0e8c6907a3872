package io.dkron.ejb.live;

import java.util.Objects;

/**
 * A part of a running execution's output.
 *
 * @param offset of its first byte in the whole output
 * @param bytes not to be changed by anyone
 */
public record OutputChunk(long offset, byte[] bytes) {
    public OutputChunk {
        Objects.requireNonNull(bytes, "bytes");
    }

    /** The offset after its last byte. */
    public long end() {
        return offset + bytes.length;
    }

    @Override
    public String toString() {
        return "OutputChunk[" + offset + "+" + bytes.length + "]";
    }
}
