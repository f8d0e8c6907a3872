package io.dkron.cli.command;

import io.dkron.agent.rpc.proto.LeaveRequest;
import io.dkron.agent.rpc.proto.LeaveResponse;
import io.dkron.agent.rpc.proto.MemberGrpc;
import io.dkron.core.config.HostPort;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells a node to leave: it waits for its executions, up to its drain-timeout, and ends. */
@Command(name = "leave", description = "Tell a node to leave: it finishes what it runs, then ends.")
final class LeaveCommand implements Callable<Integer> {
    private static final int PORT = 6868;
    /** A little more than the longest drain: the node bounds it. */
    private static final int HOURS = 4;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rpc-addr",
            paramLabel = "<address>",
            defaultValue = "127.0.0.1:6868",
            description = "the node's RPC address (default 127.0.0.1:6868)")
    private String address;

    @Override
    public Integer call() throws InterruptedException {
        HostPort target = HostPort.parse(address, PORT)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--rpc-addr: must be host:port, not \"" + address + "\""));
        ManagedChannel channel = NettyChannelBuilder.forAddress(target.host(), target.port())
                .usePlaintext()
                .build();
        try {
            LeaveResponse answer = MemberGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(HOURS, TimeUnit.HOURS)
                    .leave(LeaveRequest.newBuilder().setReason("dkron leave").build());
            if (answer.getRefusal().isEmpty()) {
                spec.commandLine().getOut().println("the node at " + target + " leaves");
                return 0;
            }
            spec.commandLine().getErr().println("dkron: the node at " + target + " refuses: " + answer.getRefusal());
        } catch (StatusRuntimeException e) {
            String detail = e.getStatus().getDescription();
            spec.commandLine()
                    .getErr()
                    .println("dkron: --rpc-addr " + target + ": "
                            + (detail == null ? e.getStatus().getCode() : detail)
                            + "; is a node running there?");
        } finally {
            channel.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
        }
        return 1;
    }
}
