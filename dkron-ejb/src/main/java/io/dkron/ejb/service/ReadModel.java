package io.dkron.ejb.service;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.store.Batch;
import io.dkron.core.store.BatchListener;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Store;
import io.dkron.core.store.UnreadableException;
import io.dkron.ejb.live.LiveEvent;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.metrics.ServerMetrics;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What this node knows without asking the store: all jobs, the executions that run or wait, whether new jobs are refused.
 * Fed by the batches that are applied to this node's copy, whoever leads; read by many threads. Passes changes on to those
 * who watch, and counts them.
 */
public final class ReadModel implements BatchListener {
    private static final Logger LOG = System.getLogger(ReadModel.class.getName());

    private final JobCatalog catalog = new JobCatalog();
    private final ConcurrentMap<JobName, ConcurrentMap<ExecutionId, Execution>> unended = new ConcurrentHashMap<>();
    private final Parts parts;
    private volatile boolean loaded;
    private volatile boolean paused;
    private volatile Optional<LeaderRecord> leader = Optional.empty();

    /**
     * What a read model feeds.
     *
     * @param copy this node's copy of the store, read where it was replaced
     * @param applied told of every batch that is shown
     * @param counts whether to count what a leader did: this node is the one. So the sum over all servers is right, and
     *     nothing counts twice that a copy goes through once more
     */
    public record Parts(
            Layout layout,
            Store copy,
            LiveHub live,
            OutputHub outputs,
            GroupWaits waits,
            AppliedIndex applied,
            ServerMetrics metrics,
            Predicate<LeaderRecord> counts,
            EventText text) {
        public Parts {
            Objects.requireNonNull(layout, "layout");
            Objects.requireNonNull(copy, "copy");
            Objects.requireNonNull(live, "live");
            Objects.requireNonNull(outputs, "outputs");
            Objects.requireNonNull(waits, "waits");
            Objects.requireNonNull(applied, "applied");
            Objects.requireNonNull(metrics, "metrics");
            Objects.requireNonNull(counts, "counts");
            Objects.requireNonNull(text, "text");
        }
    }

    public ReadModel(Parts parts) {
        this.parts = parts;
    }

    // ------------------------------------------------------------------ reading

    public JobCatalog jobs() {
        return catalog;
    }

    /** Whether the copy was read; before that nothing here says anything. */
    public boolean loaded() {
        return loaded;
    }

    /** Whether new jobs are refused. */
    public boolean paused() {
        return paused;
    }

    /** The term of the newest batch; 0 for none. */
    public long term() {
        return leader.map(LeaderRecord::term).orElse(0L);
    }

    /** Who wrote the newest batch; empty where nobody ever led. */
    public Optional<LeaderRecord> leader() {
        return leader;
    }

    /** Executions that run or wait, by start, then name of the job. */
    public List<Execution> unended() {
        return all().sorted(Comparator.comparing(Execution::startedAt)
                        .thenComparing(Execution::id)
                        .thenComparing(Execution::job))
                .toList();
    }

    /** How many executions run. */
    public long running() {
        return all().filter(e -> e.state() == ExecutionState.RUNNING).count();
    }

    /** An execution that runs or waits. */
    public Optional<Execution> unended(JobName job, ExecutionId id) {
        return Optional.ofNullable(unended.get(job)).map(ofJob -> ofJob.get(id));
    }

    /** Tells those who wait for a group of this job, where it has ended already. */
    void lookAgain(JobName name) {
        catalog.find(name).ifPresent(known -> parts.waits.changed(known.job(), group -> runs(name, group)));
    }

    private boolean runs(JobName job, long group) {
        return ofJob(job).stream().anyMatch(e -> e.group() == group);
    }

    private Collection<Execution> ofJob(JobName job) {
        ConcurrentMap<ExecutionId, Execution> all = unended.get(job);
        return all == null ? List.of() : all.values();
    }

    private Stream<Execution> all() {
        return unended.values().stream().flatMap(ofJob -> ofJob.values().stream());
    }

    // ------------------------------------------------------------------ following

    /** Holds these jobs, which this node's engine holds too, in place of equal ones that were read from batches. */
    public void share(Collection<Job> jobs) {
        catalog.share(jobs);
    }

    @Override
    public void applied(long index, Batch batch, long version) {
        if (!loaded || index <= parts.applied.get()) {
            return; // what follows a replacement is read with it
        }
        StoreChange change = StoreChange.of(parts.layout, batch);
        leader = change.leader().or(() -> leader);
        boolean counts = change.leader().filter(parts.counts).isPresent();
        List<LiveEvent.Draft> events = new ArrayList<>();
        Instant at = leader.map(LeaderRecord::beat).orElse(Instant.EPOCH);
        change.deleted().forEach(name -> delete(name, at, events));
        // Numbers above the last one of before are of executions that are new.
        Set<Execution> fresh = Collections.newSetFromMap(new IdentityHashMap<>());
        change.executions().stream().filter(e -> counts && isNew(e)).forEach(fresh::add);
        change.jobs().forEach(job -> change(job, counts, events));
        change.paused().ifPresent(now -> paused = now);
        change.executions().forEach(e -> execution(e, fresh.contains(e), counts, events));
        change.jobs().forEach(job -> keep(job.name(), job.state().live()));
        change.jobs().forEach(job -> lookAgain(job.name()));
        change.leader()
                .ifPresentOrElse(
                        record -> parts.live.publish(record.term(), record.sequence(), events), () -> foreign(events));
        parts.applied.advanced(index);
    }

