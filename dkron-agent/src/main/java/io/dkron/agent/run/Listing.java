package io.dkron.agent.run;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.RunKey;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a node knows of runs.
 *
 * @param refusal why it does not say, a higher fence was seen; empty when it does
 * @param seen that higher fence; empty when it does say
 * @param journals the ids of its journal, the present one first (protocol P11)
 */
public record Listing(String refusal, Optional<Fence> seen, List<String> journals, List<Known> runs) {
    public Listing {
        Objects.requireNonNull(refusal, "refusal");
        Objects.requireNonNull(seen, "seen");
        journals = List.copyOf(journals);
        runs = List.copyOf(runs);
    }

    /** A run in the journal; ended: it has a result, not acknowledged yet. */
    public record Known(RunKey key, boolean ended) {
        public Known {
            Objects.requireNonNull(key, "key");
        }
    }
}
