package io.dkron.core.store;

import java.util.List;

/**
 * Part of a list, ordered by key.
 *
 * @param more whether entries follow; ask again with the last key
 */
public record Page(List<Entry> entries, boolean more) {
    public Page {
        entries = List.copyOf(entries);
    }
}
