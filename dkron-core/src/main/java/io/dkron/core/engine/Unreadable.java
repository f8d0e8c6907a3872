package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import java.util.List;
import java.util.Optional;

/**
 * Stand-ins for executions whose records cannot be read. The job still names them as live, so the agent is asked: a
 * report of that id ends one; when the agent knows nothing that it could be, it has failed. It is never started again.
 */
final class Unreadable {
    static final String REASON = "outcome unknown: its record could not be read";
    private static final String CAUSE = "unreadable:";

    private Unreadable() {}

    /**
     * What takes the place of the record; it looks as if it ran.
     *
     * @param read the live executions of that job that could be read
     */
    static Execution standIn(Job job, ExecutionId id, List<Execution> read) {
        long group = job.state().recent().stream()
                .filter(r -> r.status() == JobStatus.RUNNING && r.group() <= id.number())
                .mapToLong(RecentGroup::group)
                .max()
                .orElse(id.number());
        int attempt = 1
                + (int) read.stream()
                        .filter(e -> e.group() == group && e.node().equals(id.node()) && e.id().number() < id.number())
                        .count();
        return new Execution(
                id,
                job.name(),
                new RunKey(job.state().uid(), CAUSE + id.number(), id.node(), attempt),
                group,
                group == id.number() ? Trigger.SCHEDULE : Trigger.RETRY,
                Optional.empty(),
                Optional.empty(),
                ExecutionState.RUNNING,
                Nanos.instant(id.number()),
                Optional.empty(),
                "",
                false,
                OutputTail.EMPTY);
    }

    static boolean is(RunKey key) {
        return key.cause().startsWith(CAUSE);
    }

    /** Whether a run of that key may be the one that this stands for. */
    static boolean maybe(RunKey standIn, RunKey run) {
        return is(standIn)
                && standIn.jobUid().equals(run.jobUid())
                && standIn.node().equals(run.node());
    }
}
