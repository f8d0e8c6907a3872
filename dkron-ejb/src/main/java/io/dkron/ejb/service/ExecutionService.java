package io.dkron.ejb.service;

import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.store.ExecutionRepository;
import io.dkron.ejb.live.OutputChunk;
import io.dkron.ejb.live.OutputExtent;
import io.dkron.ejb.live.OutputHub;
import io.dkron.ejb.live.OutputSubscription;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Executions: ended ones read from the store, those that run with their output so far; runs asked for, history deleted.
 * Reads may block for the store and throw {@link io.dkron.core.store.StoreException}. Safe for many threads.
 */
public final class ExecutionService {
    private static final Logger LOG = System.getLogger(ExecutionService.class.getName());

    private final ReadModel model;
    private final ExecutionRepository stored;
    private final LeaderRoute leader;
    private final GroupWaits waits;
    private final NodeOutputs outputs;
    private final OutputHub hub;
    private final ScheduledExecutorService later;
    private final int outputLimit;

    /** The parts that an execution's reads and runs need. */
    public record Parts(
            ReadModel model,
            ExecutionRepository stored,
            LeaderRoute leader,
            GroupWaits waits,
            NodeOutputs outputs,
            OutputHub hub,
            ScheduledExecutorService later,
            int outputLimit) {}

    public ExecutionService(Parts parts) {
        model = Objects.requireNonNull(parts.model(), "model");
        stored = Objects.requireNonNull(parts.stored(), "stored");
        leader = Objects.requireNonNull(parts.leader(), "leader");
        waits = Objects.requireNonNull(parts.waits(), "waits");
        outputs = Objects.requireNonNull(parts.outputs(), "outputs");
        hub = Objects.requireNonNull(parts.hub(), "hub");
        later = Objects.requireNonNull(parts.later(), "later");
        outputLimit = parts.outputLimit();
    }

    // ------------------------------------------------------------------ reading

    /**
     * The executions of a job, oldest id first; those that run with their output so far.
     *
     * @return empty when there is no such job
     */
    public Optional<List<Execution>> list(JobName job) {
        if (known(job).isEmpty()) {
            return Optional.empty();
        }
        List<Execution> all = new ArrayList<>(stored.list(job));
        all.replaceAll(this::known);
        List<Execution> running =
                all.stream().filter(e -> e.state() == ExecutionState.RUNNING).toList();
        Map<Execution, OutputTail> tails = outputs.tails(running, outputLimit);
        all.replaceAll(e -> tails.containsKey(e) ? e.with().output(tails.get(e)).build() : e);
        return Optional.of(all);
    }

    /** One execution; empty when the job or the execution is unknown. */
    public Optional<Execution> find(JobName job, ExecutionId id) {
        if (known(job).isEmpty()) {
            return Optional.empty();
        }
        return stored.find(job, id).map(this::known).map(this::withOutput);
    }

    /** The executions that run, of the whole cluster, by start, with their output so far. */
    public List<Execution> busy() {
        return running().executions();
    }

    /**
     * What runs in the cluster.
     *
     * @param executions by start, with their output so far
     * @param incomplete names of nodes whose output is missing, since they did not answer
     */
    public record Running(List<Execution> executions, List<String> incomplete) {
        public Running {
            executions = List.copyOf(executions);
            incomplete = List.copyOf(incomplete);
        }
    }

    /** As {@link #busy}, with the nodes that could not be asked. */
    public Running running() {
        known(new JobName("any")); // refuses before the first publication
        List<Execution> running = model.unended().stream()
                .filter(e -> e.state() == ExecutionState.RUNNING)
                .toList();
        Map<Execution, OutputTail> tails = outputs.tails(running, outputLimit);
        List<Execution> shown = running.stream()
                .map(e -> tails.containsKey(e) ? e.with().output(tails.get(e)).build() : e)
                .toList();
        List<String> incomplete = running.stream()
                .filter(e -> !tails.containsKey(e))
                .map(Execution::node)
                .distinct()
                .filter(node -> !outputs.reachable(node))
                .sorted()
                .toList();
        return new Running(shown, incomplete);
    }

    /** The executions that run or wait, without output. */
    public List<Execution> unended() {
        return model.unended();
    }

    /**
     * A part of an execution's output, from the node while it is there, else of what is stored.
     *
     * @param offset of the first byte wanted in all that was written
     * @param reason whether the reason of a failure comes first, and counts, once it has ended; who began to read while it
     *     ran wants to go on where it was
     * @return at most {@code limit} bytes, beginning later than {@code offset} where earlier ones are not kept; empty when
     *     there is no such execution
     */
    public Optional<OutputChunk> output(JobName job, ExecutionId id, long offset, int limit, boolean reason) {
        return find(job, id)
                .map(execution -> execution.state().ended()
                        ? part(printed(execution), offset, limit, reason)
                        : outputs.read(execution, offset, limit)
                                .orElseGet(() -> part(PrintedOutput.stored(execution), offset, limit, reason)));
    }

