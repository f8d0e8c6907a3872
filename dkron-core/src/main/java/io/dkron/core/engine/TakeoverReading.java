package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.notification.Notice;
import io.dkron.core.notification.NoticeJson;
import io.dkron.core.store.Entries;
import io.dkron.core.store.Entry;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import io.dkron.core.store.Stored;
import io.dkron.core.store.UnreadableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads all that a new lead must know, after it raised the term. A record that makes no sense is never in its way. */
final class TakeoverReading {
    private static final Logger LOG = System.getLogger(TakeoverReading.class.getName());
    private static final int PAGE = 500;

    private final Store store;
    private final Layout layout;
    private final Limits limits;
    private final Room room;
    private final ExecutionRepository runs;
    private final List<Stored<Job>> jobs = new ArrayList<>();
    private final List<Execution> executions = new ArrayList<>();
    private final Map<JobName, Long> broken = new LinkedHashMap<>();
    private final Map<JobName, Long> purges = new LinkedHashMap<>();
    private final Set<String> leaving =
            new HashSet<>(); // keys of deleted executions, of which something is still to be told

    TakeoverReading(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
        this.limits = store.limits();
        this.room = new Room(limits);
        this.runs = layout.executions(store);
    }

    /** @throws StoreException when the store cannot be read */
    Takeover read(LeaderRecord mine, long version, MissedFirings.Reason gap) {
        Optional<Entry> left = store.get(layout.keys().todo());
        List<Todo> todos = left.map(TakeoverReading::todos).orElse(List.of());
        each(
                layout.keys().purges(),
                e -> name(e, layout.keys().purges())
                        .ifPresent(name -> number(e).ifPresent(last -> purges.put(name, last))));
        Map<String, Notice> notices = new LinkedHashMap<>();
        each(layout.keys().notices(), e -> notice(e).ifPresent(n -> notices.put(e.key(), n)));
        notices.values().stream()
                .filter(Notice::last)
                .forEach(n -> leaving.add(
                        layout.keys().execution(n.subject().job(), n.subject().execution())));
        layout.jobs(store)
                .forEach(
                        job -> take(job, todos),
                        entry ->
                                name(entry, layout.keys().jobs()).ifPresent(name -> broken.put(name, entry.version())));
        Map<String, List<RequestRecord>> requests = new LinkedHashMap<>();
        each(layout.keys().requests(), e -> requests.put(e.key(), requests(e)));
        boolean paused = store.get(layout.keys().paused()).isPresent();
        return new Takeover(
                mine,
                version,
                gap,
                jobs,
                executions,
                broken,
                requests,
                purges,
                paused,
                notices,
                limits,
                todos,
                left.isPresent());
    }

    private void take(Stored<Job> stored, List<Todo> todos) {
        Job job = stored.value();
        if (!room.holds(job, layout.jobs())) {
            LOG.log(
                    Level.WARNING,
                    "job left alone, its record is too large for this store; make it smaller: {0}",
                    job.name());
            broken.put(job.name(), stored.version());
        } else if (Takeover.isFromDkron1(job)) {
            jobs.add(new Stored<>(derived(job, todos), stored.version()));
        } else {
            live(job, todos);
            jobs.add(stored);
        }
    }

    /** What runs of a job: as recorded, as a manifest says, and where neither does, as nobody knows. */
    private void live(Job job, List<Todo> todos) {
        if (job.state().live().isEmpty()) {
            return;
        }
        Map<ExecutionId, Execution> promised = promised(job.name(), job.state().uid(), todos);
        List<Execution> read = new ArrayList<>();
        for (ExecutionId id : job.state().live()) {
            Optional<Execution> found = find(job, id);
            read.add(found.or(() -> Optional.ofNullable(promised.get(id)))
                    .orElseGet(() -> Unreadable.standIn(job, id, read)));
        }
        executions.addAll(read);
    }

    private static Map<ExecutionId, Execution> promised(JobName job, String uid, List<Todo> todos) {
        Map<ExecutionId, Execution> promised = new LinkedHashMap<>();
        for (Todo todo : todos) {
            if (todo instanceof Todo.Start start
                    && start.job().equals(job)
                    && start.uid().equals(uid)) {
                start.executions().forEach(e -> promised.put(e.id(), e));
            }
        }
        return promised;
    }

