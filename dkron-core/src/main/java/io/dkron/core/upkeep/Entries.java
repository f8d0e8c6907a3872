package io.dkron.core.upkeep;

import io.dkron.core.store.Entry;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** All entries under a prefix, in key order, a page in memory at a time. Not thread-safe. */
final class Entries implements Iterator<Entry> {
    private static final int PAGE = 100; // outputs can be 256 KB each

    private final Store store;
    private final String prefix;
    private String after;
    private Iterator<Entry> page;
    private boolean more = true;

    /** @param after an exclusive lower bound; empty for none */
    Entries(Store store, String prefix, String after) {
        this.store = store;
        this.prefix = prefix;
        this.after = after;
        this.page = java.util.Collections.emptyIterator();
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && more) {
            Page next = store.list(prefix, after, PAGE);
            page = next.entries().iterator();
            more = next.more();
        }
        return page.hasNext();
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Entry entry = page.next();
        after = entry.key();
        return entry;
    }
}
