package io.dkron.ejb.service;

import io.dkron.core.engine.Outcome;
import io.dkron.core.job.Job;
import java.util.Objects;
import java.util.Optional;

/**
 * The answer to a run.
 *
 * @param outcome how the request ended
 * @param job the job as it is now, or as it last was; empty when nothing was started
 * @param ended whether the whole group has ended, retries included
 */
public record RunAnswer(Outcome outcome, Optional<Job> job, boolean ended) {
    public RunAnswer {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(job, "job");
    }
}
