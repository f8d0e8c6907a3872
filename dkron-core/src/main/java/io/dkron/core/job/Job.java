package io.dkron.core.job;

import java.util.Objects;

/** A stored job: what the user said, and what became of it. Immutable. */
public record Job(JobDefinition definition, JobState state) {
    public Job {
        Objects.requireNonNull(definition, "definition");
        Objects.requireNonNull(state, "state");
    }

    public JobName name() {
        return definition.name();
    }

    public Job with(JobDefinition changed) {
        return new Job(changed, state);
    }

    public Job with(JobState changed) {
        return new Job(definition, changed);
    }
}
