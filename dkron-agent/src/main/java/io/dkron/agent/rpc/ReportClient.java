package io.dkron.agent.rpc;

import io.dkron.agent.report.ReportChannel;
import io.dkron.agent.rpc.proto.ReportRequest;
import io.dkron.agent.rpc.proto.ReportResponse;
import io.dkron.agent.rpc.proto.ServerGrpc;
import io.dkron.core.execution.RunReport;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Reports to a server over the network. */
public final class ReportClient implements ReportChannel {
    private final String node;
    private final Supplier<Optional<Channel>> server;
    private final Duration deadline;

    /** @param server the one to report to now; empty when none is known */
    public ReportClient(String node, Supplier<Optional<Channel>> server, Duration deadline) {
        this.node = Objects.requireNonNull(node, "node");
        this.server = Objects.requireNonNull(server, "server");
        this.deadline = Objects.requireNonNull(deadline, "deadline");
    }

    @Override
    public CompletionStage<Optional<String>> deliver(List<RunReport> reports) {
        CompletableFuture<Optional<String>> failure = new CompletableFuture<>();
        Optional<Channel> channel = server.get();
        if (channel.isEmpty()) {
            failure.complete(Optional.of("no server is known"));
            return failure;
        }
        ReportRequest.Builder request = ReportRequest.newBuilder().setNode(node);
        reports.forEach(report -> request.addReports(Messages.of(report)));
        ServerGrpc.newStub(channel.get())
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .report(request.build(), new StreamObserver<ReportResponse>() {
                    @Override
                    public void onNext(ReportResponse response) {
                        failure.complete(Optional.of(response.getRefusal()).filter(r -> !r.isEmpty()));
                    }

                    @Override
                    public void onError(Throwable error) {
                        failure.complete(Optional.of(String.valueOf(error.getMessage())));
                    }

                    @Override
                    public void onCompleted() {
                        failure.complete(Optional.of("the server answered nothing"));
                    }
                });
        return failure;
    }
}
