package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.store.Codec;

/** The stored form of the fence, for those who follow the leader's commits. */
public final class LeaderRecords {
    /** Its codec; pure, safe for use by many threads. */
    public static final Codec<LeaderRecord> JSON = Records.LEADER;

    private LeaderRecords() {}
}
