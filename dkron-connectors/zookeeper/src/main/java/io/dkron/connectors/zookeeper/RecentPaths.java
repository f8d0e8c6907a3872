package io.dkron.connectors.zookeeper;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The newest of many paths. Safe for use by many threads. */
final class RecentPaths {
    private static final int MOST = 4_096;

    private final Set<String> paths = Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    });

    synchronized boolean contains(String path) {
        return paths.contains(path);
    }

    synchronized void add(Collection<String> more) {
        paths.addAll(more);
    }

    synchronized void clear() {
        paths.clear();
    }
}
