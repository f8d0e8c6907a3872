package io.dkron.ejb.service;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes of JSON are kept beside the jobs that it was made from: no more than a share of the heap. Safe for many threads. */
final class JsonRoom {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    JsonRoom(long most) {
        this.most = most;
    }

    /** A thirty-second of what the heap may become. */
    static JsonRoom ofHeap() {
        return new JsonRoom(Runtime.getRuntime().maxMemory() / 32);
    }

    /** Whether there is room for so many bytes, which is taken then. */
    boolean take(int bytes) {
        if (taken.addAndGet(bytes) <= most) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void give(int bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
