package io.dkron.ejb.wiring;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.cluster.Progress;
import io.dkron.core.engine.Claim;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.Takeover;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import io.dkron.ejb.leader.Election;
import io.dkron.ejb.leader.StoreWriter;
import io.dkron.ejb.store.Seldom;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Takes the lead in the store; of the store writer's thread. */
final class Takeovers implements StoreWriter.Taking {
    private static final Logger LOG = System.getLogger(Takeovers.class.getName());

    private final Store store;
    private final Layout layout;
    private final String node;
    private final InstantSource clock;
    private final Seldom told = new Seldom(System::nanoTime);
    private final Election election;
    private final Supplier<Optional<String>> cluster;
    private volatile boolean othersLed;
    private volatile Optional<LeaderRecord> lead = Optional.empty();
    private final Supplier<Optional<Fence>> agent;
    private volatile Progress seen = Progress.NONE;
    private volatile boolean accepted;
    private volatile Optional<String> refused = Optional.empty();
    private boolean led;

    /**
     * @param election says after whose lead this node may lead
     * @param cluster id of the cluster that the servers agreed on; empty where the store alone says it
     * @param agent the highest fence that this node's agent has seen
     */
    Takeovers(
            Store store,
            Election election,
            Layout layout,
            String node,
            Supplier<Optional<String>> cluster,
            Supplier<Optional<Fence>> agent,
            InstantSource clock) {
        this.store = store;
        this.election = election;
        this.layout = layout;
        this.node = node;
        this.cluster = cluster;
        this.agent = agent;
        this.clock = clock;
    }

    /** Somebody else led, or nobody could, while this node ran: then that is why firings were not handled. */
    void othersLed() {
        othersLed = true;
    }

    /** The engine wants the lead to be taken again: what it knows of the store goes into all that follow (protocol P14). */
    void reload(Effect.Reload effect) {
        seen = seen.max(effect.seen());
        accepted = accepted || effect.accepted();
    }

    /** Why this node does not lead since the store went back in time; empty where it did not. */
    @Override
    public Optional<String> refused() {
        return refused;
    }

    /** The newest lead that this node took; empty before the first. */
    Optional<LeaderRecord> lead() {
        return lead;
    }

    @Override
    public Function<Instant, Event> take() {
        MissedFirings.Reason gap = gap();
        Claim claim = Claim.of(node, gap)
                .in(cluster.get())
                .after(election::follows)
                .seen(agent.get().map(Progress::of).orElse(Progress.NONE))
                .seen(lead.map(Progress::of).orElse(Progress.NONE))
                .seen(seen);
        Takeover.Result result =
                Takeover.run(store, layout, accepted ? claim.accept() : claim, election::nonce, clock.instant());
        if (result instanceof Takeover.Result.Taken taken) {
            led = true;
            accepted = false;
            refused = Optional.empty();
            othersLed = false;
            Takeover takeover = taken.takeover();
            lead = Optional.of(takeover.record());
            told.run(held -> LOG.log(
                    Level.INFO,
                    "lead taken node={0} term={1} jobs={2} unfinished={3} zone={4}",
                    node,
                    Long.toString(takeover.record().term()),
                    Integer.toString(takeover.jobs().size()),
                    Integer.toString(takeover.executions().size()),
                    ZoneId.systemDefault()));
            return now -> new Event.Elected(now, takeover);
        }
        if (result instanceof Takeover.Result.RolledBack back) {
            refused = Optional.of(back.reason());
            return now -> new Event.RolledBack(now, back);
        }
        if (result instanceof Takeover.Result.Contended contended) {
            throw new StoreWriter.OvertakenException("another node took the lead at the same time"
                    + contended.by().map(by -> ": " + by.node()).orElse(""));
        }
        throw new StoreException(((Takeover.Result.Failed) result).reason());
    }

    /** What fell due before the first lead of all did so while nothing ran; in a lead, the store was in the way. */
    private MissedFirings.Reason gap() {
        if (othersLed) {
            return MissedFirings.Reason.NO_LEADER;
        }
        return led ? MissedFirings.Reason.STORE : MissedFirings.Reason.DOWN;
    }
}
