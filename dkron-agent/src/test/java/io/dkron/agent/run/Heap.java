package io.dkron.agent.run;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** How much memory of this JVM is in use. */
public final class Heap {
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private Heap() {}

    /** Bytes that are left after garbage was collected; of a few collections the least. */
    public static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            MEMORY.gc(); // what a cleaner let go of in one is gone in the next
            least = Math.min(least, MEMORY.getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
