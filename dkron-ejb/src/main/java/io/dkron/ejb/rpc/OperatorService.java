package io.dkron.ejb.rpc;

import io.dkron.agent.rpc.MemberService;
import io.dkron.agent.rpc.proto.AcceptRollbackRequest;
import io.dkron.agent.rpc.proto.AcceptRollbackResponse;
import io.dkron.agent.rpc.proto.OperatorGrpc;
import io.dkron.agent.rpc.proto.PromoteRequest;
import io.dkron.agent.rpc.proto.PromoteResponse;
import io.dkron.agent.rpc.proto.RaftRequest;
import io.dkron.agent.rpc.proto.RaftResponse;
import io.dkron.agent.rpc.proto.RaftServer;
import io.dkron.agent.rpc.proto.RemovePeerRequest;
import io.dkron.agent.rpc.proto.RemovePeerResponse;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.ejb.service.ClusterService;
import io.dkron.ejb.service.RaftOperations;
import io.dkron.ejb.service.RaftOperations.Answer;
import io.dkron.ejb.service.RaftOperations.Change;
import io.dkron.ejb.service.StoreService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The Raft group and the store for the command line. Any server answers, whether it leads or not. */
public final class OperatorService extends OperatorGrpc.OperatorImplBase {
    private static final Logger LOG = System.getLogger(OperatorService.class.getName());

    private final ClusterService cluster;
    private final StoreService store;

    public OperatorService(ClusterService cluster, StoreService store) {
        this.cluster = Objects.requireNonNull(cluster, "cluster");
        this.store = Objects.requireNonNull(store, "store");
    }

    @Override
    public void raft(RaftRequest request, StreamObserver<RaftResponse> observer) {
        MemberService.answer(
                observer,
                () -> cluster.raft()
                        .map(raft -> message(raft.status()))
                        .orElseGet(() ->
                                RaftResponse.newBuilder().setRefusal(noRaft()).build()));
    }

    @Override
    public void removePeer(RemovePeerRequest request, StreamObserver<RemovePeerResponse> observer) {
        change(
                observer,
                raft -> raft.remove(request.getPeer()),
                refusal -> RemovePeerResponse.newBuilder().setRefusal(refusal).build());
    }

    @Override
    public void promote(PromoteRequest request, StreamObserver<PromoteResponse> observer) {
        change(
                observer,
                raft -> raft.promote(request.getPeer()),
                refusal -> PromoteResponse.newBuilder().setRefusal(refusal).build());
    }

    @Override
    public void acceptRollback(AcceptRollbackRequest request, StreamObserver<AcceptRollbackResponse> observer) {
        if (request.getId().isEmpty()) {
            observer.onError(Status.INVALID_ARGUMENT
                    .withDescription("the request needs an id")
                    .asRuntimeException());
            return;
        }
        store.acceptRollback(new Request(request.getId(), false)).thenAccept(outcome -> {
            AcceptRollbackResponse.Builder response = AcceptRollbackResponse.newBuilder();
            if (outcome instanceof Outcome.RollbackAccepted accepted) {
                response.setTerm(accepted.term());
            } else {
                response.setRefusal(refusal(outcome));
            }
            observer.onNext(response.build());
            observer.onCompleted();
        });
    }

    private static String refusal(Outcome outcome) {
        if (outcome instanceof Outcome.NotRolledBack) {
            return "this server did not find that the store went back in time; ask the one whose readiness says so";
        }
        return outcome instanceof Outcome.Unavailable unavailable ? unavailable.reason() : "nobody leads at present";
    }

    private <T> void change(
            StreamObserver<T> observer,
            Function<RaftOperations, CompletionStage<Answer>> change,
            Function<String, T> response) {
        CompletionStage<String> refusal = cluster.raft()
                .map(raft -> change.apply(raft).thenApply(OperatorService::refusal))
                .orElseGet(() -> CompletableFuture.completedFuture(noRaft()));
        refusal.whenComplete((text, failure) -> {
            if (failure != null) {
                LOG.log(Level.ERROR, "call of an operator failed", failure);
                observer.onError(
                        Status.INTERNAL.withDescription(failure.toString()).asRuntimeException());
                return;
            }
            observer.onNext(response.apply(text));
            observer.onCompleted();
        });
    }

    private static String refusal(Answer answer) {
        return answer.change() == Change.DONE ? "" : answer.detail();
    }

    private String noRaft() {
        return "there is no Raft group: store " + cluster.backend() + " has none";
    }

    private static RaftResponse message(RaftOperations.Status status) {
        RaftResponse.Builder message = RaftResponse.newBuilder()
                .setTerm(status.term())
                .setLeader(status.leader().orElse(""))
                .setCommit(status.commit());
        status.servers()
                .forEach(server -> message.addServers(RaftServer.newBuilder()
                        .setId(server.id())
                        .setNode(server.node())
                        .setAddress(server.address())
                        .setState(server.state())
                        .setVoter(server.voter())));
        return message.build();
    }
}
