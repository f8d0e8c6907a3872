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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
    }

    private final Group group;
    private final Duration timeout;

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
}
