package io.dkron.core.executor;

import java.util.List;
import java.util.Optional;

/**
 * A way to run jobs ({@code shell}, {@code http}, …). One instance a node, made by its public constructor without
 * arguments, used by many threads.
 */
public interface Executor {
    /** The name in a job's {@code executor}. */
    String name();

    /** The keys of {@code executor_config}, in the order to show them. */
    List<ConfigKey> keys();

    /**
     * Starts a run and returns at once; long work goes to {@link RunContext#workers()}. Never throws for a bad
     * configuration: that is a failed result, which says what is wrong.
     */
    Run start(RunContext context);

    /** Whether runs go on while the node is down, and can be adopted. */
    default boolean outlivesNode() {
        return false;
    }

    /**
     * Finds a run again that this node started before it ended or was killed.
     *
     * @return empty when runs of this executor end with the node; the run is then recorded as failed, saying so
     */
    default Optional<Run> adopt(RunContext context) {
        return Optional.empty();
    }
}
