package io.dkron.agent.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * How far another node's wall clock is ahead of this one's; negative when it is behind.
 *
 * @param seconds the estimate
 * @param errorBound how far it may be from the truth, half of what the message was on its way
 * @param at when it was measured, by this node's wall clock
 */
public record Offset(double seconds, double errorBound, Instant at) {
    public Offset {
        Objects.requireNonNull(at, "at");
    }

    public Duration duration() {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** Whether it is beyond this many seconds for certain. */
    public boolean beyond(double limit) {
        return Math.abs(seconds) - errorBound > limit;
    }
}
