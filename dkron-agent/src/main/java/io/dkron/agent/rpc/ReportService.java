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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What a server does when members report. */
public final class ReportService extends ServerGrpc.ServerImplBase {
    private final BiFunction<String, List<RunReport>, Optional<String>> take;

    /** @param take is given the node and its results; says why it does not take them */
    public ReportService(BiFunction<String, List<RunReport>, Optional<String>> take) {
        this.take = Objects.requireNonNull(take, "take");
    }

    /**
     * Of a server in a cluster: refuses while it does not lead, and says who does.
     *
     * @param leader name of the node that leads by what this one knows; empty while there is none
     * @param leads whether that is this node
     */
    public ReportService(
            BooleanSupplier leads,
            Supplier<Optional<String>> leader,
            BiFunction<String, List<RunReport>, Optional<String>> take) {
        this((node, reports) -> leads.getAsBoolean()
                ? take.apply(node, reports)
                : Optional.of(leader.get()
                        .map(name -> "this server does not lead, " + name + " does")
                        .orElse("this server does not lead, and knows none that does")));
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