    /** Reads everything anew. @throws io.dkron.core.store.StoreException when the copy cannot be read: nothing is changed */
    @Override
    public void replaced(long index) {
        List<Job> jobs = new ArrayList<>();
        List<Execution> executions = new ArrayList<>();
        ExecutionRepository runs = parts.layout.executions(parts.copy);
        parts.layout.jobs(parts.copy).forEach(stored -> {
            jobs.add(stored.value());
            stored.value()
                    .state()
                    .live()
                    .forEach(id -> find(runs, stored.value().name(), id)
                            .filter(e -> !e.state().ended())
                            .ifPresent(executions::add));
        });
        boolean refuses = parts.copy.get(parts.layout.keys().paused()).isPresent();
        leader = parts.copy.get(parts.layout.keys().leader()).map(entry -> LeaderRecords.JSON.read(entry.value()));
        List<Execution> before = all().toList();
        unended.clear();
        executions.forEach(this::add);
        catalog.reset(jobs);
        paused = refuses;
        loaded = true;
        before.stream()
                .filter(e -> unended(e.job(), e.id()).isEmpty())
                .forEach(e -> parts.outputs.ended(new OutputHub.Source(e.job(), e.id())));
        parts.waits.awaited().forEach(this::lookAgain);
        parts.live.replaced(term(), leader.map(LeaderRecord::sequence).orElse(0L));
        parts.applied.advanced(index);
    }

    private static Optional<Execution> find(ExecutionRepository runs, JobName job, ExecutionId id) {
        try {
            return runs.find(job, id);
        } catch (UnreadableException e) {
            LOG.log(Level.WARNING, "execution left out, its record is broken: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Somebody wrote who leads nothing: such events have no place in the stream, so watchers read anew. */
    private void foreign(List<LiveEvent.Draft> events) {
        if (!events.isEmpty()) {
            parts.live.replaced(term(), leader.map(LeaderRecord::sequence).orElse(0L));
        }
    }

    private void delete(JobName name, Instant at, List<LiveEvent.Draft> events) {
        Optional<Job> known = catalog.find(name).map(CatalogJob::job);
        if (known.isEmpty()) {
            return;
        }
        TreeSet<Long> groups = new TreeSet<>();
        ofJob(name).forEach(e -> groups.add(e.group()));
        Job last = known.get().definition().ephemeral() && !groups.isEmpty()
                ? succeeded(known.get(), groups.last(), at)
                : known.get();
        catalog.remove(name);
        keep(name, List.of());
        parts.waits.deleted(last, groups);
        events.add(new LiveEvent.Draft(LiveEvent.Type.JOB_DELETED, name, parts.text.deleted(name)));
    }

    /** An ephemeral job goes with the success of its last group, in one commit that does not show it with that. */
    private Job succeeded(Job job, long group, Instant at) {
        long ended = ofJob(job.name()).stream().filter(e -> e.group() == group).count();
        JobState state = job.state();
        return job.with(state.with()
                .status(JobStatus.SUCCESS)
                .live(List.of())
                .successCount(state.successCount() + ended)
                .lastSuccess(Optional.of(at))
                .build());
    }

    private void change(Job job, boolean counts, List<LiveEvent.Draft> events) {
        long missedBefore = catalog.find(job.name())
                .map(known -> known.job().state().missedCount())
                .orElse(0L);
        long missedNow = job.state().missedCount() - missedBefore;
        catalog.put(job);
        events.add(new LiveEvent.Draft(LiveEvent.Type.JOB, job.name(), parts.text.job(job)));
        if (missedNow > 0) {
            events.add(new LiveEvent.Draft(LiveEvent.Type.MISSED, job.name(), parts.text.missed(job)));
            if (counts) {
                parts.metrics.firingsMissed(missedNow);
            }
        }
    }

    private boolean isNew(Execution execution) {
        long last = catalog.find(execution.job())
                .map(known -> known.job().state().lastNumber())
                .orElse(Long.MIN_VALUE);
        return execution.id().number() > last;
    }

    private void execution(Execution execution, boolean fresh, boolean counts, List<LiveEvent.Draft> events) {
        if (!execution.state().ended()) {
            add(execution);
        } else {
            boolean ran = unended(execution.job(), execution.id()).isPresent();
            ended(execution.job(), execution.id());
            if (fresh || counts && ran) {
                parts.metrics.executionEnded(execution.state());
            }
        }
        events.add(new LiveEvent.Draft(LiveEvent.Type.EXECUTION, execution.job(), parts.text.execution(execution)));
    }

    private void add(Execution execution) {
        unended.computeIfAbsent(execution.job(), name -> new ConcurrentHashMap<>())
                .put(execution.id(), execution);
    }

    /** Forgets the job's executions but these: one that ends and is deleted in one commit is never shown as ended. */
    private void keep(JobName job, List<ExecutionId> live) {
        ConcurrentMap<ExecutionId, Execution> ofJob = unended.get(job);
        if (ofJob != null) {
            ofJob.keySet().stream().filter(id -> !live.contains(id)).toList().forEach(id -> ended(job, id));
        }
    }

    private void ended(JobName job, ExecutionId id) {
        unended.computeIfPresent(job, (name, ofJob) -> {
            ofJob.remove(id);
            return ofJob.isEmpty() ? null : ofJob;
        });
        parts.outputs.ended(new OutputHub.Source(job, id));
    }

    /** How events are written: one line of JSON each. */
    public interface EventText {
        String job(Job job);

        String deleted(JobName name);

        String missed(Job job);

        String execution(Execution execution);
    }
}
