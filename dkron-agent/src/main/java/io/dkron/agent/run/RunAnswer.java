package io.dkron.agent.run;

import io.dkron.core.execution.RunKey;
import java.util.Objects;

/**
 * What became of an order.
 *
 * @param accepted it is written down and will be run, or was so before
 * @param detail why not, empty when accepted
 */
public record RunAnswer(RunKey key, boolean accepted, String detail) {
    public RunAnswer {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(detail, "detail");
    }

    static RunAnswer accepted(RunKey key) {
        return new RunAnswer(key, true, "");
    }

    static RunAnswer refused(RunKey key, String why) {
        return new RunAnswer(key, false, why);
    }
}
