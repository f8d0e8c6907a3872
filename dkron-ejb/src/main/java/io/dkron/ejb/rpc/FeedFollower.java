package io.dkron.ejb.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.dkron.agent.rpc.proto.FeedGrpc;
import io.dkron.agent.rpc.proto.FeedMessage;
import io.dkron.agent.rpc.proto.FeedPart;
import io.dkron.agent.rpc.proto.FeedRequest;
import io.dkron.agent.rpc.proto.FeedWrite;
import io.dkron.core.store.Batch;
import io.dkron.core.store.StoreException;
import io.dkron.ejb.lease.SharedCopy;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Follows whoever leads, for as long as that is another server, and begins anew with the next one. Until a leader is known,
 * what the store holds is read once, so that reads answer. {@link #run} takes a thread.
 */
public final class FeedFollower implements Runnable {
    private static final Logger LOG = System.getLogger(FeedFollower.class.getName());
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int UNTIL_HOURS = 24;

    private final SharedCopy copy;
    private final Supplier<Optional<Channel>> leader;
    private final Object change = new Object();
    private volatile boolean stopped;

    /** @param leader the connection to the server that leads; empty where none is known, or where it is this one */
    public FeedFollower(SharedCopy copy, Supplier<Optional<Channel>> leader) {
        this.copy = Objects.requireNonNull(copy, "copy");
        this.leader = Objects.requireNonNull(leader, "leader");
    }

    @Override
    public void run() {
        Thread.currentThread().setName("dkron-feed");
        long begun = System.nanoTime();
        try {
            while (!stopped) {
                Optional<Channel> channel = leader.get();
                if (channel.isPresent() && !copy.leads()) {
                    follow(channel.get());
                } else if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    load();
                }
                pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the node stops
        }
    }

    public void stop() {
        stopped = true;
        changed();
    }

    /** Looks again soon: another may lead. */
    public void changed() {
        synchronized (change) {
            change.notifyAll();
        }
    }

    private void pause() throws InterruptedException {
        synchronized (change) {
            if (!stopped) {
                change.wait(LOOK.toMillis());
            }
        }
    }

    private void load() {
        try {
            copy.load();
        } catch (StoreException e) {
            LOG.log(Level.DEBUG, "the store is not read yet", e);
        }
    }

    private void follow(Channel channel) throws InterruptedException {
        Stream stream = new Stream();
        FeedGrpc.newStub(channel)
                .withDeadlineAfter(UNTIL_HOURS, TimeUnit.HOURS)
                .follow(FeedRequest.getDefaultInstance(), stream);
        while (!stream.over(LOOK)) {
            if (stopped || copy.leads() || !leader.get().equals(Optional.of(channel))) {
                stream.cancel();
                return;
            }
        }
    }

    /** What one leader tells, on gRPC's threads, one call at a time. */
    private final class Stream implements ClientResponseObserver<FeedRequest, FeedPart> {
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private final CompletableFuture<ClientCallStreamObserver<FeedRequest>> call = new CompletableFuture<>();
        private ByteString parts = ByteString.EMPTY;

        @Override
        public void beforeStart(ClientCallStreamObserver<FeedRequest> started) {
            call.complete(started);
        }

        /** {@inheritDoc} Thrown, an error ends the call. */
        @Override
        public void onNext(FeedPart part) {
            parts = parts.concat(part.getBytes());
            if (part.getLast()) {
                ByteString whole = parts;
                parts = ByteString.EMPTY;
                told(whole);
            }
        }

        private void told(ByteString whole) {
            try {
                FeedMessage message = FeedMessage.parseFrom(whole);
                if (!message.hasBatch()) {
                    copy.begun(message.getPosition());
                    return;
                }
                Batch batch = new Batch();
                for (FeedWrite write : message.getBatch().getWritesList()) {
                    if (write.hasValue()) {
                        batch.put(write.getKey(), write.getValue().toByteArray());
                    } else {
                        batch.delete(write.getKey());
                    }
                }
                copy.told(message.getPosition(), batch, message.getBatch().getVersion());
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("what the leader tells cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public void onError(Throwable error) {
            LOG.log(Level.DEBUG, "the leader tells nothing more", error);
            end.complete(String.valueOf(error.getMessage()));
        }

        @Override
        public void onCompleted() {
            end.complete("ended");
        }

        private boolean over(Duration within) throws InterruptedException {
            try {
                end.get(within.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e); // it only completes
            }
        }

        private void cancel() {
            call.thenAccept(started -> started.cancel("another leads", null));
        }
    }
}
