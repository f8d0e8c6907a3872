package io.dkron.ejb.wiring;

import io.dkron.core.job.Job;
import io.dkron.ejb.leader.StoreWriter;
import io.dkron.ejb.service.CatalogJob;
import io.dkron.ejb.service.ReadModel;
import io.dkron.ejb.service.Readiness;
import io.dkron.ejb.store.StoreGuard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a server is ready: it is a member, its store answers, somebody leads, and, where that is this server, nothing that
 * fell due waits.
 */
final class ServerReadiness implements Readiness {
    /** A firing later than this is held up by something; below, it is in work. */
    private static final Duration IN_WORK = Duration.ofSeconds(5);

    private final StoreGuard guard;
    private final StoreWriter writer;
    private final ClusterPart cluster;
    private final ReadModel model;
    private final InstantSource clock;
    private final LifeCycle life;
    private volatile boolean draining;

    ServerReadiness(
            StoreGuard guard,
            StoreWriter writer,
            ClusterPart cluster,
            ReadModel model,
            InstantSource clock,
            LifeCycle life) {
        this.guard = guard;
        this.writer = writer;
        this.cluster = cluster;
        this.model = model;
        this.clock = clock;
        this.life = life;
    }

    void draining() {
        draining = true;
    }

    /** How many jobs have a firing that is due and not recorded. */
    long held() {
        return writer.eligible() ? overdue().size() : 0;
    }

    /** 1 while the store answers, as far as calls and the election showed; else 0. */
    long storeUp() {
        return guard.trouble().isEmpty() && cluster.election().trouble().isEmpty() ? 1 : 0;
    }

    @Override
    public Optional<String> storeTrouble() {
        return guard.trouble();
    }

    @Override
    public List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        if (stopping()) {
            reasons.add("the node stops");
        }
        guard.trouble().ifPresent(why -> reasons.add("store: " + why));
        cluster.trouble().ifPresent(why -> reasons.add("cluster: " + why));
        leadership().ifPresent(why -> reasons.add("no leader: " + why));
        if (!model.loaded()) {
            reasons.add("the jobs are not read yet");
        }
        List<Instant> overdue = writer.eligible() ? overdue() : List.of();
        overdue.stream()
                .min(Instant::compareTo)
                .ifPresent(since -> reasons.add(overdue.size() + " firings are held since " + since));
        return reasons;
    }

    /** Why nobody leads; empty when this server does, or another is known to. */
    private Optional<String> leadership() {
        if (writer.eligible()) {
            return writer.trouble();
        }
        return cluster.election()
                .trouble()
                .or(() -> cluster.peers().leader().isPresent() ? Optional.empty() : writer.trouble());
    }

    @Override
    public boolean started() {
        return model.loaded();
    }

    @Override
    public boolean stopping() {
        return draining || life.state() == LifeCycle.State.STOPPING || life.state() == LifeCycle.State.STOPPED;
    }

    private List<Instant> overdue() {
        Instant limit = clock.instant().minus(IN_WORK);
        List<Instant> overdue = new ArrayList<>();
        for (CatalogJob known : model.jobs().all()) {
            Job job = known.job();
            job.state().next().filter(next -> next.isBefore(limit)).ifPresent(overdue::add);
        }
        return overdue;
    }
}
