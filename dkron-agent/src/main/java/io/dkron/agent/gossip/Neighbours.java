package io.dkron.agent.gossip;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The ring as this member uses it. While many join at once the ring would be another with each of them, and every change
 * costs connections: it is taken anew only when it was quiet for a moment, and until then a member and the one that let it in
 * tell each other directly. One thread.
 */
final class Neighbours {
    private static final int SMALL = 6;
    private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(10);

    private final Set<String> ring = new HashSet<>();
    private final Map<String, Entry> contacts = new LinkedHashMap<>();
    private Set<String> present = Set.of();
    private long changedSince;
    private long changedLast;

    /** Who is present now; a small cluster's ring is always the newest. */
    void present(List<Entry> others, long now) {
        Set<String> ids = others.stream().map(Entry::id).collect(Collectors.toSet());
        if (ids.equals(present)) {
            return;
        }
        changedSince = ring.equals(present) ? now : changedSince;
        changedLast = now;
        present = ids;
        if (ids.size() <= SMALL) {
            settle();
        }
    }

    /**
     * Takes the ring anew if it is time.
     *
     * @return whether it did
     */
    boolean settled(long now) {
        boolean due = now - changedLast > QUIET || now - changedSince > LONGEST;
        if (ring.equals(present) || !due) {
            return false;
        }
        settle();
        return true;
    }

    private void settle() {
        ring.clear();
        ring.addAll(present);
        contacts.clear();
    }

    /** A member let this one in, or the other way round. */
    void met(Entry member) {
        if (!ring.contains(member.id())) {
            contacts.put(member.id(), member);
        }
    }

    List<Entry> watched(Entry self, List<Entry> others) {
        return Ring.watched(self, inRing(others));
    }

    List<Entry> told(Entry self, List<Entry> others) {
        Map<String, Entry> told = new LinkedHashMap<>();
        Ring.told(self, inRing(others)).forEach(e -> told.put(e.id(), e));
        others.stream().filter(e -> contacts.containsKey(e.id())).forEach(e -> told.putIfAbsent(e.id(), e));
        return List.copyOf(told.values());
    }

    private List<Entry> inRing(Collection<Entry> others) {
        return others.stream().filter(e -> ring.contains(e.id())).toList();
    }
}
