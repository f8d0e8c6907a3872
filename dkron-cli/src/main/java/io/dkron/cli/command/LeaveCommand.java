package io.dkron.cli.command;

import io.dkron.agent.rpc.proto.LeaveRequest;
import io.dkron.agent.rpc.proto.LeaveResponse;
import io.dkron.agent.rpc.proto.MemberGrpc;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells a node to leave: it waits for its executions, up to its drain-timeout, and ends. */
@Command(name = "leave", description = "Tell a node to leave: it finishes what it runs, then ends.")
final class LeaveCommand implements Callable<Integer> {
    /** A little more than the longest drain: the node bounds it. */
    private static final int HOURS = 4;

    @Spec
    private CommandSpec spec;

    @Mixin
    private RpcTarget target;

    @Override
    public Integer call() {
        return target.ask(spec, (channel, node) -> {
            LeaveResponse answer = MemberGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(HOURS, TimeUnit.HOURS)
                    .leave(LeaveRequest.newBuilder().setReason("dkron leave").build());
            if (answer.getRefusal().isEmpty()) {
                spec.commandLine().getOut().println("the node at " + node + " leaves");
                return 0;
            }
            spec.commandLine().getErr().println("dkron: the node at " + node + " refuses: " + answer.getRefusal());
            return 1;
        });
    }
}
