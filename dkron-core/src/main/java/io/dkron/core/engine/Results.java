package io.dkron.core.engine;

import io.dkron.core.cluster.Member;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunReport;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes results. Each counts once: a run key that is not unfinished is acknowledged and nothing else (protocol P19). What
 * a result causes, a retry or the end of the group with its dependents, is written with it.
 */
final class Results {
    private static final Duration SILENCE = Duration.ofSeconds(2);

    /** A result whose processors are at work. */
    private record Processing(Execution ended, String reporter) {}

    private final Lead lead;
    private final Map<RunKey, Processing> processing = new HashMap<>();

    Results(Lead lead) {
        this.lead = lead;
    }

    /** A report came in, perhaps not for the first time. */
    void reported(String node, RunReport report, Instant now) {
        Optional<JobEntry> entry = lead.find(report.job())
                .filter(e -> e.state().uid().equals(report.key().jobUid()));
        Optional<Execution> execution = entry.flatMap(e -> e.find(report.id()))
                .filter(e -> !e.state().settled()) // a lost one takes the late result
                .filter(e -> e.key().equals(report.key()) || Unreadable.maybe(e.key(), report.key()));
        if (execution.isEmpty()) {
            lead.ledger.holdForProof(new Effect.Acknowledge(node, List.of(report.key())));
            return;
        }
        if (processing.containsKey(report.key())) {
            return; // acknowledged when it is stored
        }
        lead.delivery.forget(execution.get());
        Execution known = execution.get().with().key(report.key()).build();
        entry.get().groups().get(known.group()).put(known); // from now on an unreadable one has its key again
        lead.absence.bind(known);
        OutputTail output = Outputs.withError(report.error(), report.output(), lead.outputLimit);
        Duration behind = behind(known.startedAt(), report.startedAt());
        Execution ended = known.ended(
                report.state(),
                report.startedAt().plus(behind),
                report.finishedAt().plus(behind),
                output);
        if (entry.get().definition().processors().isEmpty()) {
            store(entry.get(), ended, node, now);
        } else {
            process(entry.get(), ended, node, now);
        }
    }

    /** How far the agent's clock is behind at least: nothing starts before it was recorded. */
    private static Duration behind(Instant recorded, Instant started) {
        return started.isBefore(recorded) ? Duration.between(started, recorded) : Duration.ZERO;
    }

    private void process(JobEntry entry, Execution ended, String node, Instant now) {
        Instant deadline = now.plus(lead.settings.processFor());
        processing.put(ended.key(), new Processing(ended, node));
        lead.ledger.hold(new Effect.Process(ended, entry.definition().processors(), deadline));
        // Who runs them tells at the deadline how far they came. This is for when it does not.
        lead.timers.at(deadline.plus(SILENCE), at -> {
            if (processing.containsKey(ended.key())) {
                lead.warn("processors took too long, output stored as it was job=" + entry.name() + " execution="
                        + ended.id());
                String late = "processors took longer than "
                        + lead.settings.processFor().toSeconds() + "s";
                processed(new Event.Processed(at, ended.key(), Optional.empty(), List.of(late)));
            }
        });
    }

    /** The processors are done, or their time is over. */
    void processed(Event.Processed event) {
        Processing done = processing.remove(event.key());
        if (done == null) {
            return;
        }
        Execution.Builder handled = done.ended().with().processorErrors(event.errors());
        event.output().ifPresent(o -> handled.output(Outputs.withError("", o, lead.outputLimit)));
        Execution ended = handled.build();
        Optional<JobEntry> entry = lead.find(ended.job())
                .filter(e -> e.find(ended.id())
                        .filter(known -> known.key().equals(event.key())
                                && !known.state().settled())
                        .isPresent());
        if (entry.isEmpty()) {
            lead.ledger.holdForProof(new Effect.Acknowledge(done.reporter(), List.of(event.key())));
        } else {
            store(entry.get(), ended, done.reporter(), event.now());
        }
    }

    private void store(JobEntry entry, Execution ended, String reporter, Instant now) {
        Optional<Execution> known = entry.find(ended.id()); // as it is now, after its processors
        Execution.Builder stored =
                ended.with().cancelAsked(known.map(Execution::cancelAsked).orElse(false));
        known.ifPresent(k -> stored.notifications(k.notifications()));
        finish(entry, stored.build(), true, now);
        lead.ledger.hold(new Effect.Acknowledge(reporter, List.of(ended.key())));
    }

    /**
     * Records the end of an execution, with its counters, its retry, and the end of its group.
     *
     * @param mayRetry whether a failure may be repeated
     */
    void finish(JobEntry entry, Execution ended, boolean mayRetry, Instant now) {
        Group group = entry.groups().get(ended.group());
        boolean wasLost = group.find(ended.id())
                .filter(e -> e.state() == ExecutionState.LOST)
                .isPresent();
        group.put(ended);
        lead.delivery.ended(ended);
        lead.ledger.put(ended);
        count(entry, wasLost, ended);
        if (mayRetry && repeats(entry, ended)) {
            retry(entry, group, ended, now);
        } else {
            lead.telling.ended(entry, group, ended, wasLost, now);
        }
        settle(entry, group, now);
    }

    private boolean repeats(JobEntry entry, Execution ended) {
        return ended.state() == ExecutionState.FAILED
                && !ended.cancelAsked()
                && !entry.definition().disabled()
                && ended.attempt() <= entry.definition().retry().retries()
                && hasRoom(entry, ended);
    }

