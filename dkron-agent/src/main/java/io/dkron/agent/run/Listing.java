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
 * @param journal the id of its journal (protocol P11)
 */
public record Listing(String refusal, Optional<Fence> seen, String journal, List<Known> runs) {
    public Listing {
        Objects.requireNonNull(refusal, "refusal");
        Objects.requireNonNull(seen, "seen");
        Objects.requireNonNull(journal, "journal");
        runs = List.copyOf(runs);
    }

    /** A run in the journal; ended: it has a result, not acknowledged yet. */
    public record Known(RunKey key, boolean ended) {
        public Known {
            Objects.requireNonNull(key, "key");
        }
    }
}
