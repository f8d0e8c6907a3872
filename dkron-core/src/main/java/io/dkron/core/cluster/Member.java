package io.dkron.core.cluster;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A node of the cluster.
 *
 * @param id random, born with the node's data directory
 * @param name unique in the cluster
 * @param address IP address told to others
 * @param port gossip port told to others
 * @param rpcPort RPC port told to others
 * @param server whether it may lead
 * @param tags what jobs choose by: the user's and Dkron's own, of both generations
 * @param journalId the agent journal's present id, another after each start (protocol P11)
 */
public record Member(
        String id,
        String name,
        String address,
        int port,
        int rpcPort,
        boolean server,
        SortedMap<String, String> tags,
        MemberStatus status,
        String journalId) {
    public Member {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(journalId, "journalId");
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    public boolean alive() {
        return status == MemberStatus.ALIVE;
    }
}
