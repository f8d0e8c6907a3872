package io.dkron.core.notification;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A message that waits in the outbox: one channel, one moment, one execution. Immutable. It holds all that is said except
 * the output, which stands with the execution.
 *
 * @param recipient addresses of a mail, separated by commas; empty for other channels
 * @param tries how often it was tried so far
 * @param due not to be tried before
 * @param last the execution is to go from the store when this is settled: somebody deleted it, or its job
 */
public record Notice(
        Channel channel, Moment moment, Subject subject, String recipient, int tries, Instant due, boolean last) {
    private static final int MOST_LINES = 50;
    private static final int LINES_BYTES = 4 << 10; // so that a commit of the smallest store has room for some notices

    public Notice {
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(moment, "moment");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(recipient, "recipient");
        Objects.requireNonNull(due, "due");
    }

    /**
     * The execution as it was then.
     *
     * @param lines the executions of its group, oldest first
     * @param omitted how many more there are, left out for their size
     */
    public record Subject(
            JobName job,
            ExecutionId execution,
            long group,
            String node,
            ExecutionState state,
            Instant startedAt,
            Optional<Instant> finishedAt,
            List<Line> lines,
            int omitted) {
        public Subject {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(execution, "execution");
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(startedAt, "startedAt");
            Objects.requireNonNull(finishedAt, "finishedAt");
            lines = List.copyOf(lines);
        }

        public boolean success() {
            return state == ExecutionState.SUCCESS;
        }
    }

    /** One execution of the group. */
    public record Line(String node, Instant startedAt, Optional<Instant> finishedAt, boolean success) {
        public Line {
            Objects.requireNonNull(node, "node");
            Objects.requireNonNull(startedAt, "startedAt");
            Objects.requireNonNull(finishedAt, "finishedAt");
        }
    }

    /** What is to be said of that execution, as it and its group are now. */
    public static Subject about(Execution execution, Collection<Execution> group) {
        List<Line> lines = new ArrayList<>();
        int bytes = 0;
        for (Execution each : group) {
            bytes += each.node().getBytes(StandardCharsets.UTF_8).length + 100;
            if (lines.size() == MOST_LINES || bytes > LINES_BYTES) {
                break;
            }
            lines.add(new Line(each.node(), each.startedAt(), each.finishedAt(), each.success()));
        }
        return new Subject(
                execution.job(),
                execution.id(),
                execution.group(),
                execution.node(),
                execution.state(),
                execution.startedAt(),
                execution.finishedAt(),
                lines,
                group.size() - lines.size());
    }

    /** By which a receiver knows that it has had this message before; the same however often it is sent. */
    public String idempotencyKey() {
        return subject.execution() + "-" + moment.text();
    }

    /** This notice after one more try, to be tried again then. */
    public Notice again(Instant at) {
        return new Notice(channel, moment, subject, recipient, tries + 1, at, last);
    }

    /** This notice, with which the execution goes. */
    public Notice asLast() {
        return new Notice(channel, moment, subject, recipient, tries, due, true);
    }
}
