package io.dkron.core.engine;

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
    private static final int AT_ONCE = 1_000;

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

    /** Removes the job in the present unit; {@code gone} runs when its executions are removed too. */
    void remove(JobEntry entry, Runnable gone) {
        entry.groups().keySet().forEach(g -> lead.ledger.hold(new Effect.GroupEnded(entry.job(), g)));
        entry.unsettled().forEach(lead.delivery::forget);
        lead.remove(entry);
        lead.ledger.delete(entry.name());
        if (entry.kept().known() && entry.kept().all().size() <= AT_ONCE && !purging(entry.name())) {
            entry.kept().all().forEach(id -> lead.ledger.delete(entry.name(), id));
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
                lead.ledger.delete(job, id);
                written++;
            }
            if (written == AT_ONCE) {
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
