package io.dkron.core.engine;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Progress;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.Notification;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.notification.Notice;
import io.dkron.core.store.Batch;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;

/**
 * What the engine wants done, in the order of the list. Everything that shows a change to anyone comes after the batch
 * that stores the change is committed. A call to an agent carries the fence given with it (protocol P1).
 */
public sealed interface Effect {
    /**
     * Commit this batch; then send {@link Event.Committed} or {@link Event.CommitLost} with its sequence. At most one is
     * in flight (protocol P4); the batch carries the fence as its first precondition.
     *
     * @param sequence number of the batch since this engine was made
     */
    record Commit(long sequence, Batch batch) implements Effect {
        public Commit {
            Objects.requireNonNull(batch, "batch");
        }
    }

    /**
     * The state in memory is no longer known to match the store: run {@link Takeover#run} again, as often as needed, and
     * send {@link Event.Elected}, {@link Event.Deposed} when another leads, or {@link Event.RolledBack}. Nothing else will be
     * committed before.
     *
     * @param seen how far the engine knows that the store was; part of the next {@link Claim}, and of all that follow
     * @param accepted an operator accepted that the store went back: so does the next {@link Claim} until one succeeds
     */
    record Reload(String reason, Progress seen, boolean accepted) implements Effect {
        public Reload {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(seen, "seen");
        }

        /** By one who knows nothing of the store. */
        public Reload(String reason) {
            this(reason, Progress.NONE, false);
        }
    }

    /** Send {@link Event.Tick} at this engine time; replaces the earlier wish. */
    record WakeAt(Instant at) implements Effect {}

    /** Hand these orders to the member, all in one call; then send {@link Event.Dispatched}. */
    record Dispatch(Fence fence, String node, List<RunOrder> orders) implements Effect {
        public Dispatch {
            orders = List.copyOf(orders);
        }
    }

    /**
     * Ask the member which runs it knows; then send {@link Event.AgentListed} or {@link Event.AgentUnreachable}.
     *
     * @param question rises from one to the next; to be given back with the answer
     */
    record AskAgent(Fence fence, String node, long question) implements Effect {}

    /** Tell the member to end these runs; when it cannot be told send {@link Event.AgentUnreachable}. */
    record Cancel(Fence fence, String node, List<RunKey> keys) implements Effect {
        public Cancel {
            keys = List.copyOf(keys);
        }
    }

    /** These results are stored, or will never be needed: the member may forget them. Losing this does no harm. */
    record Acknowledge(String node, List<RunKey> keys) implements Effect {
        public Acknowledge {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Run the processors on this ended execution, off the engine's thread; then, at the deadline at the latest, send {@link
     * Event.Processed}. One that comes seconds later is ignored: the original output is stored by then.
     */
    record Process(Execution execution, Map<String, SortedMap<String, String>> processors, Instant deadline)
            implements Effect {}

    /**
     * Read the ids of the job's executions, off the engine's thread; then send {@link Event.ExecutionsListed} or {@link
     * Event.ListFailed} with the ticket.
     */
    record ListExecutions(long ticket, JobName job) implements Effect {}

    /**
     * Tell somebody, off the engine's thread and with a limit of time; then send {@link Event.Notified}. What is said stands
     * in the notice, but for the output, which is stored with the execution.
     *
     * @param key of the notice in the store
     */
    record Notify(String key, Notice notice) implements Effect {
        public Notify {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(notice, "notice");
        }
    }

    /** A message was given up untold, as too many wait: to be counted. */
    record NoticeDropped(Notification.Channel channel) implements Effect {
        public NoticeDropped {
            Objects.requireNonNull(channel, "channel");
        }
    }

    /** So many messages wait in the outbox now: to be shown. */
    record OutboxSize(int waiting) implements Effect {}

    /** Read an execution, off the engine's thread; then send {@link Event.ExecutionRead} with the ticket. */
    record ReadExecution(long ticket, JobName job, ExecutionId id) implements Effect {
        public ReadExecution {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(id, "id");
        }
    }

    /** Answer the request; exactly one for each {@link Event.Asked}. */
    record Answer(String requestId, Outcome outcome) implements Effect {
        public Answer {
            Objects.requireNonNull(outcome, "outcome");
        }
    }

    /**
     * What a commit changed, for read models and subscribers. After an {@link Event.Elected} the first one has {@code
     * complete} set and holds every job: what is not in it does not exist.
     *
     * @param position grows with every publication of this term
     * @param complete replace everything
     * @param jobs as they are now
     * @param deleted names that are gone; applied before {@code jobs}
     * @param executions as they are now, ended ones with their output
     * @param paused whether new jobs are refused
     */
    record Publish(
            long term,
            long position,
            boolean complete,
            List<Job> jobs,
            List<JobName> deleted,
            List<Execution> executions,
            boolean paused)
            implements Effect {
        public Publish {
            jobs = List.copyOf(jobs);
            deleted = List.copyOf(deleted);
            executions = List.copyOf(executions);
        }
    }

    /**
     * A group has ended, retries included, and is stored: whoever waits for the end of a run goes on. Comes again when an
     * execution that was lost turned out otherwise.
     *
     * @param job with the group's end; a job deleted by it (ephemeral) as it last was
     */
    record GroupEnded(Job job, long group) implements Effect {}

    /** Something that people should find in the log. */
    record Log(System.Logger.Level level, String message) implements Effect {}
}
