package io.dkron.ejb.service;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobName;
import io.dkron.core.json.Profile;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A job as it stands in the catalog, with its children. What it says never changes; its JSON is made when somebody asks, and
 * kept in the dialect of the first who did, while there is room for it. Safe for many threads.
 */
public final class CatalogJob {
    private final List<JobName> dependents;
    private final JsonRoom room;
    private volatile Job job;
    private volatile Optional<Kept> kept = Optional.empty();
    private boolean replaced;

    private record Kept(Profile profile, byte[] json) {}

    CatalogJob(Job job, List<JobName> dependents, JsonRoom room) {
        this.job = Objects.requireNonNull(job, "job");
        this.dependents = List.copyOf(dependents);
        this.room = room;
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
        Optional<Kept> known = kept;
        if (known.isPresent() && known.get().profile() == profile) {
            return known.get().json();
        }
        byte[] json = JobJson.write(job, dependents, profile);
        keep(new Kept(profile, json));
        return json;
    }

    private synchronized void keep(Kept made) {
        if (!replaced && kept.isEmpty() && room.take(made.json().length)) {
            kept = Optional.of(made);
        }
    }

    /** Another stands in the catalog in place of this one: the room of its JSON is free for others. */
    synchronized void replaced() {
        replaced = true;
        kept.ifPresent(known -> room.give(known.json().length));
        kept = Optional.empty();
    }

    /** Takes an equal job in place of its own, so that one of the two is enough; one that is not equal is not taken. */
    void share(Job other) {
        if (job != other && job.equals(other)) {
            job = other;
        }
    }

    @Override
    public String toString() {
        return "CatalogJob[" + job.name() + "]";
    }
}
