package io.dkron.core.engine;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.problem.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the engine is told. Every event carries the engine's time ({@link TimeKeeper}) at which it is handled; it never
 * goes back by more than a correction of the clock.
 */
public sealed interface Event {
    /** Engine time when the event is handled. */
    Instant now();

    // ------------------------------------------------------------------ leading

    /**
     * This node leads: the term is raised in the store, and this is what was read after that. Sent at start, at a
     * takeover, and after every {@link Effect.Reload}.
     */
    record Elected(Instant now, Takeover takeover) implements Event {
        public Elected {
            Objects.requireNonNull(takeover, "takeover");
        }
    }

    /** This node leads no longer; open requests are answered {@link Outcome.Unavailable}. */
    record Deposed(Instant now, String reason) implements Event {}

    /**
     * The store went back in time ({@link Takeover.Result.RolledBack}): this node leads no longer, and nobody may, until
     * an operator accepts it by {@link AcceptRollback}. To be sent in place of {@link Elected}.
     */
    record RolledBack(Instant now, Takeover.Result.RolledBack what) implements Event {
        public RolledBack {
            Objects.requireNonNull(what, "what");
        }
    }

    /**
     * An agent refused a call of this lead, as it has seen a higher term. Either another leads, or the store has lost that
     * term; a commit tells which. May be sent at each such refusal (protocol P14).
     *
     * @param seen the highest fence that the agent has seen
     */
    record AgentAhead(Instant now, String node, Fence seen) implements Event {
        public AgentAhead {
            Objects.requireNonNull(seen, "seen");
        }
    }

    /** The members that gossip shows, all of them, each time that something changed, and once before the first election. */
    record Members(Instant now, List<Member> members) implements Event {
        public Members {
            members = List.copyOf(members);
        }
    }

    /**
     * An operator removed this member, or it has gone for good, as a machine that was dismantled: nothing it ran will ever
     * be reported, or run on. Ignored while gossip shows it alive. To be sent after the {@link Members} without it.
     */
    record MemberRemoved(Instant now, String node) implements Event {
        public MemberRemoved {
            Objects.requireNonNull(node, "node");
        }
    }

    /** Time has passed; to be sent at each {@link Effect.WakeAt}, more often is harmless. */
    record Tick(Instant now) implements Event {}

    /**
     * The store is to hear of this leader: where nothing is on its way there, the fence alone is written. For stores whose
     * servers elect by how long the fence stood still (protocol P3).
     */
    record Beat(Instant now) implements Event {}

    // ------------------------------------------------------------------ results of effects

    /** The batch of {@link Effect.Commit} is stored. */
    record Committed(Instant now, long sequence, long version) implements Event {}

    /**
     * The batch of {@link Effect.Commit} was refused, failed, or its outcome is unknown. The engine drops what it had
     * assumed and asks for a {@link Effect.Reload}.
     *
     * @param reason for a person
     * @param refused the key that had another version; empty when it failed otherwise. If it is a job's, somebody else wrote
     *     that job: requests that wait are decided again after the reload instead of being given up (protocol P21)
     */
    record CommitLost(Instant now, long sequence, String reason, Optional<String> refused) implements Event {
        public CommitLost {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(refused, "refused");
        }

        /** Lost in another way than by a precondition. */
        public CommitLost(Instant now, long sequence, String reason) {
            this(now, sequence, reason, Optional.empty());
        }
    }

    /**
     * How the orders of an {@link Effect.Dispatch} fared, one entry for each order.
     *
     * @param term of the effect's fence
     */
    record Dispatched(Instant now, long term, String node, List<Handover> handovers) implements Event {
        public Dispatched {
            handovers = List.copyOf(handovers);
        }
    }

    /**
     * What became of one order.
     *
     * @param key of the order
     * @param detail for a person, empty when accepted
     */
    record Handover(RunKey key, Result result, String detail) {
        /** The ways an order can end (protocol P11). */
        public enum Result {
            /** The agent journaled it, now or before. */
            ACCEPTED,
            /** The agent said that it will not run it. */
            REFUSED,
            /** The agent does not know it, and has another journal than the order names, or was started again since. */
            OTHER_JOURNAL,
            /** The request was not handed to the transport: it certainly did not arrive. */
            NOT_SENT,
            /** No answer came: it may have arrived. */
            UNKNOWN
        }
    }

    /**
     * The agent's answer to {@link Effect.AskAgent}, given under the present term (protocol P1).
     *
     * @param term of the effect's fence
     * @param question the effect's: what became unclear later is not answered by this
     * @param journals the ids of its journal, the present one first: it knows what was accepted under each
     * @param runs every run it knows that is not yet acknowledged, and those it remembers as done
     */
    record AgentListed(Instant now, long term, String node, long question, List<String> journals, List<KnownRun> runs)
            implements Event {
        public AgentListed {
            journals = List.copyOf(journals);
            runs = List.copyOf(runs);
        }
    }

    /**
     * A run in an agent's journal.
     *
     * @param ended it has a result, which the agent reports or has reported
     */
    record KnownRun(RunKey key, boolean ended) {}

    /** {@link Effect.AskAgent} or {@link Effect.Cancel} did not reach the agent. */
    record AgentUnreachable(Instant now, String node, String reason) implements Event {}

    /** Results that an agent reports; it repeats them until {@link Effect.Acknowledge}. */
    record Reported(Instant now, String node, List<RunReport> reports) implements Event {
        public Reported {
            reports = List.copyOf(reports);
        }
    }

