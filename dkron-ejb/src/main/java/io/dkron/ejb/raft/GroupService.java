package io.dkron.ejb.raft;

import io.dkron.agent.rpc.proto.GroupAboutRequest;
import io.dkron.agent.rpc.proto.GroupAboutResponse;
import io.dkron.agent.rpc.proto.GroupAdmitRequest;
import io.dkron.agent.rpc.proto.GroupAdmitResponse;
import io.dkron.agent.rpc.proto.GroupChangeRequest;
import io.dkron.agent.rpc.proto.GroupChangeResponse;
import io.dkron.agent.rpc.proto.GroupFetchPart;
import io.dkron.agent.rpc.proto.GroupFetchRequest;
import io.dkron.agent.rpc.proto.GroupFoundRequest;
import io.dkron.agent.rpc.proto.GroupFoundResponse;
import io.dkron.agent.rpc.proto.GroupGrpc;
import io.dkron.ejb.raft.StateImages.Image;
import io.dkron.ejb.service.RaftOperations.Answer;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What a server of the group answers to the others. */
final class GroupService extends GroupGrpc.GroupImplBase {
    private static final Logger LOG = System.getLogger(GroupService.class.getName());

    /** What stands behind the answers. */
    interface Host {
        /** Empty while the server starts. */
        Optional<GroupAboutResponse> about();

        GroupFoundResponse found(GroupFoundRequest request);

        GroupAdmitResponse admit(GroupAdmitRequest request);

        CompletionStage<Answer> remove(String server);

        CompletionStage<Answer> promote(String server);

        /** @throws IOException when this server gives no state now */
        Image image(String cluster) throws IOException;
    }

    private final Host host;

    GroupService(Host host) {
        this.host = Objects.requireNonNull(host, "host");
    }

    @Override
    public void about(GroupAboutRequest request, StreamObserver<GroupAboutResponse> observer) {
        Optional<GroupAboutResponse> about = host.about();
        if (about.isEmpty()) {
            observer.onError(
                    Status.UNAVAILABLE.withDescription("the server starts").asRuntimeException());
            return;
        }
        answer(observer, about::get);
    }

    @Override
    public void found(GroupFoundRequest request, StreamObserver<GroupFoundResponse> observer) {
        answer(observer, () -> host.found(request));
    }

    @Override
    public void admit(GroupAdmitRequest request, StreamObserver<GroupAdmitResponse> observer) {
        answer(observer, () -> host.admit(request));
    }

    @Override
    public void removeServer(GroupChangeRequest request, StreamObserver<GroupChangeResponse> observer) {
        change(observer, host.remove(request.getServer()));
    }

    @Override
    public void promoteServer(GroupChangeRequest request, StreamObserver<GroupChangeResponse> observer) {
        change(observer, host.promote(request.getServer()));
    }

    @Override
    public void fetch(GroupFetchRequest request, StreamObserver<GroupFetchPart> observer) {
        ServerCallStreamObserver<GroupFetchPart> out = (ServerCallStreamObserver<GroupFetchPart>) observer;
        try {
            ImageSending sending = new ImageSending(host.image(request.getCluster()), out, request.getRaftId());
            out.setOnReadyHandler(sending::go);
            out.setOnCancelHandler(sending::gone);
            sending.go();
        } catch (IOException e) {
            LOG.log(Level.INFO, "state not given to={0} reason={1}", request.getRaftId(), e.getMessage());
            out.onNext(GroupFetchPart.newBuilder()
                    .setRefusal(String.valueOf(e.getMessage()))
                    .build());
            out.onCompleted();
        }
    }

    private static void change(StreamObserver<GroupChangeResponse> observer, CompletionStage<Answer> change) {
        change.whenComplete((answer, failure) -> {
            if (failure != null) {
                observer.onError(
                        Status.INTERNAL.withDescription(failure.toString()).asRuntimeException());
                return;
            }
            observer.onNext(GroupChangeResponse.newBuilder()
                    .setChange(answer.change().name())
                    .setDetail(answer.detail())
                    .build());
            observer.onCompleted();
        });
    }

    private static <T> void answer(StreamObserver<T> observer, Supplier<T> answer) {
        T message;
        try {
            message = answer.get();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "call of a server failed", e);
            observer.onError(Status.INTERNAL.withDescription(e.toString()).asRuntimeException());
            return;
        }
        observer.onNext(message);
        observer.onCompleted();
    }
}
