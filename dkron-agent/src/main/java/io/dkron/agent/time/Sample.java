package io.dkron.agent.time;

import java.time.Duration;
import java.time.Instant;

/**
 * One question for the time, and its answer.
 *
 * @param asked by this node's wall clock
 * @param roundTripNanos until the answer was there, by its monotonic clock: a step of the wall clock meanwhile does not
 *     count
 * @param received by the other's wall clock
 * @param sent by the other's wall clock
 * @param aheadNanos of the time that the other dates orders by, before its wall clock
 * @param answeredNanos of this node's monotonic clock, when the answer came
 */
record Sample(Instant asked, long roundTripNanos, Instant received, Instant sent, long aheadNanos, long answeredNanos) {
    /** Half of the time on the way: the other's clock cannot be further from the estimate. */
    long errorNanos() {
        long working = Math.max(0, Duration.between(received, sent).toNanos());
        return Math.max(0, roundTripNanos - working) / 2;
    }

    /** How far the other's wall clock is ahead of this one's. */
    long offsetNanos() {
        Instant answered = asked.plusNanos(roundTripNanos);
        long there = Duration.between(asked, received).toNanos();
        long back = Duration.between(answered, sent).toNanos();
        return there / 2 + back / 2;
    }

    /** By what the other dates orders, at the moment when its answer came. */
    Instant othersTime() {
        return asked.plusNanos(roundTripNanos).plusNanos(offsetNanos()).plusNanos(aheadNanos);
    }
}
