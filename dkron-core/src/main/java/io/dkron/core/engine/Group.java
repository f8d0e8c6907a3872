package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A group of which something runs, waits or is lost, with all its executions; ended ones without their output. */
final class Group {
    private final long number;
    private final TreeMap<ExecutionId, Execution> executions = new TreeMap<>();

    Group(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    /** When it was recorded. */
    Instant at() {
        return executions.isEmpty()
                ? Nanos.instant(number)
                : Nanos.instant(executions.firstKey().number());
    }

    void put(Execution execution) {
        executions.put(execution.id(), Executions.withoutOutput(execution));
    }

    Optional<Execution> find(ExecutionId id) {
        return Optional.ofNullable(executions.get(id));
    }

    Collection<Execution> executions() {
        return executions.values();
    }

    /** Every execution has a result, though that of a lost one may change. */
    boolean ended() {
        return executions.values().stream().allMatch(e -> e.state().ended());
    }

    /** Nothing of it can change any more, or still run. */
    boolean settled() {
        return executions.values().stream().allMatch(e -> e.state().settled());
    }

    /** Somebody cancelled a part of it: no dependents run. */
    boolean cancelled() {
        return executions.values().stream().anyMatch(e -> e.state() == ExecutionState.CANCELLED);
    }

    /** From its recording to the end of its last execution; zero while it runs. */
    Duration took() {
        if (!ended()) {
            return Duration.ZERO;
        }
        Instant start = at();
        Instant end = executions.values().stream()
                .map(e -> e.finishedAt().orElse(start))
                .max(Instant::compareTo)
                .orElse(start);
        return end.isBefore(start) ? Duration.ZERO : Duration.between(start, end);
    }

    /** Only the highest attempt of each node counts, not one that another took the place of, and a cancelled one only if nothing else ended (jobs chapter). */
    JobStatus status() {
        if (!ended()) {
            return JobStatus.RUNNING;
        }
        Map<String, Execution> last = new HashMap<>();
        for (Execution execution : executions.values()) {
            if (execution.state() != ExecutionState.CANCELLED
                    && execution.replacement().isEmpty()) {
                last.merge(execution.node(), execution, (a, b) -> a.attempt() > b.attempt() ? a : b);
            }
        }
        if (last.isEmpty()) {
            return JobStatus.CANCELLED;
        }
        long good = last.values().stream().filter(Execution::success).count();
        if (good == last.size()) {
            return JobStatus.SUCCESS;
        }
        return good == 0 ? JobStatus.FAILED : JobStatus.PARTIALLY_FAILED;
    }
}
