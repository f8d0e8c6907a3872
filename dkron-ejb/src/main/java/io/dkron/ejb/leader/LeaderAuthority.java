package io.dkron.ejb.leader;

import io.dkron.core.cluster.Trust;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The right to act by the commits that went through, and by asking where the last one is too long ago. */
public final class LeaderAuthority implements Authority {
    private final Trust trust;
    private final Election election;
    private final BooleanSupplier eligible;
    private final LongSupplier nanoTime;

    /**
     * @param trust renewed by every commit of this lead
     * @param eligible whether this server may lead
     */
    public LeaderAuthority(Trust trust, Election election, BooleanSupplier eligible, LongSupplier nanoTime) {
        this.trust = Objects.requireNonNull(trust, "trust");
        this.election = Objects.requireNonNull(election, "election");
        this.eligible = Objects.requireNonNull(eligible, "eligible");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
    }

    @Override
    public boolean holds() {
        return trust.holds(nanoTime.getAsLong());
    }

    /**
     * {@inheritDoc} Where a confirmation renews the trust it counts from when it was asked for, so one that took too long is
     * worth nothing; where only commits do, they have to have been lately.
     */
    @Override
    public boolean confirm() {
        long asked = nanoTime.getAsLong();
        if (!eligible.getAsBoolean() || !election.confirm()) {
            return false;
        }
        if (election.confirmRenews()) {
            trust.acknowledged(asked);
        }
        return holds();
    }

    @Override
    public boolean lost() {
        return !eligible.getAsBoolean();
    }
}
