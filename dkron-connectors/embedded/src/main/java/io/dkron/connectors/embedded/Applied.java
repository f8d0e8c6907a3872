package io.dkron.connectors.embedded;

import io.dkron.core.store.Batch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * How far a store is, kept in the transaction of each batch (protocol P8).
 *
 * @param storeId born with the store
 * @param index of the newest applied batch, 0 for none
 * @param hash of all batches so far and of how each ended: replicas at one index have equal ones. Against faults, not
 *     against forgery
 */
record Applied(UUID storeId, long index, long hash) {
    static Applied none(UUID storeId) {
        return new Applied(storeId, 0, 0);
    }

    /** After one more batch. */
    Applied after(Batch batch, boolean refused) {
        long next = mix(hash ^ mix(index + 1) ^ (refused ? 1 : 0));
        for (Map.Entry<String, Optional<byte[]>> write : batch.writes().entrySet()) {
            int key = crc(write.getKey().getBytes(StandardCharsets.UTF_8));
            int value = write.getValue().map(Applied::crc).orElse(-1);
            next = mix(next ^ ((long) key << 32 | value & 0xffffffffL))
                    + (write.getValue().isPresent() ? 1 : 0);
        }
        return new Applied(storeId, index + 1, next);
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(4 * Long.BYTES)
                .putLong(storeId.getMostSignificantBits())
                .putLong(storeId.getLeastSignificantBits())
                .putLong(index)
                .putLong(hash)
                .array();
    }

    static Applied of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Applied(new UUID(buffer.getLong(), buffer.getLong()), buffer.getLong(), buffer.getLong());
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** The finalizer of MurmurHash3. */
    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
