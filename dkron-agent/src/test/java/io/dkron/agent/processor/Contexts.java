package io.dkron.agent.processor;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.processor.ProcessorContext;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What processors are given in tests: execution 17-n1 of job1, which ended an hour after 1970 began. */
final class Contexts {
    static final Instant END = Instant.EPOCH.plusSeconds(3_600).plusNanos(5_000);

    private Contexts() {}

    static ProcessorContext of(byte[] output, Map<String, String> config) {
        return of(new ByteArrayInputStream(output), config);
    }

    static ProcessorContext of(InputStream output, Map<String, String> config) {
        Execution execution = new Execution(
                new ExecutionId(17, "n1"),
                new JobName("job1"),
                new RunKey("u", "request:1", "n1", 1),
                17,
                Trigger.MANUAL,
                Optional.empty(),
                Optional.empty(),
                ExecutionState.SUCCESS,
                Instant.EPOCH,
                Optional.of(END),
                "",
                false,
                OutputTail.EMPTY);
        return new ProcessorContext() {
            @Override
            public Execution execution() {
                return execution;
            }

            @Override
            public SortedMap<String, String> config() {
                return new TreeMap<>(config);
            }

            @Override
            public String reportingNode() {
                return "n0";
            }

            @Override
            public InputStream output() {
                return output;
            }
        };
    }
}
