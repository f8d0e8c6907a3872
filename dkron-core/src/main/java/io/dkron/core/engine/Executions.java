package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;

/** Small helpers on executions. */
final class Executions {
    private Executions() {}

    static Execution withoutOutput(Execution execution) {
        return execution.output().size() == 0
                ? execution
                : execution.with().output(OutputTail.EMPTY).build();
    }
}
