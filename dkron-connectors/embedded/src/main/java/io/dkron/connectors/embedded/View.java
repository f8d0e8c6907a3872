package io.dkron.connectors.embedded;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What MVStore is shown instead of some bytes of a file, each until it writes there itself: another header, and blocks in
 * which no chunk begins. So an opening can choose a commit, and changes nothing on the disk. Safe for use by many threads.
 */
final class View {
    private final byte[] header;
    private final Set<Long> hidden;
    private volatile boolean headerShown = true;

    /**
     * @param header for the beginning of the file
     * @param hidden blocks whose beginning is shown as zeros
     */
    View(byte[] header, Set<Long> hidden) {
        this.header = header.clone();
        this.hidden = ConcurrentHashMap.newKeySet();
        this.hidden.addAll(hidden);
    }

    /** Nothing but the file. */
    static View plain() {
        return new View(new byte[0], Set.of());
    }

    /** Changes what was read. */
    void show(byte[] read, int offset, int count, long at) {
        if (headerShown && at < header.length) {
            System.arraycopy(header, (int) at, read, offset, (int) Math.min(count, header.length - at));
        }
        if (!hidden.isEmpty()) {
            for (long block = at / FoundChunk.BLOCK; block * FoundChunk.BLOCK < at + count; block++) {
                long start = block * FoundChunk.BLOCK;
                if (start >= at && hidden.contains(block)) {
                    read[offset + (int) (start - at)] = 0;
                }
            }
        }
    }

    /** From now on these bytes are the file's own. */
    void written(long at, int count) {
        if (headerShown && at < header.length) {
            headerShown = false;
        }
        if (!hidden.isEmpty()) {
            hidden.removeIf(block -> block * FoundChunk.BLOCK >= at && block * FoundChunk.BLOCK < at + count);
        }
    }
}
