package io.dkron.connectors.dynamodb;

import io.dkron.core.store.StoreException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Repeats calls that are safe to repeat until they work, cannot work, or the time is over. Safe for use by many threads. */
final class Calls {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(25);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(800);

    /** After which an endpoint that takes no connection is believed to be away. */
    private static final int UNREACHABLE = 3;

    private final Failures failures;

    Calls(Failures failures) {
        this.failures = failures;
    }

    /** @throws StoreException when no try worked: what and why */
    <R> R repeat(String what, Deadline deadline, Function<Deadline, R> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.apply(deadline);
            } catch (SdkException | IllegalStateException | RejectedExecutionException e) {
                if (!again(e, attempt, deadline) || !pause(attempt, deadline)) {
                    throw failures.exception(what, e);
                }
            }
        }
    }

    /** Waits before the next part of a call that was answered in part. @throws StoreException when the time is over */
    void pauseOrFail(String what, int attempt, Deadline deadline) {
        if (!pause(attempt, deadline)) {
            throw failures.refusal(what + ": throttled all the time; use on-demand capacity, or provision more");
        }
    }

    /** Whether another try of something that is safe to repeat may work. */
    static boolean again(RuntimeException failure, int attempt, Deadline deadline) {
        if (deadline.isOver() || Failures.isClosed(failure)) {
            return false;
        }
        if (failure instanceof SdkServiceException service) {
            return Failures.isThrottled(service) || service.statusCode() >= 500;
        }
        return Failures.neverSent(failure) ? attempt < UNREACHABLE && Failures.isNetwork(failure) : true;
    }

    /**
     * Waits longer each time, and by chance, so that callers who hindered each other part.
     *
     * @return whether time is left for another try
     */
    static boolean pause(int attempt, Deadline deadline) {
        long most = Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(attempt - 1, 10));
        long wait = ThreadLocalRandom.current().nextLong(most) + 1;
        LockSupport.parkNanos(Math.min(wait, deadline.left().toNanos()));
        return !deadline.isOver();
    }
}
