package io.dkron.core.processor;

import io.dkron.core.execution.Execution;
import java.io.IOException;
import java.io.InputStream;
import java.util.SortedMap;

/** What a processor gets to see. */
public interface ProcessorContext {
    /** The ended execution, with the stored part of its output. */
    Execution execution();

    /** The job's configuration of this processor. */
    SortedMap<String, String> config();

    /** The name of the node that processes, the leader. */
    String reportingNode();

    /** The whole output, up to {@code output-max}, error line first; the caller closes it. */
    InputStream output() throws IOException;
}
