package io.dkron.ejb.rpc;

import io.dkron.agent.run.Agent;
import io.dkron.agent.run.KeptJobs;
import io.dkron.core.cluster.Fence;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.ejb.leader.AgentCalls;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Asks the agent of this node, on the caller's thread. */
final class LocalCalls implements AgentCalls {
    private static final Logger LOG = System.getLogger(LocalCalls.class.getName());

    private final String self;
    private final Supplier<? extends Agent> agent;

    LocalCalls(String self, Supplier<? extends Agent> agent) {
        this.self = Objects.requireNonNull(self, "self");
        this.agent = Objects.requireNonNull(agent, "agent");
    }

    @Override
    public CompletionStage<List<Event.Handover>> run(Fence fence, String node, List<RunOrder> orders) {
        if (!node.equals(self)) {
            return CompletableFuture.completedStage(
                    all(orders, Event.Handover.Result.NOT_SENT, "no member of that name: " + node));
        }
        try {
            return CompletableFuture.completedStage(agent.get().run(fence, orders).stream()
                    .map(AgentCalls::handover)
                    .toList());
        } catch (RuntimeException e) { // some may be written down
            return CompletableFuture.completedStage(all(orders, Event.Handover.Result.UNKNOWN, e.toString()));
        }
    }

    @Override
    public CompletionStage<Listing> list(Fence fence, String node) {
        if (!node.equals(self)) {
            return CompletableFuture.completedStage(Listing.failed("no member of that name"));
        }
        try {
            return CompletableFuture.completedStage(Listing.of(agent.get().list(fence)));
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(Listing.failed(e.toString()));
        }
    }

    @Override
    public CompletionStage<Optional<String>> cancel(Fence fence, String node, List<RunKey> keys) {
        if (!node.equals(self)) {
            return CompletableFuture.completedStage(Optional.of("no member of that name"));
        }
        try {
            return CompletableFuture.completedStage(agent.get().cancel(fence, keys));
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(Optional.of(e.toString()));
        }
    }

    @Override
    public CompletionStage<Optional<Set<String>>> keptLogs(Fence fence, String node, Set<String> drop) {
        if (!node.equals(self)) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        try {
            KeptJobs kept = agent.get().keptLogs(fence, drop);
            return CompletableFuture.completedStage(
                    kept.refusal().isEmpty() ? Optional.of(kept.jobs()) : Optional.empty());
        } catch (RuntimeException e) { // asked again the next time
            LOG.log(Level.WARNING, "kept outputs of this node not looked at", e);
            return CompletableFuture.completedStage(Optional.empty());
        }
    }

    @Override
    public void acknowledge(String node, List<RunKey> keys) {
        if (node.equals(self)) {
            agent.get().acknowledge(keys);
        }
    }

    private static List<Event.Handover> all(List<RunOrder> orders, Event.Handover.Result result, String why) {
        return orders.stream()
                .map(order -> new Event.Handover(order.key(), result, why))
                .toList();
    }
}