    /** One step for each execution; a lost one was counted as failed, which is taken back if it was none. */
    private static void count(JobEntry entry, boolean wasLost, Execution ended) {
        JobState state = entry.state();
        boolean failed = ended.state() == ExecutionState.FAILED || ended.state() == ExecutionState.LOST;
        if (failed && !wasLost && ended.replacement().isEmpty()) {
            entry.set(state.with().errorCount(state.errorCount() + 1).lastError(ended.finishedAt()));
            return;
        }
        JobState.Builder counted = state.with();
        if (wasLost && !failed) {
            counted.errorCount(Math.max(0, state.errorCount() - 1)); // 0 if the counters were reset since
        }
        if (ended.state() == ExecutionState.SUCCESS) {
            counted.successCount(state.successCount() + 1).lastSuccess(ended.finishedAt());
        }
        entry.set(counted);
    }

    /** Whether the result is in and is being processed. */
    boolean processing(RunKey key) {
        return processing.containsKey(key);
    }

    private boolean hasRoom(JobEntry entry, Execution failed) {
        boolean room = lead.room.runs(entry.live(), List.of(failed.id()));
        if (!room) {
            lead.warn("attempt not repeated, too many executions for the store have not ended job=" + entry.name()
                    + " execution=" + failed.id());
        }
        return room;
    }

    private void retry(JobEntry entry, Group group, Execution failed, Instant now) {
        Duration took = Duration.between(failed.startedAt(), failed.finishedAt().orElse(now));
        Duration pause = RetryPause.of(
                entry.definition().retry(),
                took.isNegative() ? Duration.ZERO : took,
                failed.attempt() + 1,
                lead.tools.random());
        Instant due = now.plus(pause);
        String journal = lead.alive(failed.node()).map(Member::journalId).orElse(failed.journal());
        Execution retry = failed.with()
                .id(new ExecutionId(lead.groups.number(entry, now), failed.node()))
                .key(failed.key().next())
                .trigger(Trigger.RETRY)
                .state(pause.isZero() ? ExecutionState.RUNNING : ExecutionState.WAITING)
                .notBefore(pause.isZero() ? Optional.empty() : Optional.of(due))
                .startedAt(now)
                .finishedAt(Optional.empty())
                .journal(journal)
                .processorErrors(List.of())
                .notifications(List.of())
                .output(OutputTail.EMPTY)
                .build();
        lead.groups.record(entry, group, retry);
        if (pause.isZero()) {
            lead.telling.started(entry, retry, now);
            lead.delivery.order(entry, retry, now);
        } else {
            waitFor(retry);
        }
    }

    /** Starts a waiting retry when its time has come. */
    void waitFor(Execution retry) {
        lead.timers.at(
                retry.notBefore().orElse(Instant.EPOCH),
                now -> lead.find(retry.job())
                        .ifPresent(entry -> entry.find(retry.id())
                                .filter(e -> e.key().equals(retry.key()) && e.state() == ExecutionState.WAITING)
                                .ifPresent(e -> begin(entry, e, now))));
    }

    private void begin(JobEntry entry, Execution waiting, Instant now) {
        Optional<Member> node = lead.alive(waiting.node());
        if (node.isEmpty()) {
            String reason = "node " + waiting.node() + " is gone, it was to repeat the attempt";
            finish(entry, waiting.ended(ExecutionState.FAILED, now, now, Outputs.reason(reason)), true, now);
            return;
        }
        Execution running =
                waiting.running(now).with().journal(node.get().journalId()).build();
        entry.groups().get(running.group()).put(running);
        lead.ledger.put(running);
        lead.ledger.guard(entry.name());
        lead.telling.started(entry, running, now);
        lead.delivery.order(entry, running, now);
    }

    /**
     * Brings the job's state in line with this group, and ends the group if nothing of it runs or waits. It is kept while
     * something of it is lost.
     */
    void settle(JobEntry entry, Group group, Instant now) {
        JobStatus status = group.status();
        boolean ended = group.ended();
        if (group.settled()) {
            entry.close(group.number());
        }
        JobState state = entry.state();
        List<RecentGroup> recent = state.recent().stream()
                .map(r -> r.group() == group.number() ? new RecentGroup(r.group(), r.at(), status, group.took()) : r)
                .toList();
        entry.set(state.with()
                .status(state.lastGroup() == group.number() ? status : state.status())
                .live(entry.live())
                .recent(recent));
        lead.retention.prune(entry);
        lead.ledger.put(entry.job());
        if (ended) {
            lead.ledger.hold(new Effect.GroupEnded(entry.job(), group.number()));
            follow(entry, group, status, now);
        }
    }

    private void follow(JobEntry entry, Group group, JobStatus status, Instant now) {
        if (status != JobStatus.SUCCESS) {
            return;
        }
        if (!group.cancelled()) {
            follow(new Todo.Follow(entry.name(), entry.state().uid(), group.number(), ""), now);
        }
        if (entry.definition().ephemeral() && lead.childrenOf(entry.name()).isEmpty()) {
            lead.removal.removeAll(List.of(entry), () -> {});
        }
    }

    /** Starts the dependents that are to follow, each in a part of its own. */
    void follow(Todo.Follow todo, Instant now) {
        String cause = "parent:" + todo.uid() + ":" + todo.group();
        Todo.Follow left = todo;
        for (JobName name : List.copyOf(lead.childrenOf(todo.job()))) {
            Optional<JobEntry> child = lead.find(name).filter(c -> name.value().compareTo(todo.after()) > 0);
            if (child.isPresent()) {
                Todo.Follow before = left;
                lead.ledger.part(() -> before);
                left = new Todo.Follow(todo.job(), todo.uid(), todo.group(), name.value());
                lead.ledger.within(List.of(left), () -> lead.firing.dependent(child.get(), cause, now));
            }
        }
    }
}
