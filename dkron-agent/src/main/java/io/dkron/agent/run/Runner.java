package io.dkron.agent.run;

import io.dkron.agent.journal.Accepted;
import io.dkron.agent.journal.Journal;
import io.dkron.agent.journal.JournalException;
import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.executor.Executor;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Runs what leaders order. An order is refused under a lower fence than one seen (protocol P1), after its deadline, when
 * the node stops, the disk is nearly full or as many run as may; a key that is known is not run again (P2, P19). What is accepted ends as a
 * result in the journal, whatever happens to this process. Safe for many threads.
 */
public final class Runner implements Agent {
    private static final Logger LOG = System.getLogger(Runner.class.getName());

    private static final int SWEEP_SECONDS = 10;

    private final Journal journal;
    private final Map<String, Executor> executors;
    private final RunnerSettings settings;
    private final ScheduledExecutorService workers;
    private final InstantSource clock;
    private final Results results;
    private final KeptLogs kept;
    private final Map<RunKey, ActiveRun> active = new ConcurrentHashMap<>();
    private final Object accepting = new Object();
    private final List<Future<?>> chores = new ArrayList<>();
    private boolean stopping;

    /**
     * @param executors by name; those that are AutoCloseable are closed by {@link #stop}
     * @param workers may block; at least four threads
     * @param onResults told after results were written down
     */
    public Runner(
            Journal journal,
            Map<String, Executor> executors,
            RunnerSettings settings,
            ScheduledExecutorService workers,
            InstantSource clock,
            Runnable onResults) {
        this.journal = Objects.requireNonNull(journal, "journal");
        this.executors = Map.copyOf(executors);
        this.settings = Objects.requireNonNull(settings, "settings");
        this.workers = Objects.requireNonNull(workers, "workers");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.kept = new KeptLogs(settings.kept(), settings.keptMax(), settings.outputMax(), clock);
        this.results = new Results(journal, workers, reported -> {
            reported.forEach(key -> Optional.ofNullable(active.remove(key)).ifPresent(this::trimLast));
            onResults.run();
        });
    }

