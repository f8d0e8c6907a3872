package io.dkron.core.store;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * All entries under a prefix, in key order, a page in memory at a time. Throws {@link StoreException} where the store cannot be
 * read. Not thread-safe.
 */
public final class Entries implements Iterator<Entry> {
    private final Store store;
    private final String prefix;
    private final int size;
    private String after;
    private Iterator<Entry> page;
    private boolean more = true;

    /**
     * @param after an exclusive lower bound; empty for none
     * @param size of a page
     */
    public Entries(Store store, String prefix, String after, int size) {
        this.store = store;
        this.prefix = prefix;
        this.size = size;
        this.after = after;
        this.page = java.util.Collections.emptyIterator();
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && more) {
            Page next = store.list(prefix, after, size);
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
