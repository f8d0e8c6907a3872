package io.dkron.core.engine;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;

/** What is to be looked at later. An action finds out by itself whether it is still wanted; nothing is taken back. */
final class Timers {
    private record Timer(Instant at, long order, Action action) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /** What a timer does. */
    interface Action {
        void at(Instant now);
    }

    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long order;

    void at(Instant at, Action action) {
        queue.add(new Timer(at, order++, Objects.requireNonNull(action)));
    }

    Optional<Instant> first() {
        return Optional.ofNullable(queue.peek()).map(Timer::at);
    }

    /** Takes out the first action that is due by now. */
    Optional<Action> pollDue(Instant now) {
        Timer first = queue.peek();
        if (first == null || first.at.isAfter(now)) {
            return Optional.empty();
        }
        queue.remove();
        return Optional.of(first.action);
    }
}
