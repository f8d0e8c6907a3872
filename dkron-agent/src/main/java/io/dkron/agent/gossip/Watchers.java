package io.dkron.agent.gossip;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls back those who want to know of changes, one call at a time; changes during a call make one more call. */
final class Watchers implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Watchers.class.getName());

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "dkron-gossip-notify");
        made.setDaemon(true);
        return made;
    });

    private final class Watcher implements Runnable {
        private final Runnable callback;
        private final AtomicBoolean waiting = new AtomicBoolean();

        Watcher(Runnable callback) {
            this.callback = callback;
        }

        void signal() {
            if (waiting.compareAndSet(false, true)) {
                submit(this);
            }
        }

        @Override
        public void run() {
            waiting.set(false);
            if (watchers.contains(this)) {
                guarded(callback);
            }
        }
    }

    AutoCloseable add(Runnable callback) {
        Watcher watcher = new Watcher(callback);
        watchers.add(watcher);
        watcher.signal();
        return () -> watchers.remove(watcher);
    }

    void changed() {
        watchers.forEach(Watcher::signal);
    }

    /** Runs something of the host's on the same thread. */
    void tell(Runnable call) {
        submit(() -> guarded(call));
    }

    private void submit(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "gossip is closed, nobody is told");
        }
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a listener of gossip failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
