package io.dkron.agent.run;

import io.dkron.agent.journal.Journal;
import io.dkron.agent.journal.JournalException;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Writes results down, those that come while one batch is written together in the next. A batch that cannot be written
 * is tried again every second: nothing is thrown away. Safe for many threads.
 */
final class Results {
    private static final Logger LOG = System.getLogger(Results.class.getName());
    private static final int MOST = 64;

    private final Journal journal;
    private final ScheduledExecutorService workers;
    private final Consumer<List<RunKey>> written;
    private final Deque<Supplier<RunReport>> waiting = new ArrayDeque<>();
    private boolean writing;
    private long changes;

    Results(Journal journal, ScheduledExecutorService workers, Consumer<List<RunKey>> written) {
        this.journal = journal;
        this.workers = workers;
        this.written = written;
    }

    void add(Supplier<RunReport> result) {
        synchronized (this) {
            waiting.add(result);
            if (writing) {
                return;
            }
            writing = true;
        }
        try {
            workers.execute(this::drain);
        } catch (RejectedExecutionException e) {
            drain(); // the node stops
        }
    }

    private void drain() {
        List<Supplier<RunReport>> batch = take();
        while (!batch.isEmpty()) {
            if (!write(batch)) {
                return;
            }
            batch = take();
        }
    }

    private synchronized List<Supplier<RunReport>> take() {
        List<Supplier<RunReport>> batch = new ArrayList<>();
        while (batch.size() < MOST && !waiting.isEmpty()) {
            batch.add(waiting.poll());
        }
        writing = !batch.isEmpty();
        notifyAll();
        return batch;
    }

    private boolean write(List<Supplier<RunReport>> batch) {
        try {
            List<RunReport> reports = batch.stream().map(Supplier::get).toList();
            journal.finish(reports);
            written.accept(reports.stream().map(RunReport::key).toList());
            synchronized (this) {
                changes++;
                notifyAll();
            }
            return true;
        } catch (JournalException e) {
            LOG.log(Level.ERROR, "results not written, tried again in a second", e);
            return retry(batch);
        }
    }

    private synchronized boolean retry(List<Supplier<RunReport>> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            waiting.addFirst(batch.get(i));
        }
        try {
            workers.schedule(this::drain, 1, TimeUnit.SECONDS);
        } catch (RejectedExecutionException e) {
            writing = false; // the node stops; its next start finds these runs again
        }
        return false;
    }

    /** Waits until something was written, at most so long; false when the thread was interrupted. */
    synchronized boolean awaitChange(Duration atMost) {
        long before = changes;
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            for (long left = atMost.toNanos(); before == changes && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits until all is written, 10 s at most. */
    synchronized void flush() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        try {
            for (long left = 1; (writing || !waiting.isEmpty()) && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.MILLISECONDS.timedWait(this, 50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
