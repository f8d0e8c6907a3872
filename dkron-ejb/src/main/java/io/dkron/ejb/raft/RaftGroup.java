package io.dkron.ejb.raft;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.Store;
import io.dkron.ejb.service.RaftOperations;
import io.grpc.BindableService;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    private final RaftSettings settings;
    private final Conductor conductor;
    private final GroupService service;
    private final ReplicatedStore store;
    private final Duration silence;

    public RaftGroup(Parts parts) {
        Objects.requireNonNull(parts, "parts");
        settings = parts.settings();
        conductor = new Conductor(parts);
        service = new GroupService(conductor);
        store = new ReplicatedStore(conductor, parts.settings().timeout());
        silence = parts.settings().silence();
    }

    /**
     * What gossip is to say of this node from its first word on: the cluster that its data belong to. One that says so only
     * when its store is open was taken for a node without a cluster meanwhile, and let in by any.
     *
     * @throws IOException when the data are damaged, saying which
     */
    public Peer introduced(Peer self) throws IOException {
        Optional<GroupState> known = Recovery.isAsked(settings) ? Optional.empty() : GroupFile.peek(settings.folder());
        return known.filter(state -> state.phase() == GroupState.Phase.MEMBER)
                .flatMap(GroupState::cluster)
                .map(self::inCluster)
                .orElse(self);
    }

    /** Begins to take part; returns at once. Called once. */
    public void start() {
        conductor.start();
    }

    /** What the RPC server of this node offers to other servers; to be bound before {@link #start}. */
    public List<BindableService> services() {
        return List.of(service);
    }

    /** The store that all servers keep alike. There from the beginning; it fails until there is something to answer from. */
    public ReplicatedStore store() {
        return store;
    }

    /** What an operator sees and does of the group, on any server. */
    public RaftOperations operations() {
        return conductor.changes();
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
        return conductor.peer(raftId);
    }

    /** Why this server takes no part or nobody leads, for a person; empty while all is well. */
    public Optional<String> trouble() {
        return conductor.trouble();
    }

    /** Whether this server leads and may: what was committed before is applied here. */
    public boolean leads() {
        return conductor.member().filter(RaftMember::ready).isPresent();
    }

    /**
     * Whether this server still leads: true only when a majority confirmed it after the call, by an entry of its own. Blocks,
     * for the silence after which a server is taken for failed at most.
     */
    public boolean confirm() {
        Optional<RaftMember> now = conductor.member();
        if (now.isEmpty() || !now.get().ready() || conductor.isQuiet()) {
            return false;
        }
        long term = now.get().term();
        try {
            now.get().barrier().get(silence.toMillis(), TimeUnit.MILLISECONDS);
            return now.get().leads() && now.get().term() == term;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** How long ago a majority is known to have heard this server as the leader; for ever when it does not lead. */
    public Duration sinceMajority() {
        return conductor.sinceMajority();
    }

    /**
     * How long the lead has shown no life: of a leader since a majority heard it, of any other since it heard the leader; very
     * long where it knows of none.
     */
    public Duration silence() {
        return conductor.silence();
    }

    /**
     * Hands the lead to the follower that is most up to date: from the call on commits are refused, what is in flight ends
     * first. Where this server does not lead nothing happens. Blocks.
     *
     * @return whether another leads, or may; when false this server leads on and takes commits again
     */
    public boolean handOver(Duration atMost) {
        try {
            return conductor.changes().handOver(Optional.empty(), atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Leaves the group for good: hands over, is removed from the members, and marks the data, so that another start joins as
     * a new server. A server alone keeps its data valid. To be followed by {@link #close}. Blocks for up to half a minute.
     *
     * @return done, or why not; then nothing changed for good
     */
    public RaftOperations.Answer leave() {
        try {
            return conductor.changes().leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new RaftOperations.Answer(RaftOperations.Change.UNAVAILABLE, "interrupted");
        }
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
