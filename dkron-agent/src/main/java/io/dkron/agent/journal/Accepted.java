package io.dkron.agent.journal;

import io.dkron.core.execution.RunOrder;
import java.time.Instant;
import java.util.Objects;

/**
 * An order that this node took on.
 *
 * @param number of the run on this node, from 1, never reused; names its directory
 * @param at when it was accepted
 */
public record Accepted(long number, RunOrder order, Instant at) {
    public Accepted {
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(at, "at");
    }
}
