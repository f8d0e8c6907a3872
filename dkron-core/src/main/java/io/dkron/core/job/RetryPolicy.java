package io.dkron.core.job;

import java.util.Objects;

/**
 * How failed attempts are repeated.
 *
 * @param retries further attempts after the first, 0 to 2147483647
 * @param delay pause before the first retry as a Go duration; empty means Dkron 4's own pause
 * @param maxDelay longest pause as a Go duration
 * @param backoff factor from one pause to the next, at least 1
 * @param jitter part of a pause that chance adds or takes away, 0 to 1
 */
public record RetryPolicy(int retries, String delay, String maxDelay, double backoff, double jitter) {
    /** No retries, and the defaults for the rest. */
    public static final RetryPolicy NONE = new RetryPolicy(0, "", "60s", 2, 0.2);

    public RetryPolicy {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(maxDelay, "maxDelay");
    }
}
