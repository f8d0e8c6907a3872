package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.Store;
import io.grpc.BindableService;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jgroups.stack.Protocol;

/**
 * This server's part in the group of servers that keep one store.
 *
 * <p>Order of calls: make it; {@link #services} go to the RPC server, which is started; gossip is started; {@link #start},
 * which returns at once. The group then finds out by itself what it is: a cluster of one at once, one of several that begin
 * together, a server that waits to be admitted, or a member that comes back; {@link #trouble} says what it waits for. The
 * {@link Leadership} is told who leads. What is needed of this node in gossip (Raft id and address, cluster id, how many are
 * expected) is put there by the group. To stop: {@link #handOver} while the node still works, then {@link #close}; to leave
 * for good {@link #leave}, then close.
 *
 * <p>Safe for many threads.
 */
public final class RaftGroup implements AutoCloseable {
    /**
     * What a group is made of.
     *
     * @param store opens the store of this server; asked again after it failed
     * @param knownCluster reads the cluster id that a store of a single server without a group carries
     * @param encryption makes the protocols that encrypt a channel, to stand above its transport; an empty list for none
     * @param listeners told of what is applied here
     * @param leadership told of the lead
     * @param workers threads for short work, and for two long loops
     * @param later runs things later
     */
    public record Parts(
            RaftSettings settings,
            Peers peers,
            RpcClients clients,
            Supplier<LocalStore> store,
            Function<Store, Optional<String>> knownCluster,
            Supplier<List<Protocol>> encryption,
            List<BatchListener> listeners,
            Leadership leadership,
            Executor workers,
            ScheduledExecutorService later) {
        public Parts {
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(peers, "peers");
            Objects.requireNonNull(clients, "clients");
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(knownCluster, "knownCluster");
            Objects.requireNonNull(encryption, "encryption");
            Objects.requireNonNull(leadership, "leadership");
            Objects.requireNonNull(workers, "workers");
            Objects.requireNonNull(later, "later");
            listeners = List.copyOf(listeners);
        }
    }

    private final Parts parts;
    private final Conductor conductor;
    private final ReplicatedStore store;

    public RaftGroup(Parts parts) {
        this.parts = Objects.requireNonNull(parts, "parts");
        conductor = new Conductor(parts);
        store = new ReplicatedStore(conductor, parts.settings().timeout());
        conductor.store(store);
    }

    /** Begins to take part; returns at once. Called once. */
    public void start() {
        conductor.start();
    }

    /** What the RPC server of this node offers to other servers; to be bound before {@link #start}. */
    public List<BindableService> services() {
        return List.of();
    }

    /** The store that all servers keep alike. There from the beginning; it fails until there is something to answer from. */
    public ReplicatedStore store() {
        return store;
    }

    /** The id of the cluster that this server belongs to; empty while it belongs to none. */
    public Optional<String> clusterId() {
        return conductor.clusterId();
    }

    /** This server's Raft id; empty before the data directory was read. */
    public Optional<String> raftId() {
        return conductor.raftId();
    }

    /** The node that gossip knows under a Raft id. */
    public Optional<Peer> peer(String raftId) {
        return parts.peers().all().stream()
                .filter(peer ->
                        peer.attribute(Peer.RAFT_ID).filter(raftId::equals).isPresent())
                .findFirst();
    }

    /** Why this server takes no part or nobody leads, for a person; empty while all is well. */
    public Optional<String> trouble() {
        return conductor.trouble();
    }

    /**
     * Whether this server still leads: true only when a majority confirmed it after the call. Blocks, for the silence after
     * which a server is taken for failed at most.
     */
    public boolean confirm() {
        return conductor.confirm();
    }

    /** How long ago a majority is known to have heard this server as the leader. */
    public Duration sinceMajority() {
        return conductor.member().map(RaftMember::sinceMajority).orElse(Duration.ofSeconds(Long.MAX_VALUE));
    }

    /** Takes part no longer. The membership stays. */
    @Override
    public void close() {
        conductor.close();
    }

    /** Ends as a killed process does. For tests. */
    void kill() {
        conductor.kill();
    }

    Conductor conductor() {
        return conductor;
    }
}
