package io.dkron.core.upkeep;

import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.notification.Notice;
import io.dkron.core.notification.NoticeJson;
import io.dkron.core.store.Entries;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Keys;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads a keyspace and tells what contradicts itself in it; changes nothing. While servers write it, what they write
 * meanwhile may show as a contradiction that is none. Memory grows with the jobs and with what runs, not with the
 * executions that are kept.
 */
public final class StoreCheck {
    private static final int PAGE = 100; // outputs can be 256 KB each

    private final Store store;
    private final Layout layout;
    private final Keys keys;
    private final Consumer<Finding> told;
    private final Map<JobName, Set<ExecutionId>> live = new LinkedHashMap<>();
    private final Map<JobName, JobName> parents = new LinkedHashMap<>();
    private final Set<JobName> fromDkron1 = new HashSet<>();
    private final Set<JobName> purged = new HashSet<>();
    private final Set<String> awaited = new HashSet<>(); // keys of executions of which something is to be told
    private long jobs;
    private long executions;
    private long findings;

    /**
     * One thing that is wrong.
     *
     * @param key where
     * @param problem what, and what follows from it, for a person
     */
    public record Finding(String key, String problem) {
        public Finding {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(problem, "problem");
        }

        @Override
        public String toString() {
            return key + ": " + problem;
        }
    }

    /** How much was read, and how much of it is wrong. */
    public record Summary(long jobs, long executions, long findings) {}

    private StoreCheck(Store store, Layout layout, Consumer<Finding> told) {
        this.store = Objects.requireNonNull(store, "store");
        this.layout = Objects.requireNonNull(layout, "layout");
        this.keys = layout.keys();
        this.told = Objects.requireNonNull(told, "told");
    }

    /**
     * Reads everything.
     *
     * @param told of each finding, in the order of reading
     * @throws StoreException when the store cannot be read
     */
    public static Summary run(Store store, Layout layout, Consumer<Finding> told) {
        StoreCheck check = new StoreCheck(store, layout, told);
        check.leader();
        check.purges();
        check.notices();
        check.jobs();
        check.executions();
        check.missing();
        return new Summary(check.jobs, check.executions, check.findings);
    }

    private void found(String key, String problem) {
        findings++;
        told.accept(new Finding(key, problem));
    }

    private void leader() {
        store.get(keys.leader()).ifPresent(entry -> readable(entry, () -> LeaderRecords.JSON.read(entry.value())));
        store.get(keys.copying())
                .ifPresent(entry -> found(entry.key(), "a migration into this keyspace is not finished"));
    }

    private void purges() {
        new Entries(store, keys.purges(), "", PAGE)
                .forEachRemaining(entry -> name(entry, keys.purges()).ifPresent(purged::add));
    }

    /** What is still to be told keeps the executions that it is about, also of jobs that are gone. */
    private void notices() {
        new Entries(store, keys.notices(), "", PAGE)
                .forEachRemaining(entry -> readable(entry, () -> NoticeJson.read(entry.value()))
                        .map(Notice::subject)
                        .ifPresent(about -> awaited.add(keys.execution(about.job(), about.execution()))));
    }

    private void jobs() {
        new Entries(store, keys.jobs(), "", PAGE).forEachRemaining(entry -> {
            jobs++;
            Optional<JobName> name = name(entry, keys.jobs());
            Optional<Job> job = readable(entry, () -> layout.jobs().read(entry.value()));
            name.ifPresent(n -> live.put(n, new LinkedHashSet<>()));
            if (name.isEmpty() || job.isEmpty()) {
                return;
            }
            if (!job.get().name().equals(name.get())) {
                found(entry.key(), "holds the job " + job.get().name() + ", which is not read");
                return;
            }
            job.get().definition().parent().ifPresent(parent -> parents.put(name.get(), parent));
            live.get(name.get()).addAll(job.get().state().live());
            if (job.get().state().uid().equals("v1-" + name.get())) {
                fromDkron1.add(name.get());
            }
            if (purged.contains(name.get())) {
                found(keys.purge(name.get()), "its executions are to be removed, but the job is there");
            }
        });
        parents.forEach((job, parent) -> {
            if (!live.containsKey(parent)) {
                found(keys.job(job), "its parent job " + parent + " does not exist: it never starts");
            }
        });
    }

    private void executions() {
        new Entries(store, keys.executions(), "", PAGE).forEachRemaining(entry -> {
            executions++;
            String[] parts = entry.key().substring(keys.executions().length()).split("/", 2);
            Optional<ExecutionId> id = parts.length == 2 ? ExecutionId.parse(parts[1]) : Optional.empty();
            if (id.isEmpty()) {
                found(entry.key(), "is no execution's key: it is left alone");
                return;
            }
            readable(entry, () -> layout.executions().read(id.get(), entry.value()))
                    .ifPresent(execution -> execution(entry, execution, parts[0]));
        });
    }

    private void execution(Entry entry, Execution execution, String job) {
        if (!execution.job().value().equals(job)) {
            found(entry.key(), "holds an execution of " + execution.job());
            return;
        }
        Set<ExecutionId> ofJob = live.get(execution.job());
        if (ofJob == null) {
            if (!purged.contains(execution.job()) && !awaited.contains(entry.key())) {
                found(entry.key(), "its job does not exist: it is shown nowhere and never removed");
            }
        } else if (!ofJob.remove(execution.id())
                && !execution.state().ended()
                && !fromDkron1.contains(execution.job())) {
            found(entry.key(), "is " + execution.state().text() + ", but its job does not know of it: nobody ends it");
        }
    }

    private void missing() {
        live.forEach((job, ids) ->
                ids.forEach(id -> found(keys.execution(job, id), "runs by its job's record, but has none of its own")));
    }

    private Optional<JobName> name(Entry entry, String prefix) {
        return readable(entry, () -> new JobName(entry.key().substring(prefix.length())));
    }

    private <T> Optional<T> readable(Entry entry, java.util.function.Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (RuntimeException e) { // a codec may stumble over anything
            found(entry.key(), "cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }
}
