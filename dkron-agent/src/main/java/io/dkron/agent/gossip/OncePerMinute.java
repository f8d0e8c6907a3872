package io.dkron.agent.gossip;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Says of a subject whether it comes up for the first time within a minute. Remembers a thousand. Thread-safe. */
final class OncePerMinute {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int REMEMBERED = 1000;

    private final Map<String, Long> last = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    synchronized boolean first(String subject) {
        long now = System.nanoTime();
        Long before = last.get(subject);
        if (before != null && now - before < MINUTE) {
            return false;
        }
        last.remove(subject);
        last.put(subject, now);
        return true;
    }
}
