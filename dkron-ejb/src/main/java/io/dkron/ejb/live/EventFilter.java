package io.dkron.ejb.live;

import io.dkron.core.job.JobName;
import java.util.Optional;
import java.util.Set;

/**
 * Which events somebody wants.
 *
 * @param job of this job only; empty for all
 * @param types of these types only; empty for all
 */
public record EventFilter(Optional<JobName> job, Set<LiveEvent.Type> types) {
    /** Everything. */
    public static final EventFilter ALL = new EventFilter(Optional.empty(), Set.of());

    public EventFilter {
        types = Set.copyOf(types);
    }

    boolean wants(LiveEvent event) {
        return (job.isEmpty() || job.equals(event.job())) && (types.isEmpty() || types.contains(event.type()));
    }
}
