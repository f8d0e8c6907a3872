package io.dkron.ejb.live;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * One watcher of one execution's output, buffering at most {@link #CAPACITY} bytes; when more comes, the oldest chunks
 * are dropped and the reader sees a gap in the offsets. Safe for many threads.
 */
public final class OutputSubscription implements AutoCloseable {
    static final int CAPACITY = 256 * 1_024;

    private final Executor executor;
    private final Runnable ready;
    private final Runnable closed;
    private final Deque<OutputChunk> buffer = new ArrayDeque<>();
    private int buffered;
    private boolean told;
    private boolean ended;
    private boolean open = true;

    OutputSubscription(Executor executor, Runnable ready, Runnable closed) {
        this.executor = Objects.requireNonNull(executor, "executor");
        this.ready = Objects.requireNonNull(ready, "ready");
        this.closed = Objects.requireNonNull(closed, "closed");
    }

    /** Takes what is there, in order of offset. Never waits. */
    public synchronized List<OutputChunk> drain() {
        told = false;
        List<OutputChunk> taken = new ArrayList<>(buffer);
        buffer.clear();
        buffered = 0;
        return taken;
    }

    /** Whether the execution has ended: once what is left is drained, nothing more comes. */
    public synchronized boolean ended() {
        return ended;
    }

    /** No more chunks. A second call does nothing. */
    @Override
    public void close() {
        synchronized (this) {
            if (!open) {
                return;
            }
            open = false;
            buffer.clear();
            buffered = 0;
        }
        closed.run();
    }

    synchronized void offer(OutputChunk chunk) {
        if (!open || ended) {
            return;
        }
        buffer.addLast(chunk);
        buffered += chunk.bytes().length;
        while (buffered > CAPACITY && buffer.size() > 1) {
            buffered -= buffer.removeFirst().bytes().length;
        }
        wake();
    }

    synchronized void end() {
        ended = true;
        wake();
    }

    private void wake() {
        if (!told && open) {
            told = true;
            executor.execute(ready);
        }
    }
}
