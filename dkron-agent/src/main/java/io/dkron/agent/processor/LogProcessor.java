package io.dkron.agent.processor;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.processor.Processor;
import io.dkron.core.processor.ProcessorContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Writes outputs to the standard output of the node's process, those of failed executions to its standard error. Not to
 * {@code System.out}: a server's container takes that for its own log.
 */
public final class LogProcessor implements Processor {
    private static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);
    private static final OutputStream ERR = new FileOutputStream(FileDescriptor.err);

    private final OutputStream out;
    private final OutputStream err;

    /** Writes to this process's descriptors. */
    public LogProcessor() {
        this(OUT, ERR);
    }

    LogProcessor(OutputStream out, OutputStream err) {
        this.out = out;
        this.err = err;
    }

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
        OutputStream to = execution.state() == ExecutionState.SUCCESS ? out : err;
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

    private static void print(OutputStream to, String text) throws IOException {
        to.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