    /** Finds the runs again that were open when the node ended; call once, before the first order. */
    public void start() {
        try {
            Files.createDirectories(settings.directory());
            Set<Long> known = new HashSet<>();
            journal.open().forEach(a -> known.add(a.number()));
            journal.unreported().forEach(a -> known.add(a.number()));
            RunDirectories.deleteOthers(settings.directory(), known);
            kept.load();
        } catch (IOException e) {
            throw new UncheckedIOException("runs " + settings.directory() + ": " + e.getMessage(), e);
        }
        for (Accepted accepted : journal.open()) {
            adopt(accepted);
        }
        chores.add(workers.scheduleWithFixedDelay(this::trim, 1, 1, TimeUnit.SECONDS));
        chores.add(workers.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS));
    }

    private void adopt(Accepted accepted) {
        RunOrder order = accepted.order();
        Executor executor = executors.get(order.executor());
        ActiveRun run = track(accepted, executor);
        if (executor == null) {
            fail(run, missing(order));
            return;
        }
        makeDirectory(run);
        Optional<Run> found = executor.adopt(run);
        LOG.log(
                Level.INFO,
                "execution found after restart job={0} execution={1} adopted={2}",
                order.job(),
                order.id(),
                found.isPresent());
        found.ifPresentOrElse(r -> follow(run, r), () -> fail(run, "the node was restarted while it ran"));
    }

    private ActiveRun track(Accepted accepted, Executor executor) {
        ActiveRun run = new ActiveRun(accepted, settings, workers, clock, executor != null && executor.outlivesNode());
        active.put(accepted.order().key(), run);
        return run;
    }

    private static String missing(RunOrder order) {
        return order.executor().isEmpty()
                ? "No executor defined, nothing to do"
                : "Specified executor is not present: " + order.executor();
    }

    @Override
    public List<RunAnswer> run(Fence fence, List<RunOrder> orders) {
        List<RunAnswer> answers = new ArrayList<>(orders.size());
        List<ActiveRun> begin = new ArrayList<>();
        synchronized (accepting) {
            Optional<String> refusal = refusal(fence);
            if (refusal.isPresent()) {
                orders.forEach(o -> answers.add(RunAnswer.refused(o.key(), refusal.get())));
                return answers;
            }
            List<RunOrder> fresh = new ArrayList<>();
            Set<RunKey> keys = new HashSet<>();
            int room = settings.mostRuns() - active.size();
            for (RunOrder order : orders) {
                Optional<RunAnswer> known =
                        known(order, keys).or(() -> fresh.size() < room ? Optional.empty() : Optional.of(full(order)));
                answers.add(known.orElse(RunAnswer.accepted(order.key())));
                if (known.isEmpty()) {
                    keys.add(order.key());
                    fresh.add(order);
                }
            }
            try {
                journal.accept(fresh)
                        .forEach(a -> begin.add(track(a, executors.get(a.order().executor()))));
            } catch (JournalException e) {
                LOG.log(Level.ERROR, "runs refused, the journal cannot be written", e);
                answers.replaceAll(a -> keys.contains(a.key()) ? RunAnswer.refused(a.key(), e.getMessage()) : a);
            }
        }
        if (!begin.isEmpty()) {
            workers.execute(() -> begin.forEach(run -> begin(fence, run)));
        }
        return answers;
    }

    /** What is under way beyond what a machine can start takes memory without end, here and on the leader. */
    private RunAnswer full(RunOrder order) {
        return RunAnswer.refused(
                order.key(),
                "it has " + settings.mostRuns() + " runs under way already, and takes no more (setting max-runs)");
    }

    private Optional<String> refusal(Fence fence) {
        if (stopping) {
            return Optional.of("the node stops");
        }
        Optional<String> stale = stale(fence);
        return stale.isPresent() ? stale : journal.full();
    }

    private Optional<String> stale(Fence fence) {
        return journal.admit(fence)
                ? Optional.empty()
                : Optional.of(
                        "stale fence " + fence + ", seen " + journal.fence().orElseThrow());
    }

    private Optional<RunAnswer> known(RunOrder order, Set<RunKey> ofThisCall) {
        if (ofThisCall.contains(order.key())) {
            return Optional.of(RunAnswer.accepted(order.key()));
        }
        switch (journal.knows(order.key())) {
            case OPEN, UNREPORTED -> {
                return Optional.of(RunAnswer.accepted(order.key()));
            }
            case OVER -> {
                return Optional.of(RunAnswer.refused(order.key(), "it ran already, and its result was acknowledged"));
            }
            default -> {
                if (!order.journal().isEmpty() && !order.journal().equals(journal.id())) {
                    return Optional.of(new RunAnswer(
                            order.key(),
                            RunAnswer.Kind.OTHER_JOURNAL,
                            "the order is for the journal " + order.journal() + ", this node's is " + journal.id()));
                }
                return clock.instant().isAfter(order.deadline())
                        ? Optional.of(
                                RunAnswer.refused(order.key(), "the order came after its deadline " + order.deadline()))
                        : Optional.empty();
            }
        }
    }

    private void begin(Fence fence, ActiveRun run) {
        RunOrder order = run.order();
        Executor executor = executors.get(order.executor());
        try {
            if (executor == null) {
                fail(run, missing(order));
            } else if (!journal.isCurrent(fence)) {
                fail(run, "never started: its leader was replaced");
            } else {
                makeDirectory(run);
                follow(run, executor.start(run));
            }
        } catch (RuntimeException e) { // a plug-in's fault is its own
            LOG.log(Level.ERROR, "executor failed to start a run executor=" + order.executor(), e);
            fail(run, order.executor() + ": " + e);
        }
    }

    private void makeDirectory(ActiveRun run) {
        try {
            if (!Files.isDirectory(run.directory())) {
                Files.createDirectory(
                        run.directory(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + run.directory() + ": " + e.getMessage(), e);
        }
    }

    private void follow(ActiveRun active, Run run) {
        active.begun(run);
        run.result().whenComplete((result, error) -> {
            if (error == null) {
                ended(active, result);
            } else {
                fail(active, active.order().executor() + ": " + error);
            }
        });
    }

    private void fail(ActiveRun run, String why) {
        Instant now = clock.instant();
        ended(run, new RunResult(ExecutionState.FAILED, now, now, why));
    }

    private void ended(ActiveRun run, RunResult result) {
        RunOrder order = run.order();
        results.add(() -> new RunReport(
                order.id(),
                order.key(),
                order.job(),
                result.state(),
                result.startedAt(),
                result.finishedAt(),
                result.error(),
                tail(run)));
    }

    private OutputTail tail(ActiveRun run) {
        try {
            return run.file().tail(settings.outputLimit());
        } catch (UncheckedIOException e) {
            LOG.log(Level.WARNING, "output lost execution=" + run.order().id(), e);
            return OutputTail.EMPTY;
        }
    }

    @Override
    public Optional<String> cancel(Fence fence, Collection<RunKey> keys) {
        synchronized (accepting) {
            Optional<String> stale = stale(fence);
            if (stale.isPresent()) {
                return stale;
            }
        }
        for (RunKey key : keys) {
            ActiveRun run = active.get(key);
            if (run != null) {
                run.stop(Run.StopReason.CANCEL);
            }
        }
        return Optional.empty();
    }

    @Override
    public Listing list(Fence fence) {
        synchronized (accepting) {
            Optional<String> stale = stale(fence);
            if (stale.isPresent()) {
                return new Listing(stale.get(), journal.fence(), journal.ids(), List.of());
            }
            List<Listing.Known> runs = new ArrayList<>();
            journal.open().forEach(a -> runs.add(new Listing.Known(a.order().key(), false)));
            journal.unreported()
                    .forEach(a -> runs.add(new Listing.Known(a.order().key(), true)));
            return new Listing("", Optional.empty(), journal.ids(), runs);
        }
    }

    @Override
    public void acknowledge(Collection<RunKey> keys) {
        keys.forEach(this::keep); // before it is forgotten, so that it is not lost between the two
        List<Accepted> gone = journal.forget(keys);
        for (Accepted accepted : gone) {
            RunDirectories.delete(ActiveRun.directory(settings, accepted));
        }
    }

    private void keep(RunKey key) {
        journal.unreported(key)
                .filter(accepted -> accepted.order().keep().isPresent())
                .ifPresent(accepted -> journal.result(key)
                        .ifPresent(report ->
                                kept.keep(ActiveRun.directory(settings, accepted), accepted.order(), report)));
    }

    @Override
    public KeptJobs keptLogs(Fence fence, Collection<String> drop) {
        synchronized (accepting) {
            Optional<String> stale = stale(fence);
            if (stale.isPresent()) {
                return new KeptJobs(stale.get(), Set.of());
            }
        }
        kept.drop(drop);
        return new KeptJobs("", kept.jobs());
    }

    private void sweep() {
        try {
            kept.sweep();
        } catch (RuntimeException e) { // the next turn tries again
            LOG.log(Level.WARNING, "kept outputs not looked at", e);
        }
    }

    @Override
    public Optional<OutputSlice> output(RunKey key, long from, int limit) {
        ActiveRun run = active.get(key);
        if (run != null) {
            return Optional.of(run.file().read(from, limit, false));
        }
        Optional<OutputSlice> keptPart = kept.read(key, from, limit);
        return keptPart.isPresent()
                ? keptPart
                : journal.unreported(key)
                        .map(a -> new OutputFile(ActiveRun.directory(settings, a), settings.outputMax())
                                .read(from, limit, true)
                                .endedBy(journal.result(key)
                                        .map(RunReport::error)
                                        .orElse("")));
    }

    /** How many runs are open. */
    public int running() {
        return active.size();
    }

    private void trim() {
        active.values().forEach(Runner::trim);
    }

    private static void trim(ActiveRun run) {
        try {
            run.file().trim();
        } catch (RuntimeException e) { // while it runs, the next second tries again
            LOG.log(Level.WARNING, "output not cut execution=" + run.order().id(), e);
        }
    }

    /** What it printed since the last turn: the result may wait long for a leader. */
    private void trimLast(ActiveRun run) {
        if (run.file().hasMuchToGive()) {
            try {
                workers.execute(() -> trim(run));
            } catch (RejectedExecutionException e) { // the node stops
                trim(run);
            }
        }
    }

    /** What a stop does with runs in progress. */
    public enum StopMode {
        /** Processes go on and are found again; what runs inside the node is waited for. */
        LEAVE,
        /** All are waited for. */
        WAIT
    }

    /**
     * Accepts no more runs and ends. Blocks at most for the mode's timeout, {@code kill-grace} and some seconds.
     *
     * @return whether a run was killed
     */
    public boolean stop(StopMode mode) {
        synchronized (accepting) {
            stopping = true;
        }
        chores.forEach(chore -> chore.cancel(false));
        Predicate<ActiveRun> bound = run -> mode == StopMode.WAIT || !run.outlivesNode();
        boolean ended = await(bound, mode == StopMode.WAIT ? settings.drainTimeout() : settings.stopTimeout());
        if (!ended) {
            List<ActiveRun> left = active.values().stream().filter(bound).toList();
            left.forEach(run -> run.stop(Run.StopReason.NODE_STOP));
            await(bound, settings.killGrace().plusSeconds(5));
            active.values().stream().filter(bound).forEach(run -> fail(run, "node stopped"));
        }
        results.flush();
        for (Executor executor : executors.values()) {
            close(executor);
        }
        return !ended;
    }

    private boolean await(Predicate<ActiveRun> which, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (active.values().stream().anyMatch(which)) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || !results.awaitChange(Duration.ofNanos(Math.min(left, 100_000_000)))) {
                return false;
            }
        }
        return true;
    }

    private static void close(Executor executor) {
        if (executor instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) { // declared so by AutoCloseable; the others are still closed
                LOG.log(Level.WARNING, "executor not closed name=" + executor.name(), e);
            }
        }
    }
}
