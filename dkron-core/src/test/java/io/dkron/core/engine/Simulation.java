package io.dkron.core.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/** Virtual time: actions in order of their instants, ties in order of arrival. One seed gives one course of events. */
final class Simulation {
    private record Action(long at, long order, BooleanSupplier wanted, Runnable run) implements Comparable<Action> {
        @Override
        public int compareTo(Action other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }
    }

    static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    final SplittableRandom random;
    private final PriorityQueue<Action> actions = new PriorityQueue<>();
    private long nanos;
    private long order;

    Simulation(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Monotonic time. */
    long nanos() {
        return nanos;
    }

    /** True time, which no clock of the simulated node need show. */
    Instant now() {
        return START.plusNanos(nanos);
    }

    void after(Duration delay, BooleanSupplier wanted, Runnable run) {
        actions.add(new Action(nanos + Math.max(0, delay.toNanos()), order++, wanted, run));
    }

    void after(Duration delay, Runnable run) {
        after(delay, () -> true, run);
    }

    /** Runs everything that falls due until then. */
    void runFor(Duration time) {
        long end = nanos + time.toNanos();
        while (!actions.isEmpty() && actions.peek().at <= end) {
            Action next = actions.poll();
            nanos = next.at;
            if (next.wanted.getAsBoolean()) {
                next.run.run();
            }
        }
        nanos = end;
    }

    Duration between(Duration least, Duration most) {
        return Duration.ofNanos(random.nextLong(least.toNanos(), most.toNanos() + 1));
    }

    /** True once in that many times. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    Duration millis(int least, int most) {
        return between(Duration.ofMillis(least), Duration.ofMillis(most));
    }
}