    private Optional<Execution> find(Job job, ExecutionId id) {
        try {
            return runs.find(job.name(), id);
        } catch (UnreadableException e) {
            LOG.log(Level.WARNING, "execution taken as unknown, its record is broken: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private static List<Todo> todos(Entry entry) {
        try {
            return TodoJson.CODEC.read(entry.value());
        } catch (RuntimeException e) { // whatever is in the way, it must not be in the way of the lead
            LOG.log(
                    Level.ERROR,
                    "what was left to do of a large step is lost, its record is broken: {0}: {1}",
                    entry.key(),
                    e.getMessage());
            return List.of();
        }
    }

    /** A record that cannot be read holds no requests, and goes as one that has expired. */
    private static List<RequestRecord> requests(Entry entry) {
        try {
            return Records.REQUESTS.read(entry.value());
        } catch (RuntimeException e) { // whatever is in the way, it must not be in the way of the lead
            LOG.log(Level.WARNING, "requests forgotten, their record is broken: {0}: {1}", entry.key(), e.getMessage());
            return List.of();
        }
    }

    private static Optional<Notice> notice(Entry entry) {
        try {
            return Optional.of(NoticeJson.read(entry.value()));
        } catch (RuntimeException e) { // whatever is in the way, it must not be in the way of the lead
            LOG.log(Level.WARNING, "notification left, its record is broken: {0}: {1}", entry.key(), e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<JobName> name(Entry entry, String prefix) {
        try {
            return Optional.of(new JobName(entry.key().substring(prefix.length())));
        } catch (RuntimeException e) { // not ours
            LOG.log(Level.WARNING, "left alone, its key is no job''s: {0}", entry.key());
            return Optional.empty();
        }
    }

    private static Optional<Long> number(Entry entry) {
        try {
            return Optional.of(Long.valueOf(new String(entry.value(), StandardCharsets.UTF_8)));
        } catch (NumberFormatException e) {
            LOG.log(Level.WARNING, "executions of a deleted job left, their record is broken: {0}", entry.key());
            return Optional.empty();
        }
    }

    /**
     * Dkron 1.x keeps no list of what runs, and derives the status at each read. If it changed a job of ours, which loses what
     * it does not know, the executions still tell whose they are: the job is the one that it was (protocol P21).
     */
    private Job derived(Job job, List<Todo> todos) {
        long gone = purges.getOrDefault(job.name(), Long.MIN_VALUE); // those of a deleted job of this name
        Map<ExecutionId, Execution> stored = new TreeMap<>();
        runs.list(job.name()).stream()
                .filter(e -> e.id().number() > gone)
                .filter(e -> !leaving.contains(layout.keys().execution(job.name(), e.id())))
                .forEach(e -> stored.put(e.id(), e));
        Optional<String> ours = stored.values().stream()
                .map(e -> e.key().jobUid())
                .filter(uid -> !uid.isEmpty())
                .reduce((older, newer) -> newer);
        ours.ifPresent(uid -> promised(job.name(), uid, todos).forEach(stored::putIfAbsent));
        if (stored.isEmpty()) {
            return job;
        }
        Collection<Execution> all = stored.values();
        Set<Long> open = all.stream()
                .filter(e -> !e.state().settled())
                .map(Execution::group)
                .collect(Collectors.toSet());
        all.stream().filter(e -> open.contains(e.group())).forEach(executions::add);
        long newest = all.stream().mapToLong(Execution::group).max().orElse(0);
        long highest = all.stream().mapToLong(e -> e.id().number()).max().orElse(0);
        Group group = new Group(newest);
        all.stream().filter(e -> e.group() == newest).forEach(group::put);
        JobState.Builder state = job.state()
                .with()
                .lastGroup(newest)
                .lastNumber(Math.max(newest, highest))
                .status(group.status());
        ours.ifPresent(uid -> state.uid(uid)
                .lastDue(all.stream()
                        .filter(e -> e.key().jobUid().equals(uid))
                        .flatMap(e -> e.scheduledAt().stream())
                        .max(Instant::compareTo)));
        return job.with(state.build());
    }

    private void each(String prefix, Consumer<Entry> consumer) {
        new Entries(store, prefix, "", PAGE).forEachRemaining(consumer);
    }
}
