package io.dkron.core.engine;

import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.TargetSelector;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.RecentGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Starts groups: numbers, targets, records, orders (protocol P2). */
final class Groups {
    private static final int RECENT = 20;

    private final Lead lead;

    Groups(Lead lead) {
        this.lead = lead;
    }

    /**
     * Records a group and holds its orders. Without a target a person's run starts none; any other group is recorded as
     * one failed execution that says so.
     *
     * @param cause of the run keys
     * @param scheduledAt the due instant of a firing
     * @return the group's number; empty when a person's run found no target
     */
    OptionalLong start(JobEntry entry, Trigger trigger, String cause, Optional<Instant> scheduledAt, Instant now) {
        List<Member> targets = TargetSelector.select(
                entry.definition().tags(), lead.members.values(), lead.settings.region(), lead.tools.random());
        boolean asked = trigger == Trigger.MANUAL || trigger == Trigger.CREATE;
        if (targets.isEmpty() && asked) {
            return OptionalLong.empty();
        }
        long number = number(entry, now);
        Group group = entry.open(number);
        Todo.Start manifest = new Todo.Start(
                entry.name(),
                entry.state().uid(),
                number,
                trigger,
                cause,
                scheduledAt,
                now,
                targets.stream()
                        .map(t -> new Todo.Start.Target(t.name(), t.journalId()))
                        .toList());
        List<Execution> executions = manifest.executions();
        if (targets.isEmpty()) {
            none(entry, group, manifest, "no target nodes found to run job " + entry.name());
        } else if (!lead.room.runs(
                entry.live(), executions.stream().map(Execution::id).toList())) {
            none(
                    entry,
                    group,
                    manifest,
                    targets.size() + " more executions of job " + entry.name() + " are too many for the store while "
                            + entry.live().size() + " have not ended");
        } else {
            executions.forEach(e -> adopt(entry, e));
            started(entry, group, now);
            record(entry, manifest, executions, now);
        }
        return OptionalLong.of(number);
    }

    /** The records of a group, in as many parts as the store needs; its job's record comes with the first. */
    private void record(JobEntry entry, Todo.Start manifest, List<Execution> executions, Instant now) {
        for (int i = 0; i < executions.size(); i++) {
            part(manifest, i);
            lead.ledger.put(executions.get(i));
            lead.telling.started(entry, executions.get(i), now);
            lead.delivery.order(entry, executions.get(i), now);
        }
    }

    private void part(Todo.Start manifest, int recorded) {
        if (recorded > 0 && recorded % lead.room.executions() == 0) {
            lead.ledger.part(() -> manifest.after(recorded));
        }
        lead.ledger.guard(manifest.job());
    }

    /** Records the executions of an earlier lead's group that have no record yet. */
    void complete(JobEntry entry, Todo.Start manifest, Instant now) {
        List<Execution> executions = manifest.executions();
        for (int i = 0; i < executions.size(); i++) {
            part(manifest, i);
            lead.ledger.put(executions.get(i));
            lead.telling.started(entry, executions.get(i), now);
        }
    }

    /** A group that cannot run is one failed execution, on this node, that says why. */
    private void none(JobEntry entry, Group group, Todo.Start manifest, String reason) {
        RunKey key = new RunKey(manifest.uid(), manifest.cause(), lead.settings.node(), 1);
        Execution none = execution(
                entry,
                key,
                manifest.group(),
                manifest.group(),
                manifest.trigger(),
                manifest.scheduledAt(),
                "",
                manifest.at());
        record(entry, group, none);
        started(entry, group, manifest.at());
        lead.results.finish(
                entry,
                none.ended(ExecutionState.FAILED, none.startedAt(), manifest.at(), Outputs.reason(reason)),
                false,
                manifest.at());
    }

    /**
     * Members that may take the place of one that certainly did not take its order: those the job could have chosen too,
     * as it asks for a number of them, and that are no targets of the group yet (protocol P11).
     */
    List<Member> substitutes(JobEntry entry, Execution execution) {
        if (execution.attempt() > 1
                || !TargetSelector.counted(entry.definition().tags())) {
            return List.of(); // an attempt is repeated where it failed; one that goes to all has no other
        }
        Set<String> taken = new HashSet<>();
        entry.groups().get(execution.group()).executions().forEach(e -> taken.add(e.node()));
        return TargetSelector.matching(entry.definition().tags(), lead.members.values(), lead.settings.region())
                .stream()
                .filter(m -> !taken.contains(m.name()))
                .toList();
    }

    /** Has another member run this in place of the one that did not take it, for that reason; false without another. */
    boolean substitute(JobEntry entry, Execution refused, String reason, Instant now) {
        List<Member> others = substitutes(entry, refused);
        if (others.isEmpty()) {
            return false;
        }
        Member chosen = others.get(lead.tools.random().nextInt(others.size()));
        RunKey key = new RunKey(refused.key().jobUid(), refused.key().cause(), chosen.name(), 1);
        Execution instead = execution(
                entry,
                key,
                number(entry, now),
                refused.group(),
                refused.trigger(),
                refused.scheduledAt(),
                chosen.journalId(),
                now);
        record(entry, entry.groups().get(refused.group()), instead);
        Execution ended = refused.ended(
                        ExecutionState.FAILED,
                        refused.startedAt().isAfter(now) ? now : refused.startedAt(),
                        now,
                        Outputs.reason(reason + "; node " + chosen.name() + " runs it instead"))
                .with()
                .replacement(chosen.name())
                .build();
        lead.results.finish(entry, ended, false, now);
        lead.telling.started(entry, instead, now);
        lead.delivery.order(entry, instead, now);
        return true;
    }

    /** A number for a new group or execution of this job; greater than every earlier one, whatever the clock does. */
    long number(JobEntry entry, Instant now) {
        long number = Math.max(Nanos.of(now), entry.state().lastNumber() + 1);
        entry.set(entry.state().with().lastNumber(number));
        return number;
    }

    /** Adds a new execution to its group, in memory and in the present unit. */
    void record(JobEntry entry, Group group, Execution execution) {
        group.put(execution);
        entry.kept().add(execution.id());
        lead.ledger.put(execution);
    }

    /** Takes an execution read from the store into its group. */
    void adopt(JobEntry entry, Execution execution) {
        entry.open(execution.group()).put(execution);
        entry.kept().add(execution.id());
    }

    private static Execution execution(
            JobEntry entry,
            RunKey key,
            long number,
            long group,
            Trigger trigger,
            Optional<Instant> scheduledAt,
            String journal,
            Instant now) {
        return new Execution(
                new ExecutionId(number, key.node()),
                entry.name(),
                key,
                group,
                trigger,
                scheduledAt,
                Optional.empty(),
                ExecutionState.RUNNING,
                now,
                Optional.empty(),
                journal,
                false,
                OutputTail.EMPTY);
    }

    private void started(JobEntry entry, Group group, Instant now) {
        JobState state = entry.state();
        List<RecentGroup> recent = new ArrayList<>(state.recent());
        recent.add(new RecentGroup(group.number(), now, JobStatus.RUNNING, Duration.ZERO));
        entry.set(state.with()
                .lastGroup(group.number())
                .status(JobStatus.RUNNING)
                .live(entry.live())
                .recent(recent.subList(Math.max(0, recent.size() - RECENT), recent.size())));
        lead.retention.prune(entry);
        lead.ledger.put(entry.job());
    }
}
