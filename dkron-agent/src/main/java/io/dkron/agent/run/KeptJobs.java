package io.dkron.agent.run;

import java.util.Objects;
import java.util.Set;

/**
 * Of which jobs a node keeps outputs beyond their results.
 *
 * @param refusal why it does not say, a higher fence was seen; empty when it does
 * @param jobs their uids
 */
public record KeptJobs(String refusal, Set<String> jobs) {
    public KeptJobs {
        Objects.requireNonNull(refusal, "refusal");
        jobs = Set.copyOf(jobs);
    }
}
