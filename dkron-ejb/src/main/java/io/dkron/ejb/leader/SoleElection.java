package io.dkron.ejb.leader;

import io.dkron.core.store.Store;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Where there is no other server: the only one is elected at once and for good. */
public final class SoleElection implements Election {
    private final Store store;

    public SoleElection(Store store) {
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public Store store() {
        return store;
    }

    @Override
    public void start(Candidate candidate) {
        candidate.elected("starting");
    }

    @Override
    public boolean confirm() {
        return true;
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public boolean handOver(Duration atMost) {
        return false;
    }

    @Override
    public void stop() {
        // nothing is held
    }
}
