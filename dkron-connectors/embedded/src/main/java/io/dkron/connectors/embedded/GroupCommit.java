package io.dkron.connectors.embedded;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Puts the batches of callers that wait at the same time into one disk commit. There is no thread of its own: the first
 * caller writes for all that wait, then hands the lead to the next. With one caller a commit is a group of one, without
 * delay.
 */
final class GroupCommit {
    private static final int MOST_BATCHES = 512;
    private static final long MOST_BYTES = 8L << 20;

    private final Consumer<List<Pending>> writer;
    private final Duration longestWait;
    private final Deque<Pending> queue = new ArrayDeque<>();
    private boolean led;

    /** @param writer settles each batch of a group; runs on one thread at a time */
    GroupCommit(Consumer<List<Pending>> writer, Duration longestWait) {
        this.writer = writer;
        this.longestWait = longestWait;
    }

    CommitResult submit(Pending pending) {
        boolean lead;
        synchronized (queue) {
            queue.add(pending);
            lead = !led;
            led = true;
        }
        if (lead || pending.awaitLead(this)) {
            lead();
        }
        return pending.outcome();
    }

    /** Puts batches in at once, one behind the other, and waits for the outcome of all. */
    void submitAll(List<Pending> all) {
        boolean lead;
        synchronized (queue) {
            queue.addAll(all);
            lead = !led && !all.isEmpty();
            led = led || lead;
        }
        if (lead) {
            lead();
        }
        for (Pending pending : all) {
            if (pending.awaitLead(this)) {
                lead();
            }
        }
    }

    private void lead() {
        List<Pending> group;
        synchronized (queue) {
            group = nextGroup();
        }
        try {
            writer.accept(group);
        } finally {
            group.forEach(Pending::finish);
            synchronized (queue) {
                led = !queue.isEmpty();
                if (led) {
                    queue.peek().turn.complete(true);
                }
            }
        }
    }

    private List<Pending> nextGroup() {
        List<Pending> group = new ArrayList<>();
        long bytes = 0;
        while (!queue.isEmpty() && group.size() < MOST_BATCHES && bytes < MOST_BYTES) {
            Pending next = queue.remove();
            bytes += next.bytes;
            group.add(next);
        }
        return group;
    }

    /** Takes back a batch that nobody has begun to write. */
    private boolean withdraw(Pending pending) {
        synchronized (queue) {
            return !pending.turn.isDone() && queue.remove(pending);
        }
    }

    /** One batch, from its caller to its outcome. */
    static final class Pending {
        private final Batch batch;
        private final OptionalLong index;
        private final long bytes;
        private final CompletableFuture<Boolean> turn = new CompletableFuture<>();
        private volatile CommitResult result;
        private volatile IllegalArgumentException error;
        private volatile long hash;

        /** @param index the log index to apply it as; empty for the next one */
        Pending(Batch batch, OptionalLong index) {
            this.batch = batch;
            this.index = index;
            this.bytes = batch.writes().values().stream()
                    .mapToLong(value -> value.map(v -> v.length).orElse(0))
                    .sum();
        }

        Batch batch() {
            return batch;
        }

        OptionalLong index() {
            return index;
        }

        long bytes() {
            return bytes;
        }

        void settle(CommitResult outcome) {
            result = outcome;
        }

        /** Of all batches up to this one, once it was applied. */
        long hash() {
            return hash;
        }

        void hash(long now) {
            hash = now;
        }

        void refuse(IllegalArgumentException wrongUse) {
            error = wrongUse;
        }

        boolean isRefused() {
            return error != null;
        }

        private void finish() {
            turn.complete(false);
        }

        /** Waits until another wrote this batch (false) or it is this caller's turn to write (true). */
        private boolean awaitLead(GroupCommit group) {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return turn.get(group.longestWait.toMillis(), TimeUnit.MILLISECONDS);
                    } catch (InterruptedException e) {
                        interrupted = true; // a commit cannot be called back: wait, and keep the flag for the caller
                    } catch (TimeoutException e) {
                        if (group.withdraw(this)) {
                            result = new CommitResult.Failed("store busy: no commit began within " + group.longestWait);
                            return false;
                        }
                        if (!turn.isDone()) {
                            result =
                                    new CommitResult.Unknown("store slow: no commit ended within " + group.longestWait);
                            return false;
                        }
                    } catch (ExecutionException e) {
                        throw new IllegalStateException(e);
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        CommitResult outcome() {
            if (error != null) {
                throw error;
            }
            return Optional.ofNullable(result)
                    .orElseGet(() -> new CommitResult.Unknown("store: the writer of this batch ended early"));
        }
    }
}
