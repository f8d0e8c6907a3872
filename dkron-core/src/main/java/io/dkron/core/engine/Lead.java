package io.dkron.core.engine;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Stored;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One lead, from an election to its end: the state in memory and the rooms that decide on it. A new one is made at each
 * election; nothing of an old one is used again.
 */
final class Lead {
    /** What outlives a lead. */
    record Tools(
            EngineSettings settings,
            Layout layout,
            Timetable.Factory timetables,
            RandomGenerator random,
            Supplier<String> uids,
            LongSupplier tickets) {}

    final Tools tools;
    final EngineSettings settings;
    final Fence fence;
    final Instant electedAt;
    final MissedFirings.Reason gap;
    final Map<String, Member> members;
    final Map<JobName, JobEntry> jobs = new HashMap<>();
    final Map<JobName, TreeSet<JobName>> children = new HashMap<>();
    final TreeMap<JobName, Long> purges;
    final DueQueue due = new DueQueue();
    final Timers timers = new Timers();
    final RequestMemory requests = new RequestMemory();
    final Room room;
    final int outputLimit;
    final Ledger ledger;
    final Outbox outbox;
    final Telling telling;
    final Retention retention;
    final Delivery delivery;
    final Absence absence;
    final Groups groups;
    final Results results;
    final Removal removal;
    final Firing firing;
    final Saving saving;
    boolean paused;
    boolean suspect; // somebody saw a higher term: nothing is fired before it is known why

    Lead(Tools tools, Takeover takeover, Map<String, Member> members, Instant now) {
        this.tools = tools;
        this.settings = tools.settings();
        this.fence = takeover.record().fence();
        this.electedAt = now;
        this.gap = takeover.gap();
        this.members = new LinkedHashMap<>(members);
        this.paused = takeover.paused();
        this.purges = new TreeMap<>(takeover.purges());
        this.room = new Room(takeover.limits());
        this.outputLimit = room.output(settings.outputLimit());
        this.ledger = new Ledger(tools.layout(), settings, requests, takeover);
        this.outbox = new Outbox(this);
        this.telling = new Telling(this);
        this.retention = new Retention(this);
        this.delivery = new Delivery(this);
        this.absence = new Absence(this);
        this.groups = new Groups(this);
        this.results = new Results(this);
        this.removal = new Removal(this);
        this.firing = new Firing(this);
        this.saving = new Saving(this);
        takeover.requests().forEach(requests::bucket);
        for (Stored<Job> stored : takeover.jobs()) {
            ledger.known(stored.value().name(), stored.version());
            add(stored.value(), KeptIds.unknown());
        }
        takeover.broken().forEach(ledger::known); // who saves the name anew means to replace it
        for (Execution execution : takeover.executions()) {
            find(execution.job()).ifPresent(entry -> groups.adopt(entry, execution));
        }
    }

    Optional<JobEntry> find(JobName name) {
        return Optional.ofNullable(jobs.get(name));
    }

    /** Takes a job into memory; its next firing is scheduled. */
    JobEntry add(Job job, KeptIds kept) {
        JobEntry entry = new JobEntry(job, kept, tools.timetables());
        jobs.put(job.name(), entry);
        link(entry);
        due.set(job.name(), job.state().next());
        return entry;
    }

    /** Changes a job in memory and in the present unit; its next firing is scheduled. */
    void change(JobEntry entry, Job changed) {
        unlink(entry);
        entry.set(changed);
        link(entry);
        due.set(entry.name(), changed.state().next());
        ledger.put(changed);
    }

    void remove(JobEntry entry) {
        unlink(entry);
        jobs.remove(entry.name());
        due.set(entry.name(), Optional.empty());
    }

    Collection<JobName> childrenOf(JobName parent) {
        return children.getOrDefault(parent, new TreeSet<>());
    }

    private void link(JobEntry entry) {
        entry.definition()
                .parent()
                .ifPresent(
                        p -> children.computeIfAbsent(p, n -> new TreeSet<>()).add(entry.name()));
    }

    private void unlink(JobEntry entry) {
        entry.definition().parent().ifPresent(p -> {
            TreeSet<JobName> siblings = children.get(p);
            siblings.remove(entry.name());
            if (siblings.isEmpty()) {
                children.remove(p);
            }
        });
    }

    /** A live member of that name. */
    Optional<Member> alive(String node) {
        return Optional.ofNullable(members.get(node)).filter(Member::alive);
    }

    /** Takes over who is a member now; returns the names of those that came, went, or have another journal. */
    Set<String> replaceMembers(Map<String, Member> now) {
        Set<String> changed = new TreeSet<>();
        now.forEach((name, member) -> {
            Member before = members.get(name);
            if (before == null
                    || before.alive() != member.alive()
                    || !before.journalId().equals(member.journalId())) {
                changed.add(name);
            }
        });
        members.keySet().stream().filter(name -> !now.containsKey(name)).forEach(changed::add);
        members.clear();
        members.putAll(now);
        return changed;
    }

    void warn(String message) {
        ledger.hold(new Effect.Log(System.Logger.Level.WARNING, message));
    }

    void info(String message) {
        ledger.hold(new Effect.Log(System.Logger.Level.INFO, message));
    }

    /** When something is to be looked at next. */
    Optional<Instant> wakeAt() {
        Instant earliest = Instant.MAX;
        for (Optional<Instant> at : java.util.List.of(due.first(), timers.first(), requests.nextExpiry())) {
            if (at.isPresent() && at.get().isBefore(earliest)) {
                earliest = at.get();
            }
        }
        return earliest.equals(Instant.MAX) ? Optional.empty() : Optional.of(earliest);
    }
}
