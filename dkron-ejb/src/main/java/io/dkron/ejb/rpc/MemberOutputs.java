package io.dkron.ejb.rpc;

import io.dkron.agent.rpc.MemberService;
import io.dkron.agent.rpc.RemoteMember;
import io.dkron.agent.run.OutputSlice;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputExtent;
import io.dkron.ejb.service.NodeOutputs;
import io.grpc.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Output that lies on any member: this node's read from its files, others' asked for over the network, with a deadline.
 * One that does not answer is not asked again for a moment, so that it costs its own output and nobody else's time. Safe
 * for many threads.
 */
public final class MemberOutputs implements NodeOutputs {
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final long AWAY = Duration.ofSeconds(1).toNanos();
    private static final int AT_ONCE = 64;

    private final String self;
    private final NodeOutputs own;
    private final Function<String, Optional<Channel>> channels;
    private final LongSupplier nanoTime;
    private final Map<String, Long> away = new ConcurrentHashMap<>();

    /**
     * @param self name of this node
     * @param own output that lies on this node
     * @param channels to the node of that name; empty where it is not alive
     */
    public MemberOutputs(
            String self, NodeOutputs own, Function<String, Optional<Channel>> channels, LongSupplier nanoTime) {
        this.self = Objects.requireNonNull(self, "self");
        this.own = Objects.requireNonNull(own, "own");
        this.channels = Objects.requireNonNull(channels, "channels");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
    }

    @Override
    public Optional<OutputTail> tail(Execution execution, int limit) {
        return execution.node().equals(self)
                ? own.tail(execution, limit)
                : asked(execution, -bounded(limit), bounded(limit)).join().map(MemberOutputs::tail);
    }

    @Override
    public Optional<OutputChunk> read(Execution execution, long offset, int limit) {
        return execution.node().equals(self)
                ? own.read(execution, offset, limit)
                : asked(execution, offset, bounded(limit))
                        .join()
                        .map(slice -> new OutputChunk(slice.from(), slice.bytes()));
    }

    @Override
    public Optional<OutputExtent> extent(Execution execution) {
        return execution.node().equals(self)
                ? own.extent(execution)
                : asked(execution, 0, 0).join().map(AgentOutputs::extent);
    }

    /** {@inheritDoc} Asks for many at a time. */
    @Override
    public Map<Execution, OutputTail> tails(List<Execution> executions, int limit) {
        Map<Execution, OutputTail> tails = new LinkedHashMap<>();
        for (int from = 0; from < executions.size(); from += AT_ONCE) {
            List<Execution> some = executions.subList(from, Math.min(executions.size(), from + AT_ONCE));
            List<CompletableFuture<Optional<OutputTail>>> asked = new ArrayList<>();
            for (Execution execution : some) {
                asked.add(
                        execution.node().equals(self)
                                ? CompletableFuture.completedFuture(own.tail(execution, limit))
                                : asked(execution, -bounded(limit), bounded(limit))
                                        .thenApply(slice -> slice.map(MemberOutputs::tail)));
            }
            for (int i = 0; i < some.size(); i++) {
                Execution execution = some.get(i);
                asked.get(i).join().ifPresent(tail -> tails.put(execution, tail));
            }
        }
        return tails;
    }

    /** {@inheritDoc} It did not answer when it was asked last, or gossip does not show it alive. */
    @Override
    public boolean reachable(String node) {
        return node.equals(self) || !isAway(node) && channels.apply(node).isPresent();
    }

    /** Completes within the deadline, never exceptionally. */
    private CompletableFuture<Optional<OutputSlice>> asked(Execution execution, long from, int limit) {
        String node = execution.node();
        Optional<Channel> channel = isAway(node) ? Optional.empty() : channels.apply(node);
        if (channel.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        CompletionStage<RemoteMember.Reply<Optional<OutputSlice>>> reply =
                new RemoteMember(channel.get(), DEADLINE).output(execution.key(), from, limit);
        return reply.thenApply(r -> {
                    if (r.failure().isPresent()) {
                        away.put(node, nanoTime.getAsLong());
                    } else {
                        away.remove(node);
                    }
                    return r.answer().flatMap(a -> a);
                })
                .toCompletableFuture();
    }

    private boolean isAway(String node) {
        Long since = away.get(node);
        return since != null && nanoTime.getAsLong() - since < AWAY;
    }

    private static int bounded(int limit) {
        return Math.min(limit, MemberService.MOST_OUTPUT);
    }

    private static OutputTail tail(OutputSlice slice) {
        return new OutputTail(slice.bytes(), Math.max(slice.size(), slice.from() + slice.bytes().length));
    }
}
