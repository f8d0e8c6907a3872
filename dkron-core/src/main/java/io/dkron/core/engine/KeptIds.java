package io.dkron.core.engine;

import io.dkron.core.job.ExecutionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * The ids of a job's stored executions, so that the oldest can go in the commit that adds one. After an election they are
 * not known until they were listed; what is recorded meanwhile is joined with the list.
 */
final class KeptIds {
    private List<ExecutionId> ids = List.of(); // ascending; many jobs never ran
    private boolean known;
    private boolean asked;

    /** Of a job that was just created. */
    static KeptIds none() {
        KeptIds kept = new KeptIds();
        kept.known = true;
        return kept;
    }

    /** Of a job that was read from the store. */
    static KeptIds unknown() {
        return new KeptIds();
    }

    boolean known() {
        return known;
    }

    /** Whether somebody has to ask for the list now; says so once. */
    boolean ask() {
        boolean ask = !known && !asked;
        asked = true;
        return ask;
    }

    void listed(List<ExecutionId> stored) {
        stored.forEach(this::add);
        known = true;
    }

    void add(ExecutionId id) {
        int at = Collections.binarySearch(ids, id);
        if (at < 0) {
            if (ids.isEmpty()) {
                ids = new ArrayList<>(2);
            }
            ids.add(-at - 1, id); // new ones nearly always come last
        }
    }

    void remove(ExecutionId id) {
        int at = Collections.binarySearch(ids, id);
        if (at >= 0) {
            ids.remove(at);
        }
    }

    /** A copy, oldest first. */
    List<ExecutionId> all() {
        return List.copyOf(ids);
    }

    /** The oldest beyond the limit, but none that is spared; empty while the ids are not known. */
    List<ExecutionId> beyond(int limit, Predicate<ExecutionId> spared) {
        if (!known || ids.size() <= limit) {
            return List.of();
        }
        List<ExecutionId> oldest = new ArrayList<>();
        int excess = ids.size() - limit;
        for (int i = 0; i < ids.size() && oldest.size() < excess; i++) {
            if (!spared.test(ids.get(i))) {
                oldest.add(ids.get(i));
            }
        }
        return oldest;
    }
}
