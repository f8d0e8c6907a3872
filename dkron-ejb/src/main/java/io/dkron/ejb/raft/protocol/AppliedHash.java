package io.dkron.ejb.raft.protocol;

import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Digests of what was applied, so that members can notice that their states part (protocol P8). Entries fall into blocks of
 * 256 indexes; a block's digest covers each entry and the answer that applying it gave, and is known once all of the block
 * was applied since this object was made. Nothing has to be stored, and members that started at different times still compare
 * each block that both applied.
 */
final class AppliedHash {
    private static final int BLOCK = 256;
    private static final int KEPT = 64;
    private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;

    /** The digest of the block that ends with entry {@code last}; 0 for none. */
    record Block(long last, long value) {
        static final Block NONE = new Block(0, 0);
    }

    private final Block[] blocks = new Block[KEPT];
    private Block newest = Block.NONE;
    private long next = -1;
    private long running;

    void add(long index, long term, byte[] data, byte[] answer) {
        if (index % BLOCK == 1) {
            next = index;
            running = 0;
        }
        if (index != next) {
            next = -1;
            return;
        }
        next++;
        running = Long.rotateLeft(running ^ (index * PRIME + term), 27) * PRIME;
        running = Long.rotateLeft(running ^ checksum(data) ^ (checksum(answer) << 32), 31) * PRIME;
        if (index % BLOCK == 0) {
            newest = new Block(index, running);
            blocks[slot(index)] = newest;
        }
    }

    Block newest() {
        return newest;
    }

    /** The digest of the block that ends with that entry, if all of it was applied here. */
    Optional<Block> endingWith(long last) {
        return Optional.ofNullable(blocks[slot(last)]).filter(block -> block.last() == last);
    }

    private static int slot(long last) {
        return (int) (last / BLOCK % KEPT);
    }

    private static long checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }
}
