package io.dkron.core.execution;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A recorded run of a job on one member. Immutable; only the engine makes new ones.
 *
 * @param group number shared by all nodes and attempts of one firing or run, nanoseconds since 1970
 * @param scheduledAt the due instant of the firing; empty for other triggers
 * @param notBefore when a waiting retry may start; empty otherwise
 * @param startedAt the instant of recording, until the agent reports the real start
 * @param finishedAt present exactly when the state has ended
 * @param journal the id of the journal that the node had when this was recorded; empty where there was no node
 *     (protocol P11)
 * @param cancelAsked somebody asked to cancel it: it is not retried, and starts no dependents
 * @param replacement the node that runs it instead, as this one did not take it; empty for most. Such an execution never
 *     ran: it counts neither for its job's counters nor for the group's status (protocol P11)
 * @param processorErrors what went wrong when its output was processed, one line for each processor that failed, was not
 *     there or took too long; empty for most
 * @param notifications what became of telling others of it; empty where nobody was told, or not yet
 * @param output the stored part of what it printed, with the error line first where there was one
 */
public record Execution(
        ExecutionId id,
        JobName job,
        RunKey key,
        long group,
        Trigger trigger,
        Optional<Instant> scheduledAt,
        Optional<Instant> notBefore,
        ExecutionState state,
        Instant startedAt,
        Optional<Instant> finishedAt,
        String journal,
        boolean cancelAsked,
        Optional<String> replacement,
        List<String> processorErrors,
        List<Notification> notifications,
        OutputTail output) {
    public Execution {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(trigger, "trigger");
        Objects.requireNonNull(scheduledAt, "scheduledAt");
        Objects.requireNonNull(notBefore, "notBefore");
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(journal, "journal");
        Objects.requireNonNull(replacement, "replacement");
        notifications = List.copyOf(notifications);
        Objects.requireNonNull(output, "output");
        processorErrors = List.copyOf(processorErrors);
        if (state.ended() != finishedAt.isPresent()) {
            throw new IllegalArgumentException("execution " + id + ": " + state + " with end " + finishedAt);
        }
    }

    /** An execution that nothing took the place of, with whose output nothing went wrong, and of which nobody was told. */
    public Execution(
            ExecutionId id,
            JobName job,
            RunKey key,
            long group,
            Trigger trigger,
            Optional<Instant> scheduledAt,
            Optional<Instant> notBefore,
            ExecutionState state,
            Instant startedAt,
            Optional<Instant> finishedAt,
            String journal,
            boolean cancelAsked,
            OutputTail output) {
        this(
                id,
                job,
                key,
                group,
                trigger,
                scheduledAt,
                notBefore,
                state,
                startedAt,
                finishedAt,
                journal,
                cancelAsked,
                Optional.empty(),
                List.of(),
                List.of(),
                output);
    }

    public String node() {
        return key.node();
    }

    public int attempt() {
        return key.attempt();
    }

    public boolean success() {
        return state == ExecutionState.SUCCESS;
    }

    /** This execution, ended. */
    public Execution ended(ExecutionState end, Instant start, Instant finish, OutputTail printed) {
        return with().state(end)
                .notBefore(Optional.empty())
                .startedAt(start)
                .finishedAt(Optional.of(finish))
                .output(printed)
                .build();
    }

    /** This execution with these results of telling others too; of one message the one that is there stays. */
    public Execution told(List<Notification> more) {
        List<Notification> all = new ArrayList<>(notifications);
        more.stream().filter(m -> all.stream().noneMatch(m::sameAs)).forEach(all::add);
        return with().notifications(all).build();
    }

    /** This execution, running since that instant. */
    public Execution running(Instant start) {
        return with().state(ExecutionState.RUNNING)
                .notBefore(Optional.empty())
                .startedAt(start)
                .build();
    }

    /** A builder that starts from this execution. */
    public Builder with() {
        return new Builder(this);
    }

    /** Changes an execution field by field; not thread-safe. */
    public static final class Builder {
        private ExecutionId id;
        private JobName job;
        private RunKey key;
        private long group;
        private Trigger trigger;
        private Optional<Instant> scheduledAt;
        private Optional<Instant> notBefore;
        private ExecutionState state;
        private Instant startedAt;
        private Optional<Instant> finishedAt;
        private String journal;
        private boolean cancelAsked;
        private Optional<String> replacement;
        private List<String> processorErrors;
        private List<Notification> notifications;
        private OutputTail output;

        private Builder(Execution from) {
            id = from.id;
            job = from.job;
            key = from.key;
            group = from.group;
            trigger = from.trigger;
            scheduledAt = from.scheduledAt;
            notBefore = from.notBefore;
            state = from.state;
            startedAt = from.startedAt;
            finishedAt = from.finishedAt;
            journal = from.journal;
            cancelAsked = from.cancelAsked;
            replacement = from.replacement;
            processorErrors = from.processorErrors;
            notifications = from.notifications;
            output = from.output;
        }

        public Builder id(ExecutionId value) {
            id = value;
            return this;
        }

        public Builder job(JobName value) {
            job = value;
            return this;
        }

        public Builder key(RunKey value) {
            key = value;
            return this;
        }

        public Builder group(long value) {
            group = value;
            return this;
        }

        public Builder trigger(Trigger value) {
            trigger = value;
            return this;
        }

        public Builder scheduledAt(Optional<Instant> value) {
            scheduledAt = value;
            return this;
        }

        public Builder notBefore(Optional<Instant> value) {
            notBefore = value;
            return this;
        }

        public Builder state(ExecutionState value) {
            state = value;
            return this;
        }

        public Builder startedAt(Instant value) {
            startedAt = value;
            return this;
        }

        public Builder finishedAt(Optional<Instant> value) {
            finishedAt = value;
            return this;
        }

        public Builder journal(String value) {
            journal = value;
            return this;
        }

        public Builder cancelAsked(boolean value) {
            cancelAsked = value;
            return this;
        }

        public Builder replacement(String value) {
            replacement = Optional.of(value);
            return this;
        }

        public Builder processorErrors(List<String> value) {
            processorErrors = List.copyOf(value);
            return this;
        }

        public Builder notifications(List<Notification> value) {
            notifications = value;
            return this;
        }

        public Builder output(OutputTail value) {
            output = value;
            return this;
        }

        public Execution build() {
            return new Execution(
                    id,
                    job,
                    key,
                    group,
                    trigger,
                    scheduledAt,
                    notBefore,
                    state,
                    startedAt,
                    finishedAt,
                    journal,
                    cancelAsked,
                    replacement,
                    processorErrors,
                    notifications,
                    output);
        }
    }
}
