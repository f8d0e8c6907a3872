package io.dkron.ejb.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dkron.agent.rpc.Sending;
import io.dkron.agent.rpc.proto.ForwardAnswer;
import io.dkron.agent.rpc.proto.ForwardGrpc;
import io.dkron.agent.rpc.proto.ForwardIndexRequest;
import io.dkron.agent.rpc.proto.ForwardIndexResponse;
import io.dkron.agent.rpc.proto.ForwardPart;
import io.dkron.agent.rpc.proto.ForwardRequest;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.problem.InvalidInputException;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks another server as the one that leads. Calls return at once and complete within their time. Safe for many threads. */
final class ForwardClient {
    /** How an attempt ended. */
    sealed interface Tried {
        /** @param index of the leader's copy, which holds what the outcome says */
        record Answered(Outcome outcome, long index) implements Tried {}

        /** Nothing was done: nobody was reached, or the one that was does not lead. */
        record NotDone(String reason) implements Tried {}

        /** It may be done or not. */
        record Lost(String reason) implements Tried {}
    }

    private final ScheduledExecutorService later;

    ForwardClient(ScheduledExecutorService later) {
        this.later = Objects.requireNonNull(later, "later");
    }

    /**
     * Sends a request.
     *
     * @param answered within which the answer must come
     * @param sent within which a connection must be there
     */
    CompletionStage<Tried> ask(Channel channel, Event.Asked asked, Duration answered, Duration sent) {
        Sending sending = new Sending();
        CompletableFuture<Tried> tried = new CompletableFuture<>();
        ForwardRequest request = RequestMessages.of(asked);
        StreamObserver<ForwardPart> parts = ForwardGrpc.newStub(channel)
                .withDeadlineAfter(answered.toMillis(), TimeUnit.MILLISECONDS)
                .withInterceptors(sending)
                .ask(new Answer(tried, sending));
        try {
            Future<?> limit = later.schedule(
                    () -> cancelUnlessSent(parts, sending, tried), sent.toMillis(), TimeUnit.MILLISECONDS);
            tried.whenComplete((ended, error) -> limit.cancel(false));
            MessageParts.send(request, parts);
            parts.onCompleted();
        } catch (IllegalStateException | RejectedExecutionException e) { // the call has failed, or the node stops
            tried.complete(failed(sending, e.toString()));
        }
        return tried;
    }

    /** Asks how far the leader's copy is; empty where that is not to be had. */
    CompletionStage<OptionalLong> index(Channel channel, Duration within) {
        CompletableFuture<OptionalLong> index = new CompletableFuture<>();
        ForwardGrpc.newStub(channel)
                .withDeadlineAfter(within.toMillis(), TimeUnit.MILLISECONDS)
                .index(ForwardIndexRequest.getDefaultInstance(), new StreamObserver<ForwardIndexResponse>() {
                    @Override
                    public void onNext(ForwardIndexResponse response) {
                        index.complete(
                                response.getLeads() ? OptionalLong.of(response.getIndex()) : OptionalLong.empty());
                    }

                    @Override
                    public void onError(Throwable error) {
                        index.complete(OptionalLong.empty());
                    }

                    @Override
                    public void onCompleted() {
                        index.complete(OptionalLong.empty());
                    }
                });
        return index;
    }

    private static void cancelUnlessSent(
            StreamObserver<ForwardPart> parts, Sending sending, CompletableFuture<Tried> tried) {
        if (!tried.isDone() && !sending.begun()) {
            ((ClientCallStreamObserver<ForwardPart>) parts).cancel("no connection", null);
        }
    }

    private static Tried failed(Sending sending, String reason) {
        return sending.begun() ? new Tried.Lost(reason) : new Tried.NotDone(reason);
    }

    /** What comes back. */
    private static final class Answer implements StreamObserver<ForwardPart> {
        private final CompletableFuture<Tried> tried;
        private final Sending sending;
        private final MessageParts parts = new MessageParts();

        Answer(CompletableFuture<Tried> tried, Sending sending) {
            this.tried = tried;
            this.sending = sending;
        }

        @Override
        public void onNext(ForwardPart part) {
            parts.add(part); // thrown, it ends the call with an error
        }

        @Override
        public void onError(Throwable error) {
            String reason = String.valueOf(error.getMessage());
            // Refused at the door: the leader's services never saw it.
            boolean refused = Status.fromThrowable(error).getCode() == Status.Code.UNAUTHENTICATED;
            tried.complete(refused ? new Tried.NotDone(reason) : failed(sending, reason));
        }

        @Override
        public void onCompleted() {
            tried.complete(read());
        }

        private Tried read() {
            try {
                ForwardAnswer answer = ForwardAnswer.parseFrom(parts.whole());
                Optional<Outcome> outcome = AnswerMessages.outcome(answer);
                return outcome.isPresent()
                        ? new Tried.Answered(outcome.get(), answer.getIndex())
                        : new Tried.NotDone("the server that was asked does not lead");
            } catch (InvalidProtocolBufferException | IllegalArgumentException | InvalidInputException e) {
                return new Tried.Lost("the leader's answer cannot be read: " + e.getMessage());
            }
        }
    }
}
