package io.dkron.ejb.wiring;

import io.dkron.agent.gossip.Peer;
import io.dkron.core.store.Store;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.lease.LeaseElection;
import io.dkron.ejb.lease.Nonces;
import io.dkron.ejb.lease.SharedCopy;
import io.dkron.ejb.rpc.FeedFollower;
import io.dkron.ejb.rpc.FeedService;
import io.dkron.ejb.rpc.PeerChannels;
import io.dkron.ejb.service.RaftOperations;
import io.grpc.BindableService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Servers over a store that others operate: gossip, the lease in the store, and the leader's feed. */
final class SharedCluster extends GossipedCluster {
    /**
     * What it is made of.
     *
     * @param store raw
     * @param leaderKey of the fence
     * @param nonces marks of this node's leads
     * @param contact how this server meets the others
     * @param loops runs each of two long loops on a thread of its own
     */
    record Parts(Store store, String leaderKey, Nonces nonces, Contact contact, Executor loops) {
        Parts {
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(leaderKey, "leaderKey");
            Objects.requireNonNull(nonces, "nonces");
            Objects.requireNonNull(contact, "contact");
            Objects.requireNonNull(loops, "loops");
        }
    }

    private final Parts parts;
    private final SharedCopy copy;
    private final LeaseElection election;
    private final FeedFollower follower;
    private final List<AutoCloseable> watching = new ArrayList<>();

    SharedCluster(Parts parts) {
        super(parts.contact());
        this.parts = parts;
        copy = new SharedCopy(parts.store(), this, parts.leaderKey());
        election = new LeaseElection(new LeaseElection.Parts(
                parts.store(),
                copy,
                parts.leaderKey(),
                peers(),
                parts.nonces(),
                () -> trouble().isEmpty(),
                parts.loops(),
                System::nanoTime));
        follower =
                new FeedFollower(copy, new PeerChannels(peers(), parts.contact().clients())::leader);
    }

    @Override
    public Election election() {
        return election;
    }

    @Override
    public Optional<RaftOperations> raft() {
        return Optional.empty();
    }

    @Override
    public List<BindableService> services() {
        return List.of(new FeedService(copy));
    }

    @Override
    public void start(Peer self) throws IOException {
        super.start(self);
        watching.add(peers().onChange(election::look));
        watching.add(peers().onChange(follower::changed));
        parts.loops().execute(follower);
    }

    /** {@inheritDoc} There is no list of servers but gossip's, which is told by {@link #leaving}. */
    @Override
    public Optional<String> leave() {
        return Optional.empty();
    }

    @Override
    public void stop() {
        follower.stop();
        for (AutoCloseable watch : watching) {
            try {
                watch.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        super.stop();
    }
}
