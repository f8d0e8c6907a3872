package io.dkron.core.cluster;

import java.util.Objects;

/**
 * How far a store was seen to be: its fence's term, and the number of the newest commit in it. A store never shows less,
 * unless it went back in time (protocol P14).
 *
 * @param clusterId of the store; empty when nothing was seen yet
 * @param term of the fence
 * @param sequence of the newest commit of that term, 0 where only the term is known, as agents know it
 */
public record Progress(String clusterId, long term, long sequence) {
    /** Nothing was seen yet. */
    public static final Progress NONE = new Progress("", 0, 0);

    public Progress {
        Objects.requireNonNull(clusterId, "clusterId");
    }

    public static Progress of(LeaderRecord record) {
        return new Progress(record.clusterId(), record.term(), record.sequence());
    }

    /** What an agent that saw this fence knows of its store. */
    public static Progress of(Fence fence) {
        return new Progress(fence.clusterId(), fence.term(), 0);
    }

    /** The one that is further; of another cluster the newer one, which this is compared with. */
    public Progress max(Progress other) {
        boolean further = !clusterId.equals(other.clusterId) && !other.clusterId.isEmpty() || isBehind(other);
        return further ? other : this;
    }

    /** Whether a store that shows this went back in time, as it was seen like that before. */
    public boolean isBehind(Progress seen) {
        boolean comparable = clusterId.isEmpty() || clusterId.equals(seen.clusterId);
        return comparable && (term < seen.term || term == seen.term && sequence < seen.sequence);
    }
}
