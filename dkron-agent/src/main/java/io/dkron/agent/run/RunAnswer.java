package io.dkron.agent.run;

import io.dkron.core.execution.RunKey;
import java.util.Objects;

/**
 * What became of an order.
 *
 * @param detail why it was not accepted, empty when it was
 */
public record RunAnswer(RunKey key, Kind kind, String detail) {
    /** What a node does about an order. */
    public enum Kind {
        /** It is written down and will be run, or was so before. */
        ACCEPTED,
        /** The node will not run it. */
        REFUSED,
        /** It does not know it, and has another journal than the order is for, or was started again since. */
        OTHER_JOURNAL
    }

    public RunAnswer {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }

    public boolean accepted() {
        return kind == Kind.ACCEPTED;
    }

    static RunAnswer accepted(RunKey key) {
        return new RunAnswer(key, Kind.ACCEPTED, "");
    }

    static RunAnswer refused(RunKey key, String why) {
        return new RunAnswer(key, Kind.REFUSED, why);
    }
}
