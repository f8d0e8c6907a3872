package io.dkron.agent.gossip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who watches whom and who tells whom. The members stand in a ring by a hash of their ids; each watches its next two,
 * servers watch all servers, and news go to the next two and those 8, 32, 128… places on. A member talks to about ten
 * others, however many there are, and news reach all of them in a few steps.
 */
final class Ring {
    private static final int WATCHED = 2;
    private static final int NEXT = 2;
    private static final int STEP = 8;
    private static final int SMALL = 6;
    private static final int SERVERS_WATCHED = 8;

    private Ring() {}

    /** Whose heartbeats this member asks for. */
    static List<Entry> watched(Entry self, List<Entry> others) {
        List<Entry> ring = after(self, others);
        Set<Entry> watched = new LinkedHashSet<>(ring.subList(0, Math.min(WATCHED, ring.size())));
        if (self.peer().member().server()) {
            ring.stream()
                    .filter(e -> e.peer().member().server())
                    .limit(SERVERS_WATCHED)
                    .forEach(watched::add);
        }
        return List.copyOf(watched);
    }

    /** Whom this member tells what it learns. */
    static List<Entry> told(Entry self, List<Entry> others) {
        List<Entry> ring = after(self, others);
        if (ring.size() <= SMALL) {
            return ring;
        }
        List<Entry> told = new ArrayList<>(ring.subList(0, NEXT));
        for (int step = STEP; step <= ring.size(); step *= 4) {
            told.add(ring.get(step - 1));
        }
        return told;
    }

    private record Placed(long place, Entry entry) {}

    /** The others in the order of the ring, beginning after this member. */
    private static List<Entry> after(Entry self, List<Entry> others) {
        long own = place(self);
        return others.stream()
                .map(entry -> new Placed(place(entry) - own, entry))
                .sorted(Comparator.comparing(Placed::place, Long::compareUnsigned)
                        .thenComparing(placed -> placed.entry().id()))
                .map(Placed::entry)
                .toList();
    }

    private static long place(Entry entry) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < entry.id().length(); i++) {
            hash = (hash ^ entry.id().charAt(i)) * 0x100000001b3L;
        }
        return hash * 0x9e3779b97f4a7c15L;
    }
}
