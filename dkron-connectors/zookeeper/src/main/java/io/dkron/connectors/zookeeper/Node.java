package io.dkron.connectors.zookeeper;

import io.dkron.core.store.Batch;
import java.util.Optional;
import org.apache.zookeeper.data.Stat;

/** A node as it was read: its bytes, and what ZooKeeper says of it. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Node(byte[] stored, Stat stat) {
    Optional<byte[]> value() {
        return StoredForm.read(stored);
    }

    /** The transaction that last wrote it: the same for all of one commit, and never used again. */
    long version() {
        return value().isPresent() ? stat.getMzxid() : Batch.ABSENT;
    }
}
