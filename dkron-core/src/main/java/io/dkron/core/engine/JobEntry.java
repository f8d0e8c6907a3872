package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A job in memory, as it will be when everything under way is committed. */
final class JobEntry {
    private final Timetable.Factory timetables;
    private final KeptIds kept;
    private NavigableMap<Long, Group> groups = Collections.emptyNavigableMap(); // of most jobs nothing runs
    private Job job;
    private Optional<Timetable> timetable = Optional.empty();

    JobEntry(Job job, KeptIds kept, Timetable.Factory timetables) {
        this.job = job;
        this.kept = kept;
        this.timetables = timetables;
    }

    Job job() {
        return job;
    }

    JobName name() {
        return job.name();
    }

    JobDefinition definition() {
        return job.definition();
    }

    JobState state() {
        return job.state();
    }

    KeptIds kept() {
        return kept;
    }

    /** Groups of which something runs, waits or is lost, oldest first; changed by {@link #open} and {@link #close} alone. */
    NavigableMap<Long, Group> groups() {
        return groups;
    }

    /** The group of that number, which is an empty one from now on where there was none. */
    Group open(long number) {
        if (groups.isEmpty()) {
            groups = new TreeMap<>();
        }
        return groups.computeIfAbsent(number, Group::new);
    }

    /** Forgets a group of which nothing runs, waits or is lost any more. */
    void close(long number) {
        if (groups.containsKey(number) && groups.size() == 1) {
            groups = Collections.emptyNavigableMap();
        } else if (!groups.isEmpty()) {
            groups.remove(number);
        }
    }

    void set(Job changed) {
        boolean same = changed.definition() == job.definition() // a change of state keeps the very object
                && changed.state().anchor().equals(job.state().anchor());
        if (!same) {
            timetable = Optional.empty();
        }
        job = changed;
    }

    void set(JobState.Builder changed) {
        set(job.with(changed.build()));
    }

    Timetable timetable() {
        if (timetable.isEmpty()) {
            timetable = Optional.of(timetables.of(job.definition(), job.state().anchor()));
        }
        return timetable.get();
    }

    /** Whether an execution runs, waits, or is lost and may still run. */
    boolean busy() {
        return !groups.isEmpty();
    }

    Optional<Execution> find(ExecutionId id) {
        for (Group group : groups.values()) {
            Optional<Execution> found = group.find(id);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Executions that run or wait, oldest first. */
    List<Execution> unfinished() {
        List<Execution> all = new ArrayList<>();
        for (Group group : groups.values()) {
            group.executions().stream().filter(e -> !e.state().ended()).forEach(all::add);
        }
        return all;
    }

    /** Executions that run, wait, or are lost, oldest first. */
    List<Execution> unsettled() {
        List<Execution> all = new ArrayList<>();
        for (Group group : groups.values()) {
            group.executions().stream().filter(e -> !e.state().settled()).forEach(all::add);
        }
        return all;
    }

    /** Every execution of a group of which something runs, waits or is lost. */
    List<ExecutionId> live() {
        List<ExecutionId> all = new ArrayList<>();
        groups.values().forEach(g -> g.executions().forEach(e -> all.add(e.id())));
        return all;
    }

    /** The next firing after {@code after}: within {@code starts_at} and {@code expires_at}, none where it has none. */
    Optional<Instant> nextAfter(Instant after) {
        return nextAfter(definition(), timetable(), after);
    }

    static Optional<Instant> nextAfter(JobDefinition definition, Timetable timetable, Instant after) {
        if (definition.disabled()
                || definition.parent().isPresent()
                || definition.schedule().isEmpty()) {
            return Optional.empty();
        }
        Instant from = definition
                .startsAt()
                .map(s -> s.minusNanos(1))
                .filter(s -> s.isAfter(after))
                .orElse(after);
        return timetable
                .next(from)
                .filter(at -> definition.expiresAt().map(e -> !at.isAfter(e)).orElse(true));
    }
}
