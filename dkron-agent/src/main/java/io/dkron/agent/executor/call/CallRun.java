package io.dkron.agent.executor.call;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import io.dkron.core.executor.RunResult;
import io.dkron.core.time.GoDuration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A run that is a call to somebody else. It ends once: by {@link #succeed}, {@link #fail} or {@link #stop}, whichever is
 * first; then what is under way is aborted, and nothing more is printed. Safe for many threads.
 */
public final class CallRun implements Run {
    private final RunContext context;
    private final String text;
    private final Optional<Duration> limit;
    private final Instant startedAt;
    private final CompletableFuture<RunResult> result = new CompletableFuture<>();
    private Optional<Runnable> abort = Optional.empty();
    private Optional<Future<?>> timer = Optional.empty();
    private boolean over;

    /**
     * Begins to count the run's time.
     *
     * @param text what is called and how, for messages; without secrets
     * @param own the limit of the job's configuration, zero for none; the shorter of this and the order's holds
     */
    public CallRun(RunContext context, String text, Duration own) {
        this.context = context;
        this.text = text;
        this.limit = shorter(context.order().timeout(), own.isZero() ? Optional.empty() : Optional.of(own));
        this.startedAt = context.clock().instant();
        limit.ifPresent(time -> timer = Optional.of(
                context.workers().schedule(() -> stop(StopReason.TIMEOUT), time.toNanos(), TimeUnit.NANOSECONDS)));
    }

    /** A run that ended before anything was called. */
    public static CallRun failed(RunContext context, String why) {
        CallRun run = new CallRun(context, "", Duration.ZERO);
        run.fail(why);
        return run;
    }

    private static Optional<Duration> shorter(Optional<Duration> one, Optional<Duration> other) {
        if (one.isPresent() && other.isPresent()) {
            return one.get().compareTo(other.get()) <= 0 ? one : other;
        }
        return one.or(() -> other);
    }

    public RunContext context() {
        return context;
    }

    /** What ends the call at once, in place of what was said before; done now if the run is over. */
    public void aborting(Runnable action) {
        synchronized (this) {
            if (!over) {
                abort = Optional.of(action);
                return;
            }
        }
        action.run();
    }

    /**
     * Appends to the output.
     *
     * @return false if the run is over, and nothing was written
     * @throws java.io.UncheckedIOException if the output cannot be written
     */
    public synchronized boolean print(byte[] bytes) {
        if (!over) {
            context.output().write(bytes, 0, bytes.length);
        }
        return !over;
    }

    /** As {@link #print(byte[])}, in UTF-8. */
    public boolean print(String line) {
        return print(line.getBytes(StandardCharsets.UTF_8));
    }

    public void succeed() {
        end(ExecutionState.SUCCESS, "");
    }

    /** @param why the run's error; line breaks become blanks */
    public void fail(String why) {
        end(ExecutionState.FAILED, why.replaceAll("[\\r\\n]+", " "));
    }

    @Override
    public CompletionStage<RunResult> result() {
        return result.minimalCompletionStage();
    }

    @Override
    public void stop(StopReason reason) {
        switch (reason) {
            case CANCEL -> end(ExecutionState.CANCELLED, "cancelled");
            case NODE_STOP -> end(ExecutionState.FAILED, "node stopped");
            case TIMEOUT ->
                fail(context.order().executor() + ": Job '" + text
                        + "' execution time exceeding defined timeout "
                        + GoDuration.format(limit.orElse(Duration.ZERO)) + ". Job was killed");
        }
    }

    private void end(ExecutionState state, String error) {
        Optional<Runnable> running;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            running = abort;
            abort = Optional.empty();
            timer.ifPresent(t -> t.cancel(false));
        }
        running.ifPresent(Runnable::run);
        Instant now = context.clock().instant();
        result.complete(new RunResult(state, startedAt, now.isBefore(startedAt) ? startedAt : now, error));
    }
}
