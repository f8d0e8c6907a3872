package io.dkron.agent.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.dkron.agent.rpc.proto.AcknowledgeRequest;
import io.dkron.agent.rpc.proto.AcknowledgeResponse;
import io.dkron.agent.rpc.proto.CancelRequest;
import io.dkron.agent.rpc.proto.CancelResponse;
import io.dkron.agent.rpc.proto.KeptLogsRequest;
import io.dkron.agent.rpc.proto.KeptLogsResponse;
import io.dkron.agent.rpc.proto.KnownRun;
import io.dkron.agent.rpc.proto.LeaveRequest;
import io.dkron.agent.rpc.proto.LeaveResponse;
import io.dkron.agent.rpc.proto.ListRequest;
import io.dkron.agent.rpc.proto.ListResponse;
import io.dkron.agent.rpc.proto.MemberGrpc;
import io.dkron.agent.rpc.proto.OutputRequest;
import io.dkron.agent.rpc.proto.OutputResponse;
import io.dkron.agent.rpc.proto.RunRequest;
import io.dkron.agent.rpc.proto.RunResponse;
import io.dkron.agent.run.Agent;
import io.dkron.agent.run.KeptJobs;
import io.dkron.agent.run.Listing;
import io.dkron.agent.run.RunAnswer;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a member does when it is called: translates, and asks its agent. */
public final class MemberService extends MemberGrpc.MemberImplBase {
    /** Most bytes of output in one answer. */
    public static final int MOST_OUTPUT = 1 << 20;

    private static final Logger LOG = System.getLogger(MemberService.class.getName());

    private final Agent agent;
    private final Function<String, Optional<String>> leave;

    /** @param leave begins to leave for a reason, and says why not if not */
    public MemberService(Agent agent, Function<String, Optional<String>> leave) {
        this.agent = Objects.requireNonNull(agent, "agent");
        this.leave = Objects.requireNonNull(leave, "leave");
    }

    @Override
    public void run(RunRequest request, StreamObserver<RunResponse> observer) {
        answer(observer, () -> {
            RunResponse.Builder response = RunResponse.newBuilder();
            for (RunAnswer answer : agent.run(
                    Messages.fence(request.getFence()),
                    request.getOrdersList().stream().map(Messages::order).toList())) {
                response.addAnswers(io.dkron.agent.rpc.proto.RunAnswer.newBuilder()
                        .setKey(Messages.of(answer.key()))
                        .setAccepted(answer.accepted())
                        .setOtherJournal(answer.kind() == RunAnswer.Kind.OTHER_JOURNAL)
                        .setDetail(answer.detail()));
            }
            return response.build();
        });
    }

    @Override
    public void cancel(CancelRequest request, StreamObserver<CancelResponse> observer) {
        answer(
                observer,
                () -> CancelResponse.newBuilder()
                        .setRefusal(agent.cancel(
                                        Messages.fence(request.getFence()),
                                        request.getKeysList().stream()
                                                .map(Messages::key)
                                                .toList())
                                .orElse(""))
                        .build());
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> observer) {
        answer(observer, () -> {
            Listing listing = agent.list(Messages.fence(request.getFence()));
            ListResponse.Builder response =
                    ListResponse.newBuilder().setRefusal(listing.refusal()).addAllJournals(listing.journals());
            listing.seen().map(Messages::of).ifPresent(response::setSeen);
            listing.runs()
                    .forEach(run -> response.addRuns(
                            KnownRun.newBuilder().setKey(Messages.of(run.key())).setEnded(run.ended())));
            return response.build();
        });
    }

    @Override
    public void acknowledge(AcknowledgeRequest request, StreamObserver<AcknowledgeResponse> observer) {
        answer(observer, () -> {
            agent.acknowledge(request.getKeysList().stream().map(Messages::key).toList());
            return AcknowledgeResponse.getDefaultInstance();
        });
    }

    @Override
    public void output(OutputRequest request, StreamObserver<OutputResponse> observer) {
        answer(
                observer,
                () -> agent.output(
                                Messages.key(request.getKey()),
                                request.getFrom(),
                                Math.max(0, Math.min(request.getLimit(), MOST_OUTPUT)))
                        .map(slice -> OutputResponse.newBuilder()
                                .setKnown(true)
                                .setFrom(slice.from())
                                .setBytes(UnsafeByteOperations.unsafeWrap(slice.bytes()))
                                .setSize(slice.size())
                                .setEnded(slice.ended())
                                .setError(slice.error())
                                .build())
                        .orElse(OutputResponse.getDefaultInstance()));
    }

    @Override
    public void keptLogs(KeptLogsRequest request, StreamObserver<KeptLogsResponse> observer) {
        answer(observer, () -> {
            KeptJobs kept = agent.keptLogs(Messages.fence(request.getFence()), Set.copyOf(request.getDropList()));
            return KeptLogsResponse.newBuilder()
                    .setRefusal(kept.refusal())
                    .addAllJobs(kept.jobs())
                    .build();
        });
    }

    @Override
    public void leave(LeaveRequest request, StreamObserver<LeaveResponse> observer) {
        answer(
                observer,
                () -> LeaveResponse.newBuilder()
                        .setRefusal(leave.apply(request.getReason()).orElse(""))
                        .build());
    }

    /** Answers a call; a bad message is the caller's fault, anything else is logged here. */
    public static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T value;
        try {
            value = work.get();
        } catch (IllegalArgumentException e) {
            observer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
            return;
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "call failed", e);
            observer.onError(Status.INTERNAL.withDescription(e.toString()).asRuntimeException());
            return;
        }
        observer.onNext(value);
        observer.onCompleted();
    }
}
