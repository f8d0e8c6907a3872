package io.dkron.ejb.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dkron.agent.rpc.proto.ForwardAnswer;
import io.dkron.agent.rpc.proto.ForwardGrpc;
import io.dkron.agent.rpc.proto.ForwardIndexRequest;
import io.dkron.agent.rpc.proto.ForwardIndexResponse;
import io.dkron.agent.rpc.proto.ForwardPart;
import io.dkron.agent.rpc.proto.ForwardRequest;
import io.dkron.core.engine.Outcome;
import io.dkron.core.problem.InvalidInputException;
import io.dkron.ejb.service.LeaderRoute;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What a server does when another one forwards: asks its own engine, and never anybody else. Safe for many threads. */
public final class ForwardService extends ForwardGrpc.ForwardImplBase {
    private static final Logger LOG = System.getLogger(ForwardService.class.getName());

    private final LeaderRoute engine;
    private final LongSupplier index;
    private final Supplier<CompletionStage<OptionalLong>> confirmed;

    /**
     * @param engine of this node, asked once; answers {@link Outcome.NoLeader} while it does not lead
     * @param index of what this node's read model shows
     * @param confirmed that index, after this node made sure that it leads; empty where it does not
     */
    public ForwardService(LeaderRoute engine, LongSupplier index, Supplier<CompletionStage<OptionalLong>> confirmed) {
        this.engine = Objects.requireNonNull(engine, "engine");
        this.index = Objects.requireNonNull(index, "index");
        this.confirmed = Objects.requireNonNull(confirmed, "confirmed");
    }

    @Override
    public StreamObserver<ForwardPart> ask(StreamObserver<ForwardPart> answer) {
        return new Asking(answer);
    }

    @Override
    public void index(ForwardIndexRequest request, StreamObserver<ForwardIndexResponse> observer) {
        confirmed.get().thenAccept(at -> {
            observer.onNext(ForwardIndexResponse.newBuilder()
                    .setLeads(at.isPresent())
                    .setIndex(at.orElse(0))
                    .build());
            observer.onCompleted();
        });
    }

    /** One request as it comes in. */
    private final class Asking implements StreamObserver<ForwardPart> {
        private final StreamObserver<ForwardPart> answer;
        private final MessageParts parts = new MessageParts();
        private boolean refused;

        Asking(StreamObserver<ForwardPart> answer) {
            this.answer = answer;
        }

        @Override
        public void onNext(ForwardPart part) {
            if (refused) {
                return;
            }
            try {
                parts.add(part);
            } catch (IllegalArgumentException e) {
                refuse(Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()));
            }
        }

        @Override
        public void onCompleted() {
            if (refused) {
                return;
            }
            try {
                ForwardRequest request = ForwardRequest.parseFrom(parts.whole());
                engine.ask(RequestMessages.request(request), RequestMessages.event(request))
                        .thenAccept(this::answered);
            } catch (InvalidProtocolBufferException | IllegalArgumentException | InvalidInputException e) {
                refuse(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
            }
        }

        @Override
        public void onError(Throwable gone) {
            LOG.log(Level.DEBUG, "a request was not forwarded to its end", gone); // nothing was asked yet
        }

        private void answered(Outcome outcome) {
            try {
                ForwardAnswer message = AnswerMessages.of(outcome, index.getAsLong());
                MessageParts.send(message, answer);
                answer.onCompleted();
            } catch (StatusRuntimeException | IllegalStateException e) {
                LOG.log(Level.DEBUG, "the server that asked is gone; it asks again", e);
            } catch (RuntimeException e) {
                LOG.log(
                        Level.ERROR,
                        "answer not sent outcome=" + outcome.getClass().getSimpleName(),
                        e);
                answer.onError(Status.INTERNAL.withDescription(e.toString()).asRuntimeException());
            }
        }

        private void refuse(Status status) {
            refused = true;
            answer.onError(status.asRuntimeException());
        }
    }
}
