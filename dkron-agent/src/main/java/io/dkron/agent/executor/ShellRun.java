package io.dkron.agent.executor;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import io.dkron.core.executor.RunResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A process run by a supervisor, from its order to its end. Safe for many threads. */
final class ShellRun implements Run {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final RunContext context;
    private final RunFiles files;
    private final String text;
    private final Optional<Duration> timeout;
    private final OptionalLong memory;
    private final CompletableFuture<RunResult> result = new CompletableFuture<>();
    private final Instant orderedAt;
    private Optional<StopReason> stopping = Optional.empty();
    private String remark = "";
    private Optional<Future<?>> timer = Optional.empty();
    private Optional<Instant> goneSince = Optional.empty();
    private volatile Optional<ProcessTable.Entry> first = Optional.empty();
    private volatile boolean foundAgain;

    ShellRun(RunContext context, RunFiles files, String text, Optional<Duration> timeout, OptionalLong memory) {
        this.context = context;
        this.files = files;
        this.text = text;
        this.timeout = timeout;
        this.memory = memory;
        this.orderedAt = context.clock().instant();
        result.whenComplete((r, e) -> cancelTimer());
    }

    RunFiles files() {
        return files;
    }

    OptionalLong memory() {
        return memory;
    }

    @Override
    public CompletionStage<RunResult> result() {
        return result.minimalCompletionStage();
    }

    /** It was started in an earlier life of the node. */
    void foundAgain() {
        foundAgain = true;
    }

    /** Begins to count its time. */
    void arm(Duration since) {
        timeout.ifPresent(limit -> later(limit.minus(since), () -> stop(StopReason.TIMEOUT), true));
    }

    private synchronized void cancelTimer() {
        timer.ifPresent(t -> t.cancel(false));
    }

