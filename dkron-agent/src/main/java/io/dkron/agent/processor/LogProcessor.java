package io.dkron.agent.processor;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.processor.Processor;
import io.dkron.core.processor.ProcessorContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes outputs to the node's standard output, those of failed executions to standard error. */
public final class LogProcessor implements Processor {
    @Override
    public String name() {
        return "log";
    }

    @Override
    public List<ConfigKey> keys() {
        return List.of();
    }

    @Override
    public Optional<String> process(ProcessorContext context) throws IOException {
        Execution execution = context.execution();
        PrintStream to = execution.state() == ExecutionState.SUCCESS ? System.out : System.err;
        try (InputStream output = context.output()) {
            synchronized (to) { // one output at a time
                print(to, "----- BEGIN OUTPUT job=" + execution.job() + " execution=" + execution.id() + " -----\n");
                output.transferTo(to);
                print(to, "\n----- END OUTPUT -----\n");
                to.flush();
            }
        }
        return Optional.of("Output in dkron log");
    }

    private static void print(PrintStream to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        to.write(bytes, 0, bytes.length);
    }
}
