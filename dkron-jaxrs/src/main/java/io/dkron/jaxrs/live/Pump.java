package io.dkron.jaxrs.live;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a step again and again while somebody asks for it, never twice at a time: who asks while it runs makes it run
 * once more. So events of one watcher keep their order whatever threads wake it.
 */
final class Pump implements Runnable {
    private final Runnable step;
    private final AtomicInteger asked = new AtomicInteger();

    Pump(Runnable step) {
        this.step = step;
    }

    @Override
    public void run() {
        if (asked.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = asked.get();
            step.run();
        } while (asked.addAndGet(-seen) > 0);
    }
}
