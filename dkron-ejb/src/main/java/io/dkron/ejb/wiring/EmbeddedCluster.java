package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Encryption;
import io.dkron.agent.gossip.Peer;
import io.dkron.core.store.LocalStore;
import io.dkron.core.store.Store;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.raft.RaftGroup;
import io.dkron.ejb.raft.RaftSettings;
import io.dkron.ejb.service.RaftOperations;
import io.grpc.BindableService;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;

/** Servers that keep the embedded store alike among themselves: gossip, and Raft over the store on each one's disk. */
final class EmbeddedCluster extends GossipedCluster {
    /**
     * What it is made of.
     *
     * @param raft how this server takes part
     * @param contact how it meets the others
     * @param store opens the store on this node's disk
     * @param knownCluster reads the cluster id that a store of an earlier version carries
     * @param workers threads for short work
     */
    record Parts(
            RaftSettings raft,
            Contact contact,
            Supplier<LocalStore> store,
            Function<Store, Optional<String>> knownCluster,
            Executor workers,
            ScheduledExecutorService later) {
        Parts {
            Objects.requireNonNull(raft, "raft");
            Objects.requireNonNull(contact, "contact");
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(knownCluster, "knownCluster");
            Objects.requireNonNull(workers, "workers");
            Objects.requireNonNull(later, "later");
        }
    }

    private final RaftGroup group;
    private final RaftElection election;

    EmbeddedCluster(Parts parts) {
        super(parts.contact());
        election = new RaftElection(this::group);
        Encryption encryption = parts.contact().gossip().encryption();
        group = new RaftGroup(new RaftGroup.Parts(
                parts.raft(),
                peers(),
                parts.contact().clients(),
                parts.store(),
                parts.knownCluster(),
                () -> encryption.enabled() ? List.of(encryption.protocol("raft")) : List.of(),
                List.of(this),
                election,
                parts.workers(),
                parts.later()));
    }

    private RaftGroup group() {
        return group;
    }

    @Override
    public Election election() {
        return election;
    }

    @Override
    public Optional<RaftOperations> raft() {
        return Optional.of(group.operations());
    }

    @Override
    public List<BindableService> services() {
        return group.services();
    }

    @Override
    public void start(Peer self) throws IOException {
        super.start(group.introduced(self));
    }

    @Override
    public Optional<String> leave() {
        RaftOperations.Answer answer = group.leave();
        return answer.change() == RaftOperations.Change.DONE ? Optional.empty() : Optional.of(answer.detail());
    }
}
