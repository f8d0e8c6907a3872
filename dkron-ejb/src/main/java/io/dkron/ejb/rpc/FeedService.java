package io.dkron.ejb.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.dkron.agent.rpc.proto.FeedBatch;
import io.dkron.agent.rpc.proto.FeedGrpc;
import io.dkron.agent.rpc.proto.FeedMessage;
import io.dkron.agent.rpc.proto.FeedPart;
import io.dkron.agent.rpc.proto.FeedRequest;
import io.dkron.agent.rpc.proto.FeedWrite;
import io.dkron.core.store.Batch;
import io.dkron.ejb.lease.SharedCopy;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;

/**
 * Tells other servers what this one commits while it leads. One that cannot keep up is sent away, and begins anew by
 * reading the store. Safe for many threads.
 */
public final class FeedService extends FeedGrpc.FeedImplBase {
    private static final int PART = 1 << 20;
    private static final long MOST_WAITING = 64L << 20;

    private final SharedCopy copy;
    private long newest; // guarded by this
    private ByteString message = ByteString.EMPTY; // guarded by this: of that position

    public FeedService(SharedCopy copy) {
        this.copy = Objects.requireNonNull(copy, "copy");
    }

    @Override
    public void follow(FeedRequest request, StreamObserver<FeedPart> observer) {
        Stream stream = new Stream((ServerCallStreamObserver<FeedPart>) observer);
        if (!copy.follow(stream)) {
            stream.end("this server does not lead");
        }
    }

    /** Written once for all who follow. */
    private synchronized ByteString written(long position, Batch batch, long version) {
        if (position != newest) {
            newest = position;
            message = message(position, batch, version).toByteString();
        }
        return message;
    }

    private static FeedMessage message(long position, Batch batch, long version) {
        FeedBatch.Builder message = FeedBatch.newBuilder().setVersion(version);
        batch.writes().forEach((key, value) -> {
            FeedWrite.Builder write = FeedWrite.newBuilder().setKey(key);
            value.ifPresent(bytes -> write.setValue(UnsafeByteOperations.unsafeWrap(bytes)));
            message.addWrites(write);
        });
        return FeedMessage.newBuilder().setPosition(position).setBatch(message).build();
    }

    /** One server that follows. What it is told waits here while its connection is full. */
    private final class Stream implements SharedCopy.Follower {
        private final ServerCallStreamObserver<FeedPart> observer;
        private final Deque<ByteString> waiting = new ArrayDeque<>(); // guarded by this
        private long bytes; // guarded by this
        private int sent; // guarded by this: of the first that waits
        private boolean ended; // guarded by this

        private Stream(ServerCallStreamObserver<FeedPart> observer) {
            this.observer = observer;
            observer.setOnReadyHandler(this::send);
            observer.setOnCancelHandler(this::gone);
        }

        @Override
        public void begin(long position) {
            add(FeedMessage.newBuilder().setPosition(position).build().toByteString());
        }

        @Override
        public void applied(long position, Batch batch, long version) {
            add(written(position, batch, version));
        }

        @Override
        public synchronized void end(String reason) {
            close(Optional.of(Status.FAILED_PRECONDITION.withDescription(reason)));
        }

        private synchronized void add(ByteString whole) {
            if (ended) {
                return;
            }
            if (bytes + whole.size() > MOST_WAITING && !waiting.isEmpty()) {
                copy.unfollow(this);
                close(Optional.of(Status.RESOURCE_EXHAUSTED.withDescription(
                        "more than " + MOST_WAITING + " bytes wait: read the store anew")));
                return;
            }
            waiting.add(whole);
            bytes += whole.size();
            send();
        }

        private synchronized void send() {
            while (!ended && observer.isReady() && !waiting.isEmpty()) {
                ByteString whole = waiting.getFirst();
                int end = Math.min(whole.size(), sent + PART);
                boolean last = end == whole.size();
                observer.onNext(FeedPart.newBuilder()
                        .setBytes(whole.substring(sent, end))
                        .setLast(last)
                        .build());
                sent = last ? 0 : end;
                if (last) {
                    waiting.removeFirst();
                    bytes -= whole.size();
                }
            }
        }

        private void close(Optional<Status> why) {
            if (!ended) {
                ended = true;
                waiting.clear();
                why.ifPresent(status -> observer.onError(status.asRuntimeException()));
            }
        }

        private void gone() {
            copy.unfollow(this);
            synchronized (this) {
                close(Optional.empty());
            }
        }
    }
}
