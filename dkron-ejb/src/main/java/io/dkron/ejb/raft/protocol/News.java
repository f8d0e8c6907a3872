package io.dkron.ejb.raft.protocol;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Tells the listener, in order, on a thread of its own: it may call back into Raft, and wait. */
final class News {
    private static final System.Logger LOG = System.getLogger(News.class.getName());

    private final ExecutorService thread = Executors.newSingleThreadExecutor(body -> {
        Thread made = new Thread(body, "dkron-raft-news");
        made.setDaemon(true);
        return made;
    });
    private volatile RaftListener listener = new RaftListener() {};

    void listener(RaftListener newListener) {
        listener = newListener;
    }

    void tell(Consumer<RaftListener> news) {
        if (!thread.isShutdown()) {
            thread.execute(() -> {
                try {
                    news.accept(listener);
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "raft news failed in a listener", e);
                }
            });
        }
    }

    /** What was told before is still heard. */
    void close() {
        thread.shutdown();
    }
}
