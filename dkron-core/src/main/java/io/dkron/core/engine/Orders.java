package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.time.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Makes orders of executions. */
final class Orders {
    private Orders() {}

    static RunOrder of(Execution execution, JobDefinition job, Instant deadline) {
        Optional<Duration> timeout = GoDuration.parse(job.timeout()).filter(d -> !d.isNegative() && !d.isZero());
        return new RunOrder(
                execution.id(),
                execution.key(),
                execution.job(),
                execution.group(),
                job.executor(),
                job.executorConfig(),
                timeout,
                deadline,
                execution.journal());
    }

    static RunOrder until(RunOrder o, Instant deadline) {
        return new RunOrder(
                o.id(), o.key(), o.job(), o.group(), o.executor(), o.config(), o.timeout(), deadline, o.journal());
    }
}
