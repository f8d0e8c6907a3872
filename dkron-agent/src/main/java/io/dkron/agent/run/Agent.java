package io.dkron.agent.run;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What a leader may ask of a node; the node itself, or a stub of a remote one. Calls may block on disk and network. */
public interface Agent {
    /** Takes orders on; one answer an order, in order, given when the accepted ones are on the disk. */
    List<RunAnswer> run(Fence fence, List<RunOrder> orders);

    /** Ends runs; those it does not know are left out. Empty, or why it refuses. */
    Optional<String> cancel(Fence fence, Collection<RunKey> keys);

    Listing list(Fence fence);

    /** These results are stored or not wanted: they may be forgotten. */
    void acknowledge(Collection<RunKey> keys);

    /**
     * Which jobs have outputs here that are kept beyond their results.
     *
     * @param drop uids of jobs whose outputs may go; those that are unknown are left out
     */
    KeptJobs keptLogs(Fence fence, Collection<String> drop);

    /**
     * What a run printed, until its result is acknowledged, and as long as its output is kept after that.
     *
     * @param from offset of the first byte; negative counts from the end
     * @param limit most bytes
     * @return empty when the node does not have the run
     */
    Optional<OutputSlice> output(RunKey key, long from, int limit);
}
