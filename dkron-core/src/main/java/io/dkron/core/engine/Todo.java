package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is left to do of a step that is decided, but did not fit into one batch. It stands in the store from the batch with
 * the step's first part to the one with its last, and the next leader does it before anything else (protocol P5).
 */
sealed interface Todo {
    /** The job that the step is about. */
    JobName job();

    /** Its uid: a namesake is not meant. */
    String uid();

    /**
     * The manifest of a group: these of its targets have no execution on record yet.
     *
     * @param group the group's number, which all its first executions have
     * @param at when it was recorded
     */
    record Start(
            JobName job,
            String uid,
            long group,
            Trigger trigger,
            String cause,
            Optional<Instant> scheduledAt,
            Instant at,
            List<Target> targets)
            implements Todo {
        /**
         * A node to run on.
         *
         * @param journal that it had when it was chosen
         */
        record Target(String node, String journal) {}

        public Start {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(uid, "uid");
            Objects.requireNonNull(trigger, "trigger");
            Objects.requireNonNull(cause, "cause");
            Objects.requireNonNull(scheduledAt, "scheduledAt");
            Objects.requireNonNull(at, "at");
            targets = List.copyOf(targets);
        }

        /** The manifest without the first targets. */
        Start after(int recorded) {
            return new Start(
                    job, uid, group, trigger, cause, scheduledAt, at, targets.subList(recorded, targets.size()));
        }

        /** The records that the manifest stands for, in its order. */
        List<Execution> executions() {
            return targets.stream().map(this::execution).toList();
        }

        private Execution execution(Target target) {
            return new Execution(
                    new ExecutionId(group, target.node()),
                    job,
                    new RunKey(uid, cause, target.node(), 1),
                    group,
                    trigger,
                    scheduledAt,
                    Optional.empty(),
                    ExecutionState.RUNNING,
                    at,
                    Optional.empty(),
                    target.journal(),
                    false,
                    OutputTail.EMPTY);
        }
    }

    /**
     * A group ended in success: the dependents whose names come after that one are to follow.
     *
     * @param after the last one that has; empty for none
     */
    record Follow(JobName job, String uid, long group, String after) implements Todo {
        public Follow {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(uid, "uid");
            Objects.requireNonNull(after, "after");
        }
    }

    /**
     * The job is to be deleted.
     *
     * @param dependents with all its dependents; otherwise only if it has none
     */
    record Remove(JobName job, String uid, boolean dependents) implements Todo {
        public Remove {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(uid, "uid");
        }
    }
}
