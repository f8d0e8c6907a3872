package io.dkron.ejb.wiring;

import io.dkron.core.store.Store;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.raft.Leadership;
import io.dkron.ejb.raft.RaftGroup;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Servers with the embedded store elect by Raft. */
final class RaftElection implements Election, Leadership {
    private final Supplier<RaftGroup> group;
    private volatile Optional<Candidate> candidate = Optional.empty();

    /** @param group made with this as its leadership */
    RaftElection(Supplier<RaftGroup> group) {
        this.group = group;
    }

    @Override
    public Store store() {
        return group.get().store();
    }

    @Override
    public void start(Candidate told) {
        candidate = Optional.of(told);
        group.get().start();
    }

    @Override
    public boolean confirm() {
        return group.get().confirm();
    }

    @Override
    public Duration silence() {
        return group.get().silence();
    }

    @Override
    public Optional<String> trouble() {
        return group.get().trouble();
    }

    @Override
    public boolean handOver(Duration atMost) {
        return group.get().handOver(atMost);
    }

    @Override
    public void stop() {
        group.get().close();
    }

    @Override
    public void lead() {
        candidate.ifPresent(c -> c.elected("elected by the servers"));
    }

    @Override
    public void follow(Optional<String> leader) {
        candidate.ifPresent(
                c -> c.deposed(leader.map(id -> "server " + id + " was elected").orElse("no server has a majority")));
    }

    @Override
    public void stopped(String reason) {
        candidate.ifPresent(c -> c.deposed(reason));
    }
}