    private void later(Duration delay, Runnable work, boolean cancellable) {
        try {
            Future<?> future = context.workers().schedule(work, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
            synchronized (this) {
                if (cancellable) {
                    timer = Optional.of(future);
                }
            }
        } catch (RejectedExecutionException e) {
            // The node stops; its next start watches this run.
            return;
        }
    }

    /** The supervisor says that it is done with the run. */
    void supervisorDone() {
        if (result.isDone()) {
            return;
        }
        try {
            Optional<RunFiles.Status> status = files.readStatus();
            if (status.isPresent()) {
                end(status, context.clock().instant(), "");
            } else {
                watch(); // it could not be written, or another supervisor has the claim
            }
        } catch (IOException e) {
            fail("exit status unknown: " + e.getMessage());
        }
    }

    /** Looks after a run that no supervisor will report: found after a restart, or its supervisor was killed. */
    void watch() {
        if (!result.isDone()) {
            look();
            if (!result.isDone()) {
                later(LOOK, this::watch, false);
            }
        }
    }

    private void look() {
        try {
            Optional<RunFiles.Status> status = files.readStatus();
            if (status.isPresent()) {
                end(status, byClock(files.endedAt()), "");
                return;
            }
            Optional<RunFiles.Claim> claim = files.readClaim();
            Optional<ProcessTable.Entry> alive = claim.filter(c -> isThisBoot(c.boot()))
                    .flatMap(RunFiles.Claim::process)
                    .flatMap(p -> ProcessTable.find(p.pid()).filter(p::isSame));
            if (alive.isPresent()) {
                goneSince = Optional.empty();
            } else if (claim.isPresent()
                    && !isThisBoot(claim.get().boot())
                    && !claim.get().boot().isEmpty()) {
                fail("the machine was restarted while it ran");
            } else if (goneFor(SETTLE)) {
                fail("exit status unknown: its supervisor was gone when it ended");
            }
        } catch (IOException e) {
            fail("exit status unknown: " + e.getMessage());
        }
    }

    /** The status comes a moment after the end, so an end without one has to last. */
    private boolean goneFor(Duration time) {
        Instant now = context.clock().instant();
        Instant since = goneSince.orElse(now);
        goneSince = Optional.of(since);
        return !now.isBefore(since.plus(time));
    }

    private static boolean isThisBoot(String boot) {
        try {
            return boot.equals(RunFiles.bootId());
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it without anything having been started. */
    void fail(String error) {
        Instant now = context.clock().instant();
        result.complete(new RunResult(ExecutionState.FAILED, startedAt(now), now, error));
    }

    private Instant startedAt(Instant end) {
        try {
            Instant at = files.readClaim().map(c -> byClock(c.at())).orElse(end);
            if (foundAgain) {
                return at.isAfter(end) ? end : at;
            }
            // File times lie a few milliseconds behind, and anywhere when the wall clock was set meanwhile.
            boolean possible = !at.isBefore(orderedAt) && !at.isAfter(end);
            return possible || end.isBefore(orderedAt) ? at : orderedAt;
        } catch (IOException e) {
            return end;
        }
    }

    /** A file's time, which is by the wall clock, by the clock of the node (protocol P17). */
    private Instant byClock(Instant fileTime) {
        Instant wall = Instant.now();
        return fileTime.plus(Duration.between(wall, context.clock().instant()));
    }

    private void end(Optional<RunFiles.Status> status, Instant at, String unknown) {
        Optional<StopReason> reason;
        String note;
        synchronized (this) {
            reason = stopping;
            note = remark;
        }
        if (!note.isEmpty()) {
            remark(note);
        }
        String error = status.map(ShellRun::describe).orElse(unknown);
        ExecutionState state = error.isEmpty() ? ExecutionState.SUCCESS : ExecutionState.FAILED;
        if (reason.isPresent() && (!error.isEmpty() || !note.isEmpty() || reason.get() == StopReason.CANCEL)) {
            state = reason.get() == StopReason.CANCEL ? ExecutionState.CANCELLED : ExecutionState.FAILED;
            error = switch (reason.get()) {
                case CANCEL -> "cancelled";
                case NODE_STOP -> "node stopped";
                case TIMEOUT -> error.isEmpty() ? note : error;
            };
        }
        Instant start = startedAt(at);
        result.complete(new RunResult(state, start, at.isBefore(start) ? start : at, error));
    }

    private void remark(String note) {
        try {
            RunFiles.append(context.output().file(), note + "\n");
        } catch (IOException e) {
            System.getLogger(ShellRun.class.getName())
                    .log(System.Logger.Level.WARNING, "output not completed directory=" + files.directory(), e);
        }
    }

    private static String describe(RunFiles.Status status) {
        if (status.signal().isPresent()) {
            return "signal: " + Signals.name(status.signal().getAsInt());
        }
        return status.code() == 0 ? "" : "exit status " + status.code();
    }

    @Override
    public void stop(StopReason reason) {
        String note = reason == StopReason.TIMEOUT
                ? "shell: Job '" + text + "' execution time exceeding defined timeout "
                        + io.dkron.core.time.GoDuration.format(timeout.orElse(Duration.ZERO)) + ". Job was killed"
                : "";
        stop(reason, note, context.killGrace());
    }

    /** It uses more memory than it may. */
    void stopForMemory(long used) {
        stop(
                StopReason.TIMEOUT,
                "shell: Job '" + text + "' memory usage (" + used + " bytes) exceeding defined limit ("
                        + memory.orElse(0) + " bytes). Job was killed",
                Duration.ZERO);
    }

    private void stop(StopReason reason, String note, Duration grace) {
        synchronized (this) {
            if (stopping.isPresent() || result.isDone()) {
                return;
            }
            stopping = Optional.of(reason);
            remark = note;
        }
        Instant deadline = context.clock().instant().plus(grace);
        try {
            context.workers().execute(() -> kill(deadline, false));
        } catch (RejectedExecutionException e) {
            kill(deadline, false); // the node stops: what can be done is done here
        }
    }

    /** The run's first process, once it is known. */
    Optional<ProcessTable.Entry> first() throws IOException {
        if (first.isEmpty()) {
            first = files.readClaim().flatMap(RunFiles.Claim::process);
        }
        return first;
    }

    /** TERM first; KILL at the deadline or when only processes are left that ignore TERM; until none is left. */
    private void kill(Instant deadline, boolean termSent) {
        boolean sent = termSent;
        try {
            if (first().isEmpty() && !result.isDone() && files.claim()) {
                end(Optional.empty(), context.clock().instant(), "stopped before it started");
                return;
            }
            if (first().isPresent()) {
                var tree = ProcessTable.read().tree(first.get());
                if (tree.isEmpty()) {
                    return; // its end is being reported
                }
                boolean now = !context.clock().instant().isBefore(deadline)
                        || sent && tree.stream().allMatch(ProcessTable::ignoresTerm);
                if (now || !sent) {
                    Signals.send(now ? "KILL" : "TERM", first.get().pid(), tree);
                    sent = true;
                }
            } else if (result.isDone()) {
                return;
            }
        } catch (IOException e) {
            System.getLogger(ShellRun.class.getName())
                    .log(System.Logger.Level.WARNING, "run not ended, tried again directory=" + files.directory(), e);
        }
        boolean next = sent;
        later(Duration.ofMillis(sent && !termSent ? 20 : 100), () -> kill(deadline, next), false);
    }
}
