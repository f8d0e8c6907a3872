package io.dkron.ejb.service;

import io.dkron.core.engine.Effect;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.ejb.live.LiveEvent;
import io.dkron.ejb.live.LiveHub;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.metrics.ServerMetrics;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * What this node knows without asking the store: all jobs, the executions that run or wait, whether new jobs are
 * refused. Fed by what the engine publishes after each commit, on its thread; read by many. Passes changes on to those
 * who watch, and counts them.
 */
public final class ReadModel {
    private final JobCatalog catalog = new JobCatalog();
    private final ConcurrentMap<JobName, ConcurrentMap<ExecutionId, Execution>> unended = new ConcurrentHashMap<>();
    private final LiveHub live;
    private final OutputHub outputs;
    private final ServerMetrics metrics;
    private final EventText text;
    private volatile boolean loaded;
    private volatile boolean paused;
    private volatile long term;

    public ReadModel(LiveHub live, OutputHub outputs, ServerMetrics metrics, EventText text) {
        this.live = Objects.requireNonNull(live, "live");
        this.outputs = Objects.requireNonNull(outputs, "outputs");
        this.metrics = Objects.requireNonNull(metrics, "metrics");
        this.text = Objects.requireNonNull(text, "text");
    }

    public JobCatalog jobs() {
        return catalog;
    }

    /** Whether there was a first publication; before it nothing here says anything. */
    public boolean loaded() {
        return loaded;
    }

    /** Whether new jobs are refused. */
    public boolean paused() {
        return paused;
    }

    /** The term of the newest publication. */
    public long term() {
        return term;
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

    private Stream<Execution> all() {
        return unended.values().stream().flatMap(ofJob -> ofJob.values().stream());
    }

    /** Takes what the engine published. Of one thread. */
    public void apply(Effect.Publish publish) {
        if (publish.complete() || publish.term() != term) {
            term = publish.term();
            live.term(term);
        }
        if (publish.complete()) {
            unended.clear();
            catalog.reset(publish.jobs());
        } else {
            publish.deleted().forEach(this::delete);
            publish.jobs().forEach(this::change);
        }
        paused = publish.paused();
        publish.executions().forEach(e -> execution(e, publish.complete()));
        publish.jobs().forEach(job -> keep(job.name(), job.state().live()));
        loaded = true;
    }

    private void delete(JobName name) {
        catalog.remove(name);
        keep(name, List.of());
        live.publish(LiveEvent.Type.JOB_DELETED, Optional.of(name), text.deleted(name));
    }

    private void change(Job job) {
        long missedBefore = catalog.find(job.name())
                .map(known -> known.job().state().missedCount())
                .orElse(0L);
        long missedNow = job.state().missedCount() - missedBefore;
        catalog.put(job);
        live.publish(LiveEvent.Type.JOB, Optional.of(job.name()), text.job(job));
        if (missedNow > 0) {
            metrics.firingsMissed(missedNow);
            live.publish(LiveEvent.Type.MISSED, Optional.of(job.name()), text.missed(job));
        }
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
        outputs.ended(new OutputHub.Source(job, id));
    }

    private void execution(Execution execution, boolean known) {
        if (!execution.state().ended()) {
            unended.computeIfAbsent(execution.job(), name -> new ConcurrentHashMap<>())
                    .put(execution.id(), execution);
        } else {
            ended(execution.job(), execution.id());
            if (!known) {
                metrics.executionEnded(execution.state());
            }
        }
        if (!known) {
            live.publish(LiveEvent.Type.EXECUTION, Optional.of(execution.job()), text.execution(execution));
        }
    }

    /** How events are written: one line of JSON each. */
    public interface EventText {
        String job(Job job);

        String deleted(JobName name);

        String missed(Job job);

        String execution(Execution execution);
    }
}
