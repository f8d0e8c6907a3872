package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.proto.GroupAboutRequest;
import io.dkron.agent.rpc.proto.GroupAboutResponse;
import io.dkron.agent.rpc.proto.GroupFetchPart;
import io.dkron.agent.rpc.proto.GroupFetchRequest;
import io.dkron.agent.rpc.proto.GroupGrpc;
import io.dkron.ejb.raft.log.SnapshotReference;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Calls of a server to other servers of the group. Each has a deadline. */
final class GroupCalls {
    private static final Logger LOG = System.getLogger(GroupCalls.class.getName());
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration FETCH = Duration.ofMinutes(15);

    private final RpcClients clients;

    GroupCalls(RpcClients clients) {
        this.clients = Objects.requireNonNull(clients, "clients");
    }

    /** What a server says of itself; empty when it does not answer. */
    Optional<GroupAboutResponse> about(Peer peer, String raftId) {
        try {
            return Optional.of(blocking(peer, SHORT)
                    .about(GroupAboutRequest.newBuilder().setRaftId(raftId).build()));
        } catch (StatusRuntimeException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "server does not answer node=" + peer.member().name(), e);
            return Optional.empty();
        }
    }

    /** @throws StatusRuntimeException at the first call, when it does not answer */
    GroupGrpc.GroupBlockingStub blocking(Peer peer, Duration within) {
        return GroupGrpc.newBlockingStub(clients.channel(address(peer)))
                .withDeadlineAfter(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    GroupGrpc.GroupFutureStub future(Peer peer, Duration within) {
        return GroupGrpc.newFutureStub(clients.channel(address(peer)))
                .withDeadlineAfter(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Fetches the state of the leader to a file.
     *
     * @return what it is the state of
     */
    SnapshotReference fetch(Peer leader, String cluster, String raftId, Path file) throws IOException {
        try {
            Iterator<GroupFetchPart> parts = blocking(leader, FETCH)
                    .fetch(GroupFetchRequest.newBuilder()
                            .setCluster(cluster)
                            .setRaftId(raftId)
                            .build());
            GroupFetchPart head = parts.next();
            if (!head.getRefusal().isEmpty()) {
                throw new IOException(leader.member().name() + " gives no state: " + head.getRefusal());
            }
            try (OutputStream out = Files.newOutputStream(file)) {
                while (parts.hasNext()) {
                    parts.next().getBytes().writeTo(out);
                }
            }
            return new SnapshotReference(head.getIndex(), head.getTerm(), head.getMembersList(), "");
        } catch (StatusRuntimeException e) {
            throw new IOException("state not fetched from " + leader.member().name() + ": " + e.getStatus(), e);
        }
    }

    private static InetSocketAddress address(Peer peer) {
        return new InetSocketAddress(peer.member().address(), peer.member().rpcPort());
    }
}
