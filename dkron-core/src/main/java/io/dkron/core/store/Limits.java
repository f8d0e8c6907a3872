package io.dkron.core.store;

/**
 * What one batch may hold at most. A store takes every batch within them; who composes batches keeps within them.
 *
 * @param operations distinct keys that are expected or written, from 32
 * @param bytes of all keys and values together, from 256 KiB
 * @param value bytes of one value, from 128 KiB, whatever the bytes are
 */
public record Limits(int operations, int bytes, int value) {
    /** Of a store that has none of its own. */
    public static final Limits NONE = new Limits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public Limits {
        if (operations < 32 || bytes < 256 << 10 || value < 128 << 10 || value > bytes) {
            throw new IllegalArgumentException("no store for Dkron: " + operations + " operations, " + bytes
                    + " bytes, " + value + " bytes a value");
        }
    }
}
