package io.dkron.connectors.zookeeper;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.data.Stat;

/**
 * What the commits of this node left, so that the next one need not read: most are one request. It holds as of one version of
 * the mark of commits, and is void as soon as somebody else wrote that mark. Safe for use by many threads.
 */
final class Memory {
    private static final int MOST = 4_096;

    private final Map<String, Known> nodes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST;
        }
    };
    private Optional<Integer> mark = Optional.empty();

    synchronized Optional<Known> get(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    /** The version of the mark as of which all this holds; empty where nothing is known. */
    synchronized Optional<Integer> mark() {
        return mark;
    }

    /**
     * A commit of this node wrote these.
     *
     * @param written the mark after it
     */
    synchronized void committed(Stat written, Map<String, Known> after) {
        int version = written.getVersion();
        if (mark.isPresent() && version <= mark.get()) {
            forget(); // answers of two commits overtook each other
            return;
        }
        if (mark.isEmpty() || version != mark.get() + 1) {
            nodes.clear();
        }
        mark = Optional.of(version);
        after.forEach((path, node) -> {
            if (node.there()) {
                nodes.put(path, node);
            } else {
                nodes.remove(path);
            }
        });
    }

    synchronized void forget() {
        nodes.clear();
        mark = Optional.empty();
    }
}
