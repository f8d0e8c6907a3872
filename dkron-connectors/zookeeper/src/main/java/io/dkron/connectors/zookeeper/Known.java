package io.dkron.connectors.zookeeper;

import io.dkron.core.store.Batch;
import org.apache.zookeeper.data.Stat;

/**
 * What a commit has to know of a node.
 *
 * @param there whether there is a node; it may have no value
 * @param dataVersion what ZooKeeper compares: counts the writes of this node since it was made
 * @param version of the key; the transaction that last wrote the node, {@link Batch#ABSENT} for one without a value
 * @param children how many nodes are below it
 */
record Known(boolean there, int dataVersion, long version, int children) {
    static final Known MISSING = new Known(false, 0, Batch.ABSENT, 0);

    static Known of(Node node) {
        return new Known(
                true, node.stat().getVersion(), node.version(), node.stat().getNumChildren());
    }

    static Known written(Stat stat, boolean value) {
        return new Known(true, stat.getVersion(), value ? stat.getMzxid() : Batch.ABSENT, stat.getNumChildren());
    }

    static Known created(long transaction) {
        return new Known(true, 0, transaction, 0);
    }
}
