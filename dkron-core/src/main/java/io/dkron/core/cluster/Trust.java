package io.dkron.core.cluster;

import java.time.Duration;
import java.util.Objects;

/**
 * How long a leader may trust that it still leads. A commit that a majority acknowledged proves that it led when the
 * commit was sent; from then on, not from the acknowledgement, it may trust in that for the lease. A process that was
 * stopped, or cut off, wakes without trust and hands out nothing until a commit of its own went through. All instants
 * are of the monotonic clock ({@link System#nanoTime}), whose differences count, also across its overflow. Safe for many
 * threads.
 *
 * <p>The fence that agents keep refuses a stale leader's orders whatever it believes (protocol P1); trust keeps it from
 * sending them to agents that have not heard of the new one yet.
 */
public final class Trust {
    private final long lease;
    private boolean led;
    private long since;
    private long until;

    /** @param lease shorter than the time in which others could take the lead without this one's knowledge */
    public Trust(Duration lease) {
        if (Objects.requireNonNull(lease, "lease").isNegative() || lease.isZero()) {
            throw new IllegalArgumentException("lease must be above zero, not " + lease);
        }
        this.lease = lease.toNanos();
    }

    /**
     * A lead begins; commits sent before now prove nothing about it. There is no trust until one of its own was
     * acknowledged.
     */
    public synchronized void begun(long nanos) {
        led = true;
        since = nanos;
        until = nanos;
    }

    /** A majority acknowledged a commit of this lead that was sent then. In any order, also late. */
    public synchronized void acknowledged(long sentNanos) {
        if (led && sentNanos - since >= 0 && sentNanos + lease - until > 0) {
            until = sentNanos + lease;
        }
    }

    /** The lead is over: no acknowledgement brings the trust back before the next one begins. */
    public synchronized void ended() {
        led = false;
    }

    /** Whether orders may be sent now. */
    public synchronized boolean holds(long nanos) {
        return led && until - nanos > 0;
    }

    /** How long it still holds unless a commit renews it; zero when it does not. */
    public synchronized Duration left(long nanos) {
        return holds(nanos) ? Duration.ofNanos(until - nanos) : Duration.ZERO;
    }
}
