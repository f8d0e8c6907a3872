package io.dkron.ejb.rpc;

import io.dkron.agent.run.Agent;
import io.dkron.agent.run.OutputSlice;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputExtent;
import io.dkron.ejb.service.NodeOutputs;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** Output that lies on this node. */
final class AgentOutputs implements NodeOutputs {
    private final String self;
    private final Supplier<? extends Agent> agent;

    AgentOutputs(String self, Supplier<? extends Agent> agent) {
        this.self = Objects.requireNonNull(self, "self");
        this.agent = Objects.requireNonNull(agent, "agent");
    }

    @Override
    public Optional<OutputTail> tail(Execution execution, int limit) {
        return own(execution)
                ? agent.get()
                        .output(execution.key(), -limit, limit)
                        .map(slice -> new OutputTail(
                                slice.bytes(), Math.max(slice.size(), slice.from() + slice.bytes().length)))
                : Optional.empty();
    }

    @Override
    public Optional<OutputChunk> read(Execution execution, long offset, int limit) {
        return own(execution)
                ? agent.get()
                        .output(execution.key(), offset, limit)
                        .map(slice -> new OutputChunk(slice.from(), slice.bytes()))
                : Optional.empty();
    }

    @Override
    public Optional<OutputExtent> extent(Execution execution) {
        return own(execution) ? agent.get().output(execution.key(), 0, 0).map(AgentOutputs::extent) : Optional.empty();
    }

    static OutputExtent extent(OutputSlice slice) {
        return new OutputExtent(slice.from(), Math.max(slice.size(), slice.from()), slice.error());
    }

    private boolean own(Execution execution) {
        return execution.node().equals(self);
    }
}
