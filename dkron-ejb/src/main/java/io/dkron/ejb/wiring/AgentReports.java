package io.dkron.ejb.wiring;

import io.dkron.core.cluster.Member;
import io.dkron.core.engine.Event;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.leader.EngineLoop;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.ClusterService.LeaveAnswer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Passes what agents tell on to the engine and to watchers. */
record AgentReports(EngineLoop loop, OutputHub outputs, ClusterService cluster) implements OwnAgent.Reports {
    @Override
    public boolean event(Function<Instant, ? extends Event> event) {
        return loop.offer(event);
    }

    @Override
    public boolean leads() {
        return cluster.leads();
    }

    @Override
    public Optional<String> leader() {
        return cluster.leader().map(Member::name);
    }

    @Override
    public void output(JobName job, ExecutionId id, OutputChunk chunk) {
        outputs.output(new OutputHub.Source(job, id), chunk);
    }

    @Override
    public CompletionStage<LeaveAnswer> leave() {
        return cluster.leave();
    }
}
