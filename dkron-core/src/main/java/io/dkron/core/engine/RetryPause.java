package io.dkron.core.engine;

import io.dkron.core.job.RetryPolicy;
import io.dkron.core.time.GoDuration;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before a failed attempt is repeated. */
final class RetryPause {
    private static final long HALF_SECOND = 500_000_000L;
    private static final Duration LONGEST = Duration.ofDays(365);

    private RetryPause() {}

    /**
     * The pause.
     *
     * @param failed how long the failed attempt took
     * @param attempt number of the attempt to come, from 2
     */
    static Duration of(RetryPolicy policy, Duration failed, int attempt, RandomGenerator random) {
        if (policy.delay().isEmpty()) {
            return likeDkron4(failed, attempt);
        }
        double pause = nanos(policy.delay()) * Math.pow(Math.max(1, policy.backoff()), attempt - 2.0);
        if (!policy.maxDelay().isEmpty()) {
            pause = Math.min(pause, nanos(policy.maxDelay()));
        }
        pause *= 1 + policy.jitter() * (2 * random.nextDouble() - 1);
        return Duration.ofNanos((long) Math.max(0, Math.min(pause, LONGEST.toNanos())));
    }

    /** {@code (floor(log2(d / 500 ms)) + attempt) * 500 ms}, d in whole halves of a second; none below the first. */
    private static Duration likeDkron4(Duration failed, int attempt) {
        long halves = failed.toNanos() / HALF_SECOND;
        if (halves < 1) {
            return Duration.ZERO;
        }
        int log = Long.SIZE - 1 - Long.numberOfLeadingZeros(halves);
        return Duration.ofNanos(HALF_SECOND).multipliedBy((long) log + attempt);
    }

    private static double nanos(String duration) {
        return GoDuration.parse(duration).orElse(Duration.ZERO).toNanos();
    }
}
