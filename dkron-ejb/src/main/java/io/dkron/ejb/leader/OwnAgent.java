package io.dkron.ejb.leader;

import io.dkron.core.cluster.Fence;
import io.dkron.core.engine.Event;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.processor.Processor;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.service.ClusterService.LeaveAnswer;
import io.dkron.ejb.service.NodeOutputs;
import io.grpc.BindableService;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The agent part of a server as its leader part needs it. */
public interface OwnAgent {
    /** Where agents tell this server of runs. Safe for many threads; every method returns at once. */
    interface Reports {
        /**
         * A result or a start.
         *
         * @return false when too much waits: it is to be told again later
         */
        boolean event(Function<Instant, ? extends Event> event);

        /** Whether this server leads: only then results are taken. */
        boolean leads();

        /** Name of the node that leads by what this server knows. */
        Optional<String> leader();

        /** A part of an execution's output as it appeared. */
        void output(JobName job, ExecutionId id, OutputChunk chunk);

        /** Somebody asks this node to leave for good; completes when it has drained. */
        CompletionStage<LeaveAnswer> leave();
    }

    /**
     * Starts it: RPC listens, runs of before are found again, results are reported.
     *
     * @param services what this server offers on the RPC port beside
     * @param clock the engine's: deadlines of orders are by it, and so are the instants that results carry (protocol P17)
     */
    void start(Reports reports, List<BindableService> services, InstantSource clock) throws Exception;

    /** This server's lead has begun anew: what is not acknowledged is reported to it at once. */
    void led();

    /** The highest fence that a leader showed it, kept on its disk; empty before the first, and before the start. */
    Optional<Fence> fence();

    /** The id of its journal. */
    String journalId();

    /** The port on which RPC really listens. */
    int rpcPort();

    /** How members are asked, this one without a network. */
    AgentCalls calls();

    /** Output that lies on this node. */
    NodeOutputs outputs();

    /** The processor of that name, where it is installed on this node. */
    Optional<Processor> processor(String name);

    /** The executors that are installed on this node, by name, with the keys that they understand. */
    Map<String, List<ConfigKey>> executors();

    /** The processors that are installed on this node, likewise; {@code forward} is a key of each. */
    Map<String, List<ConfigKey>> processors();

    /**
     * Takes no new runs, ends what runs as the settings say, and stops.
     *
     * @param waitForRuns wait for everything that runs, whatever {@code stop-jobs} says
     * @return how many runs were ended by force
     */
    int stop(boolean waitForRuns) throws Exception;
}
