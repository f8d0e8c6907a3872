package io.dkron.core.processor;

import io.dkron.core.executor.ConfigKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A destination of outputs ({@code log}, {@code files}, …). Runs on the leader, at least once for each ended attempt,
 * before it is stored; one instance a node, made by its public constructor without arguments, used by many threads.
 */
public interface Processor {
    /** The key that every processor has. */
    ConfigKey FORWARD = new ConfigKey(
            "forward", false, false, "true stores the output itself, and not what this processor has in its place.");

    /** The name in a job's {@code processors}. */
    String name();

    /** The keys of its configuration beside {@code forward}, which every processor has. */
    List<ConfigKey> keys();

    /**
     * Handles an output.
     *
     * @return what to store in place of the output when {@code forward} is not set; empty to leave it
     * @throws IOException when it could not be done; the output stays as it is and the failure is shown
     */
    Optional<String> process(ProcessorContext context) throws IOException;
}
