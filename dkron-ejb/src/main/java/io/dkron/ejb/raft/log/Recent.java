package io.dkron.ejb.raft.log;

import java.util.Optional;
import org.jgroups.protocols.raft.LogEntry;

/** The newest entries, bounded by number and bytes: followers that keep up, and applying, read nothing from the disk. */
final class Recent {
    private static final int CAPACITY = 8192;

    private final LogEntry[] ring = new LogEntry[CAPACITY];
    private final long maxBytes;
    private long first = 1;
    private long next = 1;
    private long bytes;

    Recent(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    void add(long index, LogEntry entry) {
        if (index != next) {
            clear(index);
        }
        if (next - first == CAPACITY) {
            evict();
        }
        ring[slot(next++)] = entry;
        bytes += Frame.sizeOf(entry);
        while (bytes > maxBytes && next - first > 1) {
            evict();
        }
    }

    Optional<LogEntry> get(long index) {
        return index >= first && index < next ? Optional.of(ring[slot(index)]) : Optional.empty();
    }

    void cutFrom(long index) {
        while (next > first && next > index) {
            next--;
            bytes -= Frame.sizeOf(ring[slot(next)]);
            ring[slot(next)] = null;
        }
    }

    void clear(long nextIndex) {
        while (first < next) {
            evict();
        }
        first = nextIndex;
        next = nextIndex;
    }

    private void evict() {
        bytes -= Frame.sizeOf(ring[slot(first)]);
        ring[slot(first++)] = null;
    }

    private static int slot(long index) {
        return (int) (index % CAPACITY);
    }
}
