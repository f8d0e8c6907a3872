package io.dkron.ejb.service;

import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Jobs: read from memory, changed by the leader's engine. Answers to changes are completed on a worker thread, never
 * exceptionally. Safe for many threads.
 */
public final class JobService {
    private final ReadModel model;
    private final LeaderRoute leader;

    public JobService(ReadModel model, LeaderRoute leader) {
        this.model = Objects.requireNonNull(model, "model");
        this.leader = Objects.requireNonNull(leader, "leader");
    }

    // ------------------------------------------------------------------ reading

    /** The job of that name. @throws NotLoadedException before the jobs were read from the store */
    public Optional<CatalogJob> find(JobName name) {
        return loaded().find(name);
    }

    /** Whether a job of that name is stored; a name that could be none is not. */
    public boolean exists(String name) {
        return !name.isEmpty() && loaded().find(new JobName(name)).isPresent();
    }

    /** The jobs that the query asks for. @throws NotLoadedException before the jobs were read from the store */
    public JobPage list(JobQuery query) {
        return loaded().list(query);
    }

    /** How many jobs have each status. @throws NotLoadedException before the jobs were read from the store */
    public Map<JobStatus, Integer> statuses() {
        return loaded().statuses();
    }

    /** How many jobs there are; 0 before they were read. */
    public int size() {
        return model.jobs().size();
    }

    /** Whether new jobs are refused. */
    public boolean paused() {
        return model.paused();
    }

    // ------------------------------------------------------------------ changing

    /** See {@link Event.Save}. */
    public CompletionStage<Outcome> save(
            Request request, JobDefinition job, List<Problem> unlessStored, Condition condition, SaveMode mode) {
        return leader.ask(
                request, now -> new Event.Save(now, request, job, unlessStored, condition, mode.run(), mode.dryRun()));
    }

    /**
     * How to save.
     *
     * @param run start a run afterwards
     * @param dryRun only check
     */
    public record SaveMode(boolean run, boolean dryRun) {
        /** Store it, nothing else. */
        public static final SaveMode STORE = new SaveMode(false, false);
    }

    /** See {@link Event.Delete}. */
    public CompletionStage<Outcome> delete(Request request, JobName job, Condition condition, boolean cascade) {
        return leader.ask(request, now -> new Event.Delete(now, request, job, condition, cascade));
    }

    /** See {@link Event.Toggle}. */
    public CompletionStage<Outcome> toggle(
            Request request, JobName job, Condition condition, Optional<Boolean> disabled) {
        return leader.ask(request, now -> new Event.Toggle(now, request, job, condition, disabled));
    }

    /** See {@link Event.Restore}. */
    public CompletionStage<Outcome> restore(Request request, List<Job> jobs, boolean dryRun) {
        return leader.ask(request, now -> new Event.Restore(now, request, jobs, dryRun));
    }

    /** See {@link Event.Pause}. */
    public CompletionStage<Outcome> pause(Request request, boolean paused) {
        return leader.ask(request, now -> new Event.Pause(now, request, paused));
    }

    private JobCatalog loaded() {
        if (!model.loaded()) {
            throw new NotLoadedException();
        }
        return model.jobs();
    }
}
