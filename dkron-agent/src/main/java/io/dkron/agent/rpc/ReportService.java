package io.dkron.agent.rpc;

import io.dkron.agent.rpc.proto.ReportRequest;
import io.dkron.agent.rpc.proto.ReportResponse;
import io.dkron.agent.rpc.proto.ServerGrpc;
import io.dkron.core.execution.RunReport;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/** What a server does when members report. */
public final class ReportService extends ServerGrpc.ServerImplBase {
    private final BiFunction<String, List<RunReport>, Optional<String>> take;

    /** @param take is given the node and its results; says why it does not take them */
    public ReportService(BiFunction<String, List<RunReport>, Optional<String>> take) {
        this.take = Objects.requireNonNull(take, "take");
    }

    @Override
    public void report(ReportRequest request, StreamObserver<ReportResponse> observer) {
        MemberService.answer(
                observer,
                () -> ReportResponse.newBuilder()
                        .setRefusal(take.apply(
                                        request.getNode(),
                                        request.getReportsList().stream()
                                                .map(Messages::report)
                                                .toList())
                                .orElse(""))
                        .build());
    }
}
