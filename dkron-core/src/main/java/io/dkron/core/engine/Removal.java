package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Deletes jobs with their executions. When these are too many for one commit, or not known, a purge record stands in the
 * store until they are gone, and every lead goes on with it.
 */
final class Removal {
    private final Lead lead;
    private final Map<JobName, List<Runnable>> whenGone = new HashMap<>();
    private final Map<JobName, Long> generations = new HashMap<>();

    Removal(Lead lead) {
        this.lead = lead;
    }

    /** Whether executions of a deleted job of this name are still to be removed. */
    boolean purging(JobName job) {
        return lead.purges.containsKey(job);
    }

    /** Goes on with the purges that an earlier lead began. */
    void resume() {
        List.copyOf(lead.purges.keySet()).forEach(this::list);
    }

    /**
     * Removes a family, each in a part of its own; {@code gone} runs when the executions of all are
     * removed too. A crash in between leaves the job itself for last, so that its dependents are found again.
     */
    void removeAll(List<JobEntry> family, Runnable gone) {
        JobEntry root = family.get(family.size() - 1);
        Todo rest = new Todo.Remove(root.name(), root.state().uid(), family.size() > 1);
        int[] left = {family.size()};
        for (JobEntry entry : family) {
            lead.ledger.part(() -> rest);
            remove(entry, () -> {
                if (--left[0] == 0) {
                    gone.run();
                }
            });
        }
    }

    /** The job after all its dependents, of any depth. */
    List<JobEntry> family(JobEntry root) {
        List<JobEntry> all = new ArrayList<>();
        descend(root, all);
        return all;
    }

    private void descend(JobEntry entry, List<JobEntry> all) {
        for (JobName child : lead.childrenOf(entry.name())) {
            lead.find(child).ifPresent(c -> descend(c, all));
        }
        all.add(entry);
    }

    /** Removes the job in the present unit; {@code gone} runs when its executions are removed too. */
    void remove(JobEntry entry, Runnable gone) {
        entry.groups().keySet().forEach(g -> lead.ledger.hold(new Effect.GroupEnded(entry.job(), g)));
        for (Execution execution : entry.unsettled()) {
            lead.delivery.forget(execution);
            if (execution.state() == ExecutionState.WAITING) {
                lead.info("retry dropped, the job was deleted job=" + entry.name() + " execution=" + execution.id());
            }
        }
        lead.remove(entry);
        lead.ledger.delete(entry.name());
        if (entry.kept().known() && entry.kept().all().size() <= lead.room.deletes() && !purging(entry.name())) {
            entry.kept().all().forEach(id -> lead.outbox.delete(entry.name(), id));
            gone.run();
        } else {
            long last = entry.state().lastNumber();
            lead.purges.put(entry.name(), last);
            lead.ledger.put(
                    lead.tools.layout().keys().purge(entry.name()),
                    Long.toString(last).getBytes(StandardCharsets.UTF_8));
            whenGone.computeIfAbsent(entry.name(), n -> new ArrayList<>()).add(gone);
            list(entry.name());
        }
        lead.retention.gone(entry.name());
    }

    private void list(JobName job) {
        long asked = generations.merge(job, 1L, Long::sum);
        lead.retention.list(job, ids -> {
            if (generations.get(job) == asked) { // else the name was deleted again meanwhile, and listed again
                purge(job, ids);
            }
        });
    }

    /** Removes these executions of a deleted job; a job created anew under the name has greater numbers. */
    private void purge(JobName job, List<ExecutionId> ids) {
        long last = lead.purges.remove(job);
        int written = 0;
        for (ExecutionId id : ids) {
            if (id.number() <= last) {
                lead.outbox.delete(job, id);
                written++;
            }
            if (written == lead.room.deletes()) {
                lead.ledger.cut();
                written = 0;
            }
        }
        lead.ledger.delete(lead.tools.layout().keys().purge(job));
        List<Runnable> waiting = whenGone.remove(job);
        if (waiting != null) {
            waiting.forEach(Runnable::run);
        }
    }
}
