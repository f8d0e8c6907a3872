package io.dkron.agent.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The leader's time as this node knows it: what it said last plus the monotonic time that has passed. So a wrong wall
 * clock here, one that is set, and a process that was stopped for a while do not make an old order look young. Until a
 * leader was asked it is the node's own clock. Safe for many threads.
 */
public final class LeaderClock implements InstantSource {
    /** A difference beyond this is taken over at once; less is drawn near, so that durations stay right. */
    private static final Duration JUMP = Duration.ofMillis(500);

    private record Anchor(Instant time, long nanos) {
        Instant at(long now) {
            return time.plusNanos(now - nanos);
        }
    }

    private final InstantSource own;
    private final LongSupplier nanoTime;
    private volatile Optional<Anchor> anchor = Optional.empty();

    /** @param own of this node, until a leader is known and while this node leads */
    public LeaderClock(InstantSource own, LongSupplier nanoTime) {
        this.own = Objects.requireNonNull(own, "own");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
    }

    @Override
    public Instant instant() {
        Optional<Anchor> known = anchor;
        return known.isPresent() ? known.get().at(nanoTime.getAsLong()) : own.instant();
    }

    /** Whether a leader told its time. */
    public boolean follows() {
        return anchor.isPresent();
    }

    /** A leader told its time. */
    synchronized void heard(Sample sample) {
        Instant told = sample.othersTime();
        if (anchor.isPresent()) {
            Instant expected = anchor.get().at(sample.answeredNanos());
            Duration off = Duration.between(expected, told);
            if (off.abs().compareTo(Duration.ofNanos(sample.errorNanos())) <= 0) {
                return; // no better than what is known
            }
            if (off.abs().compareTo(JUMP) <= 0) {
                told = expected.plus(off.dividedBy(2));
            }
        }
        anchor = Optional.of(new Anchor(told, sample.answeredNanos()));
    }

    /** This node leads: its own clock is the leader's. */
    synchronized void leads() {
        anchor = Optional.empty();
    }
}
