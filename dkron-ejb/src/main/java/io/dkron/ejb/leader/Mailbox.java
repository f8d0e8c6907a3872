package io.dkron.ejb.leader;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * What waits for the engine. Many threads put, one thread takes. Requests are refused when {@code capacity} wait;
 * outcomes of what the engine itself asked for are always taken: their number is bounded by the effects in flight.
 *
 * @param <E> the letters
 */
final class Mailbox<E> {
    private final ConcurrentLinkedQueue<E> letters = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final int capacity;
    private final LongSupplier nanoTime;
    private volatile Thread reader;

    Mailbox(int capacity, LongSupplier nanoTime) {
        this.capacity = capacity;
        this.nanoTime = nanoTime;
    }

    /** Puts a request; false when too many wait already. */
    boolean offer(E letter) {
        if (size.get() >= capacity) {
            return false;
        }
        put(letter);
        return true;
    }

    /** Puts an outcome; never refused. */
    void put(E letter) {
        letters.add(letter);
        // Only the turn from empty wakes the reader: it looks again before it sleeps.
        if (size.getAndIncrement() == 0) {
            LockSupport.unpark(reader);
        }
    }

    /** How many wait. */
    int size() {
        return size.get();
    }

    /**
     * Takes up to {@code limit} letters, waiting for the first until the deadline. Only one thread may ever call this.
     *
     * @param deadline of the monotonic clock
     * @return false when interrupted; the interrupt is kept
     */
    boolean drain(Collection<? super E> into, int limit, long deadline) {
        reader = Thread.currentThread();
        while (size.get() == 0) {
            long left = deadline - nanoTime.getAsLong();
            if (left <= 0) {
                return true;
            }
            LockSupport.parkNanos(this, left);
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
        }
        int taken = 0;
        while (taken < limit) {
            E letter = letters.poll();
            if (letter == null) {
                break;
            }
            into.add(letter);
            taken++;
        }
        size.addAndGet(-taken);
        return true;
    }
}
