package io.dkron.agent.rpc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Lets each of many things be said once in a while. Remembers the last 1,000. Safe for many threads. */
final class Seldom {
    private static final int MOST = 1_000;

    private final long nanos;
    private final LongSupplier nanoTime;
    private final Map<String, Long> said = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    /** @param nanos how long a thing is not said again */
    Seldom(long nanos, LongSupplier nanoTime) {
        this.nanos = nanos;
        this.nanoTime = nanoTime;
    }

    /** Whether it may be said now. */
    synchronized boolean now(String thing) {
        long now = nanoTime.getAsLong();
        Long before = said.get(thing);
        if (before != null && now - before < nanos) {
            return false;
        }
        said.put(thing, now);
        return true;
    }
}
