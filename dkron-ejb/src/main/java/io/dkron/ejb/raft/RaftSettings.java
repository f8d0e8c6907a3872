package io.dkron.ejb.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How a server takes part in the group.
 *
 * @param nodeName unique in the cluster
 * @param nodeId random, born with the data directory
 * @param folder where term, vote, log and members are kept: {@code DATA/raft}
 * @param bindHost host or address that Raft listens on
 * @param port where it listens; 0 takes any free one
 * @param advertiseHost host or address told to the other servers
 * @param joins whether there is somebody to join ({@code join} or {@code retry-join} is set): then a server without data
 *     never begins a cluster of its own
 * @param expect how many servers begin a cluster together; 0 when it was not set
 * @param multiplier of the time after which a silent server is taken for failed, from 1
 * @param fsync whether the log is forced before an entry is acknowledged
 * @param timeout longest wait for a commit
 */
public record RaftSettings(
        String nodeName,
        String nodeId,
        Path folder,
        String bindHost,
        int port,
        String advertiseHost,
        boolean joins,
        int expect,
        int multiplier,
        boolean fsync,
        Duration timeout) {
    /** Silence after which a server is taken for failed, times the multiplier (protocol P23). */
    static final Duration SILENCE = Duration.ofSeconds(3);

    public RaftSettings {
        Objects.requireNonNull(nodeName, "nodeName");
        Objects.requireNonNull(nodeId, "nodeId");
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(bindHost, "bindHost");
        Objects.requireNonNull(advertiseHost, "advertiseHost");
        Objects.requireNonNull(timeout, "timeout");
        if (expect < 0 || multiplier < 1) {
            throw new IllegalArgumentException("expect " + expect + ", multiplier " + multiplier);
        }
    }

    Duration silence() {
        return SILENCE.multipliedBy(multiplier);
    }
}
