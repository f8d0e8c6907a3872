package io.dkron.core.engine;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Keeps as many executions of a job as the setting says, and knows which there are. */
final class Retention {
    private record Listing(JobName job, Consumer<List<ExecutionId>> then) {}

    private final Lead lead;
    private final Map<Long, Listing> listings = new HashMap<>();
    private final Map<JobName, List<Runnable>> whenKnown = new HashMap<>();

    Retention(Lead lead) {
        this.lead = lead;
    }

    /** Deletes the oldest beyond the limit after the present step, never one of a group that has not ended. */
    void prune(JobEntry entry) {
        learn(entry);
        HashSet<ExecutionId> live = new HashSet<>(entry.live());
        for (ExecutionId id : entry.kept()
                .beyond(
                        lead.settings.executionsKept(),
                        id -> live.contains(id) || lead.outbox.isOpen(entry.name(), id))) {
            entry.kept().remove(id);
            lead.ledger.deleteLater(entry.name(), id);
        }
    }

    /** Does this once the job's executions are known or the job is gone; at once if they are known. */
    void whenKnown(JobEntry entry, Runnable action) {
        if (entry.kept().known()) {
            action.run();
        } else {
            whenKnown.computeIfAbsent(entry.name(), n -> new ArrayList<>()).add(action);
            learn(entry);
        }
    }

    private void learn(JobEntry entry) {
        if (entry.kept().ask()) {
            list(entry.name(), ids -> {
                entry.kept().listed(ids);
                if (lead.find(entry.name()).filter(e -> e == entry).isPresent()) {
                    prune(entry); // what was recorded while this was not known
                    run(entry.name());
                }
            });
        }
    }

    /** The job is deleted: who waits finds that out. */
    void gone(JobName job) {
        run(job);
    }

    private void run(JobName job) {
        List<Runnable> waiting = whenKnown.remove(job);
        if (waiting != null) {
            waiting.forEach(Runnable::run);
        }
    }

    /** Reads the ids of the job's executions once everything written so far is stored. */
    void list(JobName job, Consumer<List<ExecutionId>> then) {
        long ticket = lead.tools.tickets().getAsLong();
        listings.put(ticket, new Listing(job, then));
        lead.ledger.hold(new Effect.ListExecutions(ticket, job));
    }

    void listed(Event.ExecutionsListed event) {
        Listing listing = listings.remove(event.ticket());
        if (listing != null) {
            listing.then().accept(event.ids());
        }
    }

    /** The store could not be read: asked again soon, for as long as this lead lasts. */
    void failed(Event.ListFailed event) {
        Listing listing = listings.remove(event.ticket());
        if (listing != null) {
            lead.timers.at(event.now().plusSeconds(1), now -> list(listing.job(), listing.then()));
        }
    }
}
