package io.dkron.cli.launch;

import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/** TERM and INT stop the node in order; a second one ends the process at once, with exit code 1. HUP reloads. */
final class Signals {
    private Signals() {}

    /** @param stop called once, on the first signal; must return at once */
    @SuppressWarnings("deprecation")
    static void onStop(Runnable stop) {
        AtomicBoolean first = new AtomicBoolean(true);
        for (String name : new String[] {"TERM", "INT"}) {
            Signal.handle(new Signal(name), signal -> {
                if (first.getAndSet(false)) {
                    stop.run();
                } else {
                    Runtime.getRuntime().halt(1);
                }
            });
        }
    }

    /** @param reload called on each HUP, on a thread that may block */
    @SuppressWarnings("deprecation")
    static void onReload(Runnable reload) {
        Signal.handle(new Signal("HUP"), signal -> reload.run());
    }
}