    /**
     * All that there is of an execution's output: on the node, while it runs or where its job keeps logs, else what is
     * stored.
     *
     * @return empty when there is no such execution
     */
    public Optional<PrintedOutput> printed(JobName job, ExecutionId id) {
        return find(job, id).map(this::printed);
    }

    private PrintedOutput printed(Execution execution) {
        boolean mayBeThere = !execution.state().ended()
                || model.jobs()
                        .find(execution.job())
                        .filter(found -> found.job().definition().keepLogs().isPresent())
                        .isPresent();
        Optional<OutputExtent> extent = mayBeThere ? outputs.extent(execution) : Optional.empty();
        return extent.isPresent()
                ? PrintedOutput.onNode(execution, extent.get(), outputs)
                : PrintedOutput.stored(execution);
    }

    /**
     * Watches the output of an execution that runs.
     *
     * @return empty when there are too many watchers
     */
    public Optional<OutputSubscription> watch(JobName job, ExecutionId id, Runnable ready) {
        OutputHub.Source source = new OutputHub.Source(job, id);
        Optional<OutputSubscription> watching = hub.subscribe(source, ready);
        if (watching.isPresent() && model.unended(job, id).isEmpty()) {
            hub.ended(source); // it ended before: the watcher is told at once
        }
        return watching;
    }

    // ------------------------------------------------------------------ changing

    /**
     * Runs a job now and waits for the end of its group.
     *
     * @param evenDisabled dialect v1 runs a disabled job
     * @param atMost how long to wait; zero for not at all
     */
    public CompletionStage<RunAnswer> run(Request request, JobName job, boolean evenDisabled, Duration atMost) {
        return leader.ask(request, now -> new Event.Run(now, request, job, evenDisabled))
                .thenCompose(outcome -> outcome instanceof Outcome.RunStarted started
                        ? awaitEnd(started, atMost)
                        : CompletableFuture.completedStage(new RunAnswer(outcome, repeated(outcome), false)));
    }

    /** See {@link Event.DeleteExecutions}. */
    public CompletionStage<Outcome> deleteAll(Request request, JobName job) {
        return leader.ask(request, now -> new Event.DeleteExecutions(now, request, job));
    }

    /** See {@link Event.CancelExecutions}. */
    public CompletionStage<Outcome> cancel(Request request, JobName job, Optional<ExecutionId> id) {
        return leader.ask(request, now -> new Event.CancelExecutions(now, request, job, id));
    }

    private CompletionStage<RunAnswer> awaitEnd(Outcome.RunStarted started, Duration atMost) {
        JobName name = started.job().name();
        if (atMost.isZero()) {
            return CompletableFuture.completedStage(new RunAnswer(started, Optional.of(started.job()), false));
        }
        CompletableFuture<Job> end = waits.await(started.job(), started.group());
        model.lookAgain(name); // it may have ended before
        CompletableFuture<RunAnswer> answer = new CompletableFuture<>();
        Optional<ScheduledFuture<?>> limit = limit(atMost, () -> {
            waits.forget(name, end);
            answer.complete(new RunAnswer(started, Optional.of(now(started.job())), false));
        });
        if (limit.isEmpty()) { // the node stops
            return CompletableFuture.completedStage(new RunAnswer(started, Optional.of(started.job()), false));
        }
        end.thenAccept(job -> {
            limit.get().cancel(false);
            answer.complete(new RunAnswer(started, Optional.of(job), true));
        });
        return answer;
    }

    private Optional<ScheduledFuture<?>> limit(Duration atMost, Runnable then) {
        try {
            return Optional.of(later.schedule(then, atMost.toNanos(), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }

    private Job now(Job started) {
        return model.jobs().find(started.name()).map(CatalogJob::job).orElse(started);
    }

    private static Optional<Job> repeated(Outcome outcome) {
        return outcome instanceof Outcome.Repeated r ? r.job() : Optional.empty();
    }

    private Optional<CatalogJob> known(JobName job) {
        if (!model.loaded()) {
            throw new NotLoadedException();
        }
        return model.jobs().find(job);
    }

    /** An execution that runs as memory has it, which may be newer than what was read. */
    private Execution known(Execution execution) {
        return execution.state().ended()
                ? execution
                : model.unended(execution.job(), execution.id()).orElse(execution);
    }

    private Execution withOutput(Execution execution) {
        return execution.state() == ExecutionState.RUNNING
                ? outputs.tail(execution, outputLimit)
                        .map(t -> execution.with().output(t).build())
                        .orElse(execution)
                : execution;
    }

    private static OutputChunk part(PrintedOutput output, long offset, int limit, boolean reason) {
        int skipped = reason ? 0 : output.reason();
        long position = Math.min(output.length(), Math.max(0, offset - output.cut()) + skipped);
        long from = output.cut() + position - skipped;
        try {
            return new OutputChunk(from, output.read(position, limit));
        } catch (IOException e) { // as if it ended here: a watcher asks again, and gets what is stored then
            LOG.log(Level.DEBUG, "output not read", e);
            return new OutputChunk(from, new byte[0]);
        }
    }
}
