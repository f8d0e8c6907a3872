package io.dkron.ejb.raft;

import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import io.dkron.core.store.StoreException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The store that all servers keep alike. A commit goes through the group's log and is applied to each server's own copy; it
 * succeeds on the leader only. Reads answer from the own copy: on the leader as new as its own commits, elsewhere as old as
 * the copy; {@link #barrier} makes either as new as the moment of the call. Safe for many threads.
 */
public final class ReplicatedStore implements Store {
    /** Most bytes of a batch. */
    private static final int LARGEST = 12 << 20;

    /** What the store needs of the group. */
    interface Group {
        /** The open channel; empty while there is none. */
        Optional<RaftMember> member();

        /** The own copy; empty before it was opened. */
        Optional<StoreMachine> machine();

        /** Why nothing can be committed here; empty when this server leads and takes work. */
        Optional<String> refusal();

        /** Why the copy cannot be trusted; empty when all is well. */
        Optional<String> broken();

        /** The index that the leader's barrier has, asked by RPC where another leads. */
        CompletionStage<Long> leadersBarrier();
    }

    private final Group group;
    private final Duration timeout;
    private final Coalesced<Long> barriers = new Coalesced<>(this::passBarrier);

    ReplicatedStore(Group group, Duration timeout) {
        this.group = Objects.requireNonNull(group, "group");
        this.timeout = Objects.requireNonNull(timeout, "timeout");
    }

    @Override
    public Optional<Entry> get(String key) {
        return copy().store().get(key);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        return copy().store().list(prefix, after, limit);
    }

    /**
     * Commits through the log. {@link CommitResult.Failed} when this server does not lead, naming who does;
     * {@link CommitResult.Unknown} when it lost the lead, or no majority answered, before it learned of the outcome.
     */
    @Override
    public CommitResult commit(Batch batch) {
        byte[] command = Commands.write(batch);
        if (command.length > LARGEST) {
            return new CommitResult.Failed("a batch of " + command.length + " bytes is larger than " + LARGEST);
        }
        CompletableFuture<byte[]> answer;
        try {
            answer = submit(command);
        } catch (StoreException e) {
            return new CommitResult.Failed(String.valueOf(e.getMessage()));
        }
        return await(answer);
    }

    @Override
    public Health health() {
        Optional<String> broken = group.broken();
        if (broken.isPresent()) {
            return Health.down(broken.get());
        }
        Optional<StoreMachine> machine = group.machine();
        if (machine.isEmpty()) {
            return Health.down("the store is not open yet");
        }
        Health own = machine.get().store().health();
        boolean led = group.member().flatMap(RaftMember::leader).isPresent();
        return own.up() && !led ? Health.down("no leader among the servers") : own;
    }

    /** The index of the newest entry applied here, 0 for none. */
    public long applied() {
        return group.machine().map(m -> m.position().index()).orElse(0L);
    }

    /** Completes with what is applied here, once that is at least this index; no later than the timeout says. */
    public CompletionStage<Long> awaitApplied(long index, Duration within) {
        return reached(index, within);
    }

    /**
     * Completes with an index once all that was committed anywhere before the call is applied here (a linearizable read).
     * On the leader by an entry of its own, one for all who ask at a time; elsewhere by asking the leader. Fails with
     * {@link StoreException} when there is no leader, or it takes longer than the timeout of a commit.
     */
    public CompletionStage<Long> barrier() {
        return barriers.ask().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Long> passBarrier() {
        if (group.member().filter(RaftMember::leads).isPresent()) {
            return leadersOwn();
        }
        return group.leadersBarrier()
                .thenCompose(index -> reached(index, timeout))
                .toCompletableFuture();
    }

    /** A barrier of this server as the leader. */
    CompletableFuture<Long> leadersOwn() {
        Optional<String> refusal = group.refusal();
        Optional<RaftMember> member = group.member();
        if (refusal.isPresent() || member.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new StoreException(refusal.orElse("this server is in no cluster now")));
        }
        return member.get().barrier().thenApply(done -> applied());
    }

    private CompletableFuture<Long> reached(long index, Duration within) {
        CompletableFuture<Long> reached;
        try {
            reached = copy().reached(index);
        } catch (StoreException e) {
            return CompletableFuture.failedFuture(e);
        }
        return reached.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<byte[]> submit(byte[] command) {
        Optional<String> refusal = group.refusal();
        if (refusal.isPresent()) {
            throw new StoreException(refusal.get());
        }
        return group.member()
                .orElseThrow(() -> new StoreException("this server is in no cluster now"))
                .submit(command);
    }

    private CommitResult await(CompletableFuture<byte[]> answer) {
        long until = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return Commands.result(answer.get(until - System.nanoTime(), TimeUnit.NANOSECONDS));
                } catch (InterruptedException e) {
                    interrupted = true; // a commit cannot be called back: wait, and keep the flag for the caller
                } catch (TimeoutException e) {
                    return new CommitResult.Unknown("no majority of the servers answered within " + timeout);
                } catch (ExecutionException e) {
                    return new CommitResult.Unknown("the lead was lost before the outcome was known: "
                            + e.getCause().getMessage());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private StoreMachine copy() {
        Optional<String> broken = group.broken();
        if (broken.isPresent()) {
            throw new StoreException(broken.get());
        }
        return group.machine().orElseThrow(() -> new StoreException("the store is not open yet"));
    }

    /** One question at a time: who asks while one is under way shares the next. */
    private static final class Coalesced<T> {
        private final Supplier<CompletableFuture<T>> question;
        private Optional<CompletableFuture<T>> next = Optional.empty();
        private boolean asking;

        Coalesced(Supplier<CompletableFuture<T>> question) {
            this.question = question;
        }

        CompletableFuture<T> ask() {
            CompletableFuture<T> mine;
            synchronized (this) {
                mine = next.orElseGet(CompletableFuture::new);
                next = Optional.of(mine);
                if (asking) {
                    return mine.copy();
                }
                asking = true;
            }
            go();
            return mine.copy();
        }

        private void go() {
            CompletableFuture<T> now;
            synchronized (this) {
                if (next.isEmpty()) {
                    asking = false;
                    return;
                }
                now = next.get();
                next = Optional.empty();
            }
            question.get().whenCompleteAsync((value, error) -> {
                if (error == null) {
                    now.complete(value);
                } else {
                    now.completeExceptionally(error);
                }
                go();
            });
        }
    }
}
