package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How a request ended. What it says of stored data is stored when it is said. */
public sealed interface Outcome {
    /** Whether what was asked was done. */
    default boolean done() {
        return false;
    }

    /**
     * The job is stored.
     *
     * @param job as stored
     * @param created whether the name was new
     * @param group the run that {@code runoncreate} started
     */
    record Saved(Job job, boolean created, OptionalLong group) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /** A dry run: the job as it would be stored; nothing was. */
    record Checked(Job job, boolean creates) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /**
     * The job is gone, and its executions.
     *
     * @param job as it was
     * @param others the dependents that went with it
     */
    record Deleted(Job job, List<JobName> others) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /**
     * A group is recorded and is being dispatched.
     *
     * @param job as it is with the group started
     */
    record RunStarted(Job job, long group) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /** The job's ended executions are gone, its counters are zero. */
    record ExecutionsDeleted(Job job) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /** Each job of the file, in its order, and whether it is stored. */
    record Restored(List<Item> items) implements Outcome {
        /**
         * @param reason why not; empty when stored
         */
        public record Item(JobName job, Optional<String> reason) {}

        @Override
        public boolean done() {
            return true;
        }
    }

    /** New jobs are refused, or taken, from now on. */
    record PauseSet(boolean paused) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /** These executions are being ended; those that waited have ended. */
    record Cancelling(Job job, List<Execution> executions) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /** The lead goes on in this term, above all that was seen before the store went back in time. */
    record RollbackAccepted(long term) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /** No store that went back in time is known of here: there is nothing to accept. */
    record NotRolledBack() implements Outcome {}

    /**
     * This request was done before; nothing was done now (protocol P16).
     *
     * @param before what was stored then
     * @param job the job as it is now; empty when it is gone
     */
    record Repeated(RequestRecord before, Optional<Job> job) implements Outcome {
        @Override
        public boolean done() {
            return true;
        }
    }

    /** The id was used for another kind of request or another job. */
    record KeyReused(RequestRecord before) implements Outcome {}

    /** Nothing was stored: these fields are wrong. */
    record Invalid(List<Problem> problems) implements Outcome {}

    record JobNotFound(JobName job) implements Outcome {}

    record ExecutionNotFound(JobName job) implements Outcome {}

    record ParentNotFound(JobName parent) implements Outcome {}

    /** The job has dependents and the request did not say to delete them. */
    record HasDependents(JobName job, List<JobName> dependents) implements Outcome {}

    /**
     * The {@link Condition} does not hold.
     *
     * @param job as it is; empty when there is none
     */
    record RevisionMismatch(Optional<Job> job) implements Outcome {}

    record JobDisabled(JobName job) implements Outcome {}

    /** No live member matches the job's tags; nothing was recorded. */
    record NoTarget(JobName job) implements Outcome {}

    /** Nothing of this job, or not this execution, runs or waits. */
    record NotRunning(JobName job) implements Outcome {}

    /** New jobs are refused at present. */
    record Paused() implements Outcome {}

    /** The engine does not lead at present: nothing was done. */
    record NoLeader(Duration retryAfter) implements Outcome {}

    /**
     * The store did not confirm it: it may be done or not. Repeating the request with its id is safe (protocol P16).
     */
    record Unavailable(String requestId, String reason) implements Outcome {}
}
