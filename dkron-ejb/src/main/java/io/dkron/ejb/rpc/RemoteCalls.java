package io.dkron.ejb.rpc;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.gossip.Peers;
import io.dkron.agent.rpc.RemoteMember;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.run.RunAnswer;
import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.ejb.leader.AgentCalls;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Asks any member of the cluster, found by its name in gossip: this node's own agent without a network, others by RPC.
 * Of a call without an answer it says whether it may have arrived (protocol P11). Safe for many threads.
 */
public final class RemoteCalls implements AgentCalls, AutoCloseable {
    /** Of each call. */
    public static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final Logger LOG = System.getLogger(RemoteCalls.class.getName());
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_ORDERS = 1_000;

    private final String self;
    private final AgentCalls own;
    private final Peers peers;
    private final RpcClients clients;
    private final Acknowledgements acknowledgements;
    private final AutoCloseable watch;

    /**
     * @param self this node's name
     * @param own asks this node's agent
     * @param clients connections of members that are gone are closed here
     * @param workers runs small work later
     */
    public RemoteCalls(String self, AgentCalls own, Peers peers, RpcClients clients, ScheduledExecutorService workers) {
        this.self = Objects.requireNonNull(self, "self");
        this.own = Objects.requireNonNull(own, "own");
        this.peers = Objects.requireNonNull(peers, "peers");
        this.clients = Objects.requireNonNull(clients, "clients");
        this.acknowledgements = new Acknowledgements(workers, this::send);
        this.watch = peers.onChange(this::forgetGone);
    }

    private void forgetGone() {
        clients.keepOnly(peers.all().stream()
                .map(Peer::member)
                .filter(RemoteCalls::reachable)
                .map(RpcClients::address)
                .collect(Collectors.toSet()));
    }

    private static boolean reachable(Member member) {
        return member.alive() || member.status() == MemberStatus.LEAVING;
    }

    @Override
    public CompletionStage<List<Event.Handover>> run(Fence fence, String node, List<RunOrder> orders) {
        if (node.equals(self)) {
            return own.run(fence, node, orders);
        }
        Optional<Member> member = named(node);
        if (member.isEmpty() || !member.get().alive()) {
            return CompletableFuture.completedStage(all(orders, Event.Handover.Result.NOT_SENT, absence(node, member)));
        }
        List<CompletableFuture<List<Event.Handover>>> calls = new ArrayList<>();
        for (List<RunOrder> part : parts(orders)) {
            calls.add(run(fence, member.get(), part).toCompletableFuture());
        }
        return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                .thenApply(
                        done -> calls.stream().flatMap(c -> c.join().stream()).toList());
    }

    private CompletionStage<List<Event.Handover>> run(Fence fence, Member member, List<RunOrder> orders) {
        try {
            return remote(member).run(fence, orders).thenApply(reply -> handovers(orders, reply));
        } catch (IllegalStateException e) { // there are no connections any more
            return CompletableFuture.completedStage(
                    all(orders, Event.Handover.Result.NOT_SENT, String.valueOf(e.getMessage())));
        }
    }

    /** What fits into a message each. */
    private static List<List<RunOrder>> parts(List<RunOrder> orders) {
        List<List<RunOrder>> parts = new ArrayList<>();
        List<RunOrder> part = new ArrayList<>();
        long bytes = 0;
        for (RunOrder order : orders) {
            long size = 512;
            for (Map.Entry<String, String> entry : order.config().entrySet()) {
                size += 3L * (entry.getKey().length() + entry.getValue().length()); // UTF-8 at its longest
            }
            if (!part.isEmpty() && (bytes + size > MOST_BYTES || part.size() == MOST_ORDERS)) {
                parts.add(part);
                part = new ArrayList<>();
                bytes = 0;
            }
            part.add(order);
            bytes += size;
        }
        parts.add(part);
        return parts;
    }

