package io.dkron.ejb.service;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputExtent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Output that lies on the node of its execution: until its result is acknowledged, or longer where its job keeps logs.
 * Safe for many threads; may read a file or ask another node.
 */
public interface NodeOutputs {
    /** Nothing is known of any output. */
    NodeOutputs NONE = new NodeOutputs() {
        @Override
        public Optional<OutputTail> tail(Execution execution, int limit) {
            return Optional.empty();
        }

        @Override
        public Optional<OutputChunk> read(Execution execution, long offset, int limit) {
            return Optional.empty();
        }

        @Override
        public Optional<OutputExtent> extent(Execution execution) {
            return Optional.empty();
        }
    };

    /**
     * The end of what an execution printed so far.
     *
     * @param limit most bytes
     * @return empty when the node does not have it
     */
    Optional<OutputTail> tail(Execution execution, int limit);

    /**
     * A part of what an execution printed so far.
     *
     * @return from {@code offset} on, without bytes where nothing more is there; empty when the node does not have it
     */
    Optional<OutputChunk> read(Execution execution, long offset, int limit);

    /** How much of it there is; empty when the node does not have it. */
    Optional<OutputExtent> extent(Execution execution);

    /**
     * The ends of what many executions printed so far.
     *
     * @param limit most bytes of each
     * @return of those that their nodes have
     */
    default Map<Execution, OutputTail> tails(List<Execution> executions, int limit) {
        Map<Execution, OutputTail> tails = new LinkedHashMap<>();
        executions.forEach(e -> tail(e, limit).ifPresent(tail -> tails.put(e, tail)));
        return tails;
    }

    /** Whether the node of that name can be asked at present. */
    default boolean reachable(String node) {
        return true;
    }
}
