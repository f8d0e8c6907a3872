package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.LogLimits;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.ByteSize;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.KeepLogs;
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
                execution.journal(),
                job.keepLogs().map(Orders::limits));
    }

    /** Texts that were checked when the job was saved. */
    private static LogLimits limits(KeepLogs keep) {
        return new LogLimits(
                keep.size().isEmpty() ? Optional.empty() : ByteSize.parse(keep.size(), why -> {}),
                GoDuration.parse(keep.age()).filter(d -> !d.isNegative() && !d.isZero()));
    }
}
