package io.dkron.agent.report;

import io.dkron.agent.gossip.Lead;
import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.core.execution.RunReport;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The way to whichever server leads by what gossip says. When the lead changes, a delivery to the one before is given up:
 * its results are offered to the next at once. Safe for many threads.
 */
public final class LeaderReports implements ReportChannel {
    private final Peers peers;
    private final Function<Peer, ReportChannel> servers;
    private final Function<List<RunReport>, Optional<String>> own;
    private Optional<Delivery> underWay = Optional.empty();
    private Optional<Lead> lead = Optional.empty();

    /** Results on their way to whoever led then. */
    private record Delivery(Optional<Lead> to, CompletableFuture<Optional<String>> failure) {}

    /**
     * @param servers how a server is reached, asked for each delivery
     * @param own takes results where this node leads, says why not if not; of an agent it is never called
     */
    public LeaderReports(
            Peers peers, Function<Peer, ReportChannel> servers, Function<List<RunReport>, Optional<String>> own) {
        this.peers = Objects.requireNonNull(peers, "peers");
        this.servers = Objects.requireNonNull(servers, "servers");
        this.own = Objects.requireNonNull(own, "own");
    }

    @Override
    public CompletionStage<Optional<String>> deliver(List<RunReport> reports) {
        Optional<Lead> to = peers.lead();
        Optional<Peer> leader = peers.leader();
        if (leader.isEmpty()) {
            return CompletableFuture.completedStage(Optional.of("no server leads"));
        }
        if (leader.get().member().id().equals(peers.self().member().id())) {
            return CompletableFuture.completedStage(own.apply(reports));
        }
        CompletableFuture<Optional<String>> failure = new CompletableFuture<>();
        synchronized (this) {
            underWay = Optional.of(new Delivery(to, failure));
        }
        servers.apply(leader.get()).deliver(reports).whenComplete((why, error) -> {
            if (error == null) {
                failure.complete(why);
            } else {
                failure.complete(Optional.of(error.toString()));
            }
        });
        return failure;
    }

    /**
     * Calls back whenever another leads, or the same one again.
     *
     * @param restart {@link Reporter#restart}
     * @return ends it
     */
    public AutoCloseable onLead(Runnable restart) {
        return peers.onChange(() -> {
            Optional<Delivery> old;
            synchronized (this) {
                Optional<Lead> now = peers.leader().flatMap(leader -> peers.lead());
                if (now.equals(lead)) {
                    return;
                }
                lead = now;
                old = underWay.filter(delivery -> !delivery.to().equals(lead));
                underWay = underWay.filter(delivery -> delivery.to().equals(lead));
            }
            old.ifPresent(delivery -> delivery.failure().complete(Optional.of("the lead changed")));
            if (lead().isPresent()) {
                restart.run();
            }
        });
    }

    private synchronized Optional<Lead> lead() {
        return lead;
    }
}
