package io.dkron.connectors.embedded.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A page of a BoltDB file, with the pages that continue it: a header of id (8 bytes), flags (2), number of elements (2) and of
 * further pages (4), then the elements, little-endian. Immutable.
 *
 * @see <a href="https://github.com/etcd-io/bbolt/blob/main/internal/common/page.go">the format's source</a>
 */
final class BoltPage {
    static final int HEADER = 16;

    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int ELEMENT = 16;

    private final ByteBuffer bytes;
    private final long id;
    private final int flags;
    private final int count;

    /** @throws BoltException when it is neither a branch nor a leaf, or its elements do not fit into it */
    BoltPage(ByteBuffer page) {
        bytes = page.slice().order(ByteOrder.LITTLE_ENDIAN);
        id = bytes.getLong(0);
        flags = Short.toUnsignedInt(bytes.getShort(8));
        count = Short.toUnsignedInt(bytes.getShort(10));
        if (flags != BRANCH && flags != LEAF) {
            throw new BoltException("page " + id + " is no page of keys");
        }
        if (HEADER + (long) count * ELEMENT > bytes.limit()) {
            throw new BoltException("page " + id + " is cut off");
        }
    }

    /** How many pages continue the one with this header. */
    static int overflow(ByteBuffer header) {
        return header.order(ByteOrder.LITTLE_ENDIAN).getInt(12);
    }

    boolean leaf() {
        return flags == LEAF;
    }

    int count() {
        return count;
    }

    byte[] key(int index) {
        int element = element(index);
        return leaf()
                ? part(element, bytes.getInt(element + 4), bytes.getInt(element + 8))
                : part(element, bytes.getInt(element), bytes.getInt(element + 4));
    }

    /** Of a leaf. */
    byte[] value(int index) {
        int element = element(index);
        long start =
                Integer.toUnsignedLong(bytes.getInt(element + 4)) + Integer.toUnsignedLong(bytes.getInt(element + 8));
        return part(element, start, bytes.getInt(element + 12));
    }

    /** Whether the value of that element of a leaf is a bucket of its own. */
    boolean bucket(int index) {
        return (bytes.getInt(element(index)) & 1) != 0;
    }

    /** The page below that element of a branch. */
    long child(int index) {
        return bytes.getLong(element(index) + 8);
    }

    private static int element(int index) {
        return HEADER + index * ELEMENT;
    }

    /** @param position counts from the element's start */
    private byte[] part(int element, long position, int length) {
        long from = element + (position & 0xFFFF_FFFFL);
        if (length < 0 || from + length > bytes.limit()) {
            throw new BoltException("an element of page " + id + " is cut off");
        }
        byte[] part = new byte[length];
        bytes.get((int) from, part);
        return part;
    }

    /** Compares as the file is ordered, by unsigned bytes. */
    static int compare(byte[] one, byte[] other) {
        return Arrays.compareUnsigned(one, other);
    }
}
