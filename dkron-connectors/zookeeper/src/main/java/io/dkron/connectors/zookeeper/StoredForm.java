package io.dkron.connectors.zookeeper;

import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of a node. No bytes, and the one byte 1, are what Dkron 1.x leaves in parents and half-made nodes: no value. So
 * our empty value, and those that begin with the byte 1, have the bytes 1 and 2 before them.
 */
final class StoredForm {
    /** What a parent holds, and a key that is gone but has children. */
    static final byte[] NOTHING = {};

    private static final byte MARK = 1;
    private static final byte VALUE = 2;

    private StoredForm() {}

    static byte[] write(byte[] value) {
        if (value.length > 0 && value[0] != MARK) {
            return value;
        }
        byte[] stored = new byte[value.length + 2];
        stored[0] = MARK;
        stored[1] = VALUE;
        System.arraycopy(value, 0, stored, 2, value.length);
        return stored;
    }

    static Optional<byte[]> read(byte[] stored) {
        if (stored.length == 0 || stored.length == 1 && stored[0] == MARK) {
            return Optional.empty();
        }
        boolean marked = stored[0] == MARK && stored[1] == VALUE;
        return Optional.of(marked ? Arrays.copyOfRange(stored, 2, stored.length) : stored);
    }
}
