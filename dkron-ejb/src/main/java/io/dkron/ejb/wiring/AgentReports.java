package io.dkron.ejb.wiring;

import io.dkron.core.engine.Event;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.leader.EngineLoop;
import io.dkron.ejb.leader.OwnAgent;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.service.ClusterService.LeaveAnswer;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** Passes what agents tell on to the engine and to watchers. */
record AgentReports(EngineLoop loop, OutputHub outputs, Supplier<CompletionStage<LeaveAnswer>> leaving)
        implements OwnAgent.Reports {
    @Override
    public boolean event(Function<Instant, ? extends Event> event) {
        return loop.offer(event);
    }

    @Override
    public void output(JobName job, ExecutionId id, OutputChunk chunk) {
        outputs.output(new OutputHub.Source(job, id), chunk);
    }

    @Override
    public CompletionStage<LeaveAnswer> leave() {
        return leaving.get();
    }
}
