package io.dkron.ejb.service;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Profile;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A job as it stands in the catalog, with its children. Immutable; its JSON is made once in each dialect, when somebody
 * first asks for it.
 */
public final class CatalogJob {
    private final Job job;
    private final List<JobName> dependents;
    private final AtomicReferenceArray<byte[]> json = new AtomicReferenceArray<>(Profile.values().length);

    public CatalogJob(Job job, List<JobName> dependents) {
        this.job = Objects.requireNonNull(job, "job");
        this.dependents = List.copyOf(dependents);
    }

    public Job job() {
        return job;
    }

    /** Its children, in order of attachment. */
    public List<JobName> dependents() {
        return dependents;
    }

    /** The job in that dialect, compact; not to be changed by the caller. */
    public byte[] json(Profile profile) {
        byte[] known = json.get(profile.ordinal());
        if (known == null) {
            // Two threads may both make it; the results are equal.
            known = JobJson.write(job, dependents, profile);
            json.set(profile.ordinal(), known);
        }
        return known;
    }

    @Override
    public String toString() {
        return "CatalogJob[" + job.name() + "]";
    }
}
