package io.dkron.agent.rpc;

import io.dkron.agent.rpc.proto.AcknowledgeRequest;
import io.dkron.agent.rpc.proto.CancelRequest;
import io.dkron.agent.rpc.proto.KeptLogsRequest;
import io.dkron.agent.rpc.proto.KeptLogsResponse;
import io.dkron.agent.rpc.proto.ListRequest;
import io.dkron.agent.rpc.proto.ListResponse;
import io.dkron.agent.rpc.proto.MemberGrpc;
import io.dkron.agent.rpc.proto.OutputRequest;
import io.dkron.agent.rpc.proto.OutputResponse;
import io.dkron.agent.rpc.proto.RunRequest;
import io.dkron.agent.rpc.proto.RunResponse;
import io.dkron.agent.run.KeptJobs;
import io.dkron.agent.run.Listing;
import io.dkron.agent.run.OutputSlice;
import io.dkron.agent.run.RunAnswer;
import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A member reached over the network. Calls return at once and end within the deadline. Safe for many threads. */
public final class RemoteMember {
    /**
     * A call that got no answer.
     *
     * @param handedOver whether it may have reached the member: its effect is then unknown (protocol P11)
     */
    public record Failure(boolean handedOver, String reason) {}

    /** An answer, or why there is none. */
    public record Reply<T>(Optional<T> answer, Optional<Failure> failure) {
        public Reply {
            if (answer.isPresent() == failure.isPresent()) {
                throw new IllegalArgumentException("either an answer or a failure");
            }
        }
    }

    private final Channel channel;
    private final Duration deadline;

    public RemoteMember(Channel channel, Duration deadline) {
        this.channel = Objects.requireNonNull(channel, "channel");
        this.deadline = Objects.requireNonNull(deadline, "deadline");
    }

    public CompletionStage<Reply<List<RunAnswer>>> run(Fence fence, List<RunOrder> orders) {
        RunRequest.Builder request = RunRequest.newBuilder().setFence(Messages.of(fence));
        orders.forEach(order -> request.addOrders(Messages.of(order)));
        return call(
                (stub, observer) -> stub.run(request.build(), observer),
                (RunResponse response) -> response.getAnswersList().stream()
                        .map(a -> new RunAnswer(Messages.key(a.getKey()), kind(a), a.getDetail()))
                        .toList());
    }

    private static RunAnswer.Kind kind(io.dkron.agent.rpc.proto.RunAnswer answer) {
        if (answer.getAccepted()) {
            return RunAnswer.Kind.ACCEPTED;
        }
        return answer.getOtherJournal() ? RunAnswer.Kind.OTHER_JOURNAL : RunAnswer.Kind.REFUSED;
    }

    /** The answer holds why the member refuses, or is empty. */
    public CompletionStage<Reply<String>> cancel(Fence fence, Collection<RunKey> keys) {
        CancelRequest.Builder request = CancelRequest.newBuilder().setFence(Messages.of(fence));
        keys.forEach(key -> request.addKeys(Messages.of(key)));
        return call(
                (stub, observer) -> stub.cancel(request.build(), observer),
                (io.dkron.agent.rpc.proto.CancelResponse response) -> response.getRefusal());
    }

    public CompletionStage<Reply<Listing>> list(Fence fence) {
        ListRequest request =
                ListRequest.newBuilder().setFence(Messages.of(fence)).build();
        return call(
                (stub, observer) -> stub.list(request, observer),
                (ListResponse response) -> new Listing(
                        response.getRefusal(),
                        response.hasSeen() ? Optional.of(Messages.fence(response.getSeen())) : Optional.empty(),
                        response.getJournalsList(),
                        response.getRunsList().stream()
                                .map(r -> new Listing.Known(Messages.key(r.getKey()), r.getEnded()))
                                .toList()));
    }

    public CompletionStage<Reply<Boolean>> acknowledge(Collection<RunKey> keys) {
        AcknowledgeRequest.Builder request = AcknowledgeRequest.newBuilder();
        keys.forEach(key -> request.addKeys(Messages.of(key)));
        return call(
                (stub, observer) -> stub.acknowledge(request.build(), observer),
                (io.dkron.agent.rpc.proto.AcknowledgeResponse response) -> true);
    }

    /** The answer is empty when the member does not have the run. */
    public CompletionStage<Reply<Optional<OutputSlice>>> output(RunKey key, long from, int limit) {
        OutputRequest request = OutputRequest.newBuilder()
                .setKey(Messages.of(key))
                .setFrom(from)
                .setLimit(limit)
                .build();
        return call(
                (stub, observer) -> stub.output(request, observer),
                (OutputResponse response) -> response.getKnown()
                        ? Optional.of(new OutputSlice(
                                response.getFrom(),
                                response.getBytes().toByteArray(),
                                response.getSize(),
                                response.getEnded(),
                                response.getError()))
                        : Optional.empty());
    }

    /** See {@link io.dkron.agent.run.Agent#keptLogs}. */
    public CompletionStage<Reply<KeptJobs>> keptLogs(Fence fence, Collection<String> drop) {
        KeptLogsRequest request = KeptLogsRequest.newBuilder()
                .setFence(Messages.of(fence))
                .addAllDrop(drop)
                .build();
        return call(
                (stub, observer) -> stub.keptLogs(request, observer),
                (KeptLogsResponse response) -> new KeptJobs(response.getRefusal(), Set.copyOf(response.getJobsList())));
    }

    private <M, T> CompletionStage<Reply<T>> call(
            BiConsumer<MemberGrpc.MemberStub, StreamObserver<M>> call, Function<M, T> read) {
        Sending sending = new Sending();
        CompletableFuture<Reply<T>> reply = new CompletableFuture<>();
        call.accept(
                MemberGrpc.newStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                        .withInterceptors(sending),
                new StreamObserver<M>() {
                    @Override
                    public void onNext(M value) {
                        reply.complete(new Reply<>(Optional.of(read.apply(value)), Optional.empty()));
                    }

                    @Override
                    public void onError(Throwable error) {
                        // Refused at the door: the member's services never saw it.
                        boolean refused = Status.fromThrowable(error).getCode() == Status.Code.UNAUTHENTICATED;
                        reply.complete(new Reply<>(
                                Optional.empty(),
                                Optional.of(
                                        new Failure(sending.begun() && !refused, String.valueOf(error.getMessage())))));
                    }

                    @Override
                    public void onCompleted() {
                        reply.complete(new Reply<>(
                                Optional.empty(), Optional.of(new Failure(true, "the member answered nothing"))));
                    }
                });
        return reply;
    }
}