    /** The agent started a run: the real start, for display; not stored. */
    record Started(Instant now, String node, RunKey key, ExecutionId id, JobName job, Instant at) implements Event {}

    /**
     * {@link Effect.Process} is done.
     *
     * @param output what to store in place of the output; empty to leave it
     * @param errors what went wrong, a line each
     */
    record Processed(Instant now, RunKey key, Optional<OutputTail> output, List<String> errors) implements Event {
        public Processed {
            Objects.requireNonNull(output, "output");
            errors = List.copyOf(errors);
        }
    }

    /**
     * {@link Effect.ListExecutions}: the ids of all stored executions of exactly this job, ascending.
     *
     * @param ticket of the effect
     */
    record ExecutionsListed(Instant now, long ticket, JobName job, List<ExecutionId> ids) implements Event {
        public ExecutionsListed {
            ids = List.copyOf(ids);
        }
    }

    /** {@link Effect.ListExecutions} failed. */
    record ListFailed(Instant now, long ticket, JobName job, String reason) implements Event {}

    /**
     * One try of {@link Effect.Notify} is over.
     *
     * @param key of the effect
     * @param error why it was not delivered, for a person, without secrets; empty when it was
     */
    record Notified(Instant now, String key, Optional<String> error) implements Event {
        public Notified {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(error, "error");
        }
    }

    /**
     * The answer to {@link Effect.ReadExecution}.
     *
     * @param ticket of the effect
     * @param execution as it is stored; empty where it is not, or makes no sense
     * @param failure why the store could not be read; empty when it was
     */
    record ExecutionRead(Instant now, long ticket, Optional<Execution> execution, Optional<String> failure)
            implements Event {
        public ExecutionRead {
            Objects.requireNonNull(execution, "execution");
            Objects.requireNonNull(failure, "failure");
        }
    }

    // ------------------------------------------------------------------ requests

    /** An event that is answered by exactly one {@link Effect.Answer}. */
    sealed interface Asked extends Event {
        Request request();
    }

    /**
     * Create or replace a job. Answered by {@link Outcome.Saved}, {@link Outcome.Checked} (dry run), {@link
     * Outcome.Invalid}, {@link Outcome.ParentNotFound}, {@link Outcome.RevisionMismatch}, {@link Outcome.Paused}.
     *
     * @param definition valid by itself; what needs other jobs is checked here
     * @param unlessStored problems that stand only if no job of this name is stored (names of Dkron 1.x)
     * @param run start a run after saving ({@code runoncreate})
     * @param dryRun check and answer, store nothing
     */
    record Save(
            Instant now,
            Request request,
            JobDefinition definition,
            List<Problem> unlessStored,
            Condition condition,
            boolean run,
            boolean dryRun)
            implements Asked {
        public Save {
            unlessStored = List.copyOf(unlessStored);
        }
    }

    /**
     * Delete a job with its executions. Answered by {@link Outcome.Deleted}, {@link Outcome.HasDependents}, {@link
     * Outcome.JobNotFound}, {@link Outcome.RevisionMismatch}.
     *
     * @param cascade its dependents too, of any depth
     */
    record Delete(Instant now, Request request, JobName job, Condition condition, boolean cascade) implements Asked {}

    /**
     * Change {@code disabled}. Answered by {@link Outcome.Saved}, {@link Outcome.JobNotFound}, {@link
     * Outcome.RevisionMismatch}.
     *
     * @param disabled the value to have; empty flips it
     */
    record Toggle(Instant now, Request request, JobName job, Condition condition, Optional<Boolean> disabled)
            implements Asked {}

    /**
     * Run a job now. Answered when the group is stored by {@link Outcome.RunStarted}, else by {@link
     * Outcome.JobNotFound}, {@link Outcome.JobDisabled}, {@link Outcome.NoTarget}. {@link Effect.GroupEnded} follows.
     *
     * @param evenDisabled dialect v1 runs a disabled job
     */
    record Run(Instant now, Request request, JobName job, boolean evenDisabled) implements Asked {}

    /**
     * Delete the ended executions of a job and reset its counters. Answered by {@link Outcome.ExecutionsDeleted},
     * {@link Outcome.JobNotFound}.
     */
    record DeleteExecutions(Instant now, Request request, JobName job) implements Asked {}

    /**
     * Store jobs with their counters, parents before children. Answered by {@link Outcome.Restored}, {@link
     * Outcome.Invalid} (nothing stored), {@link Outcome.Paused}.
     *
     * @param jobs of their state only counters, last results and status count
     */
    record Restore(Instant now, Request request, List<Job> jobs, boolean dryRun) implements Asked {
        public Restore {
            jobs = List.copyOf(jobs);
        }
    }

    /** Refuse or take new jobs. Answered by {@link Outcome.PauseSet}. */
    record Pause(Instant now, Request request, boolean paused) implements Asked {}

    /**
     * Go on with a store that went back in time: what it lost is lost, and what fell due until now is missed. Answered when
     * this node leads again by {@link Outcome.RollbackAccepted}; by {@link Outcome.NotRolledBack} where there is none.
     */
    record AcceptRollback(Instant now, Request request) implements Asked {}

    /**
     * Cancel executions. Answered by {@link Outcome.Cancelling}, {@link Outcome.NotRunning}, {@link
     * Outcome.JobNotFound}, {@link Outcome.ExecutionNotFound}.
     *
     * @param id one execution; empty for all of the job that run or wait
     */
    record CancelExecutions(Instant now, Request request, JobName job, Optional<ExecutionId> id) implements Asked {}
}