    private static List<Event.Handover> handovers(List<RunOrder> orders, RemoteMember.Reply<List<RunAnswer>> reply) {
        if (reply.failure().isPresent()) {
            RemoteMember.Failure failure = reply.failure().get();
            return all(
                    orders,
                    failure.handedOver() ? Event.Handover.Result.UNKNOWN : Event.Handover.Result.NOT_SENT,
                    failure.reason());
        }
        Map<RunKey, RunAnswer> answers = new HashMap<>();
        reply.answer().orElseThrow().forEach(a -> answers.put(a.key(), a));
        return orders.stream()
                .map(order -> Optional.ofNullable(answers.get(order.key()))
                        .map(AgentCalls::handover)
                        .orElseGet(() -> new Event.Handover(
                                order.key(), Event.Handover.Result.UNKNOWN, "the member did not say what it did")))
                .toList();
    }

    @Override
    public CompletionStage<Listing> list(Fence fence, String node) {
        return node.equals(self)
                ? own.list(fence, node)
                : ask(node, member -> member.list(fence), Listing::of, Listing::failed);
    }

    @Override
    public CompletionStage<Optional<String>> cancel(Fence fence, String node, List<RunKey> keys) {
        return node.equals(self)
                ? own.cancel(fence, node, keys)
                : ask(
                        node,
                        member -> member.cancel(fence, keys),
                        refusal -> Optional.of(refusal).filter(r -> !r.isEmpty()),
                        Optional::of);
    }

    @Override
    public CompletionStage<Optional<Set<String>>> keptLogs(Fence fence, String node, Set<String> drop) {
        return node.equals(self)
                ? own.keptLogs(fence, node, drop)
                : ask(
                        node,
                        member -> member.keptLogs(fence, drop),
                        kept -> kept.refusal().isEmpty() ? Optional.of(kept.jobs()) : Optional.empty(),
                        why -> Optional.empty());
    }

    @Override
    public void acknowledge(String node, List<RunKey> keys) {
        if (node.equals(self)) {
            own.acknowledge(node, keys);
        } else {
            acknowledgements.add(node, keys);
        }
    }

    /** Not answered, the member reports again and is told again. */
    private void send(String node, List<RunKey> keys) {
        try {
            named(node)
                    .filter(RemoteCalls::reachable)
                    .ifPresent(member -> remote(member).acknowledge(keys));
        } catch (IllegalStateException e) { // there are no connections any more; the next leader says it again
            LOG.log(Level.DEBUG, "results not acknowledged node=" + node, e);
        }
    }

    private <A, T> CompletionStage<T> ask(
            String node,
            Function<RemoteMember, CompletionStage<RemoteMember.Reply<A>>> call,
            Function<A, T> answered,
            Function<String, T> failed) {
        Optional<Member> member = named(node);
        if (member.isEmpty() || !reachable(member.get())) {
            return CompletableFuture.completedStage(failed.apply(absence(node, member)));
        }
        try {
            return call.apply(remote(member.get()))
                    .thenApply(reply -> reply.answer()
                            .map(answered)
                            .orElseGet(() ->
                                    failed.apply(reply.failure().orElseThrow().reason())));
        } catch (IllegalStateException e) { // there are no connections any more
            return CompletableFuture.completedStage(failed.apply(String.valueOf(e.getMessage())));
        }
    }

    private Optional<Member> named(String node) {
        return peers.named(node).map(Peer::member);
    }

    private RemoteMember remote(Member member) {
        return new RemoteMember(clients.channel(RpcClients.address(member)), DEADLINE);
    }

    private static String absence(String node, Optional<Member> member) {
        return member.map(m -> "member " + node + " is " + m.status().text()).orElse("no member of that name: " + node);
    }

    private static List<Event.Handover> all(List<RunOrder> orders, Event.Handover.Result result, String why) {
        return orders.stream()
                .map(order -> new Event.Handover(order.key(), result, why))
                .toList();
    }

    @Override
    public void close() throws Exception {
        watch.close();
    }
}
