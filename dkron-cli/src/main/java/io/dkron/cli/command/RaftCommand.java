package io.dkron.cli.command;

import io.dkron.agent.rpc.proto.OperatorGrpc;
import io.dkron.agent.rpc.proto.OperatorGrpc.OperatorBlockingStub;
import io.dkron.agent.rpc.proto.PromoteRequest;
import io.dkron.agent.rpc.proto.RaftRequest;
import io.dkron.agent.rpc.proto.RaftResponse;
import io.dkron.agent.rpc.proto.RaftServer;
import io.dkron.agent.rpc.proto.RemovePeerRequest;
import io.dkron.cli.print.TextTable;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dkron raft}: the servers that replicate the embedded store, as an operator sees and changes them. */
@Command(
        name = "raft",
        description = "See and change the Raft group of the servers with the embedded store.",
        subcommands = {RaftCommand.ListPeers.class, RaftCommand.RemovePeer.class, RaftCommand.Promote.class})
final class RaftCommand implements Callable<Integer> {
    private static final int SECONDS = 60;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return 0;
    }

    private static OperatorBlockingStub operator(Channel channel) {
        return OperatorGrpc.newBlockingStub(channel).withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
    }

    /** Says what came of it. @param refusal empty when it is done */
    private static int told(CommandSpec spec, String refusal, String done) {
        if (refusal.isEmpty()) {
            spec.commandLine().getOut().println(done);
            return 0;
        }
        spec.commandLine().getErr().println("dkron: " + refusal);
        return 1;
    }

    /** {@code dkron raft list-peers}. */
    @Command(name = "list-peers", description = "List the servers of the group.")
    static final class ListPeers implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private RpcTarget target;

        @Override
        public Integer call() {
            return target.ask(spec, (channel, node) -> {
                RaftResponse group = operator(channel).raft(RaftRequest.getDefaultInstance());
                return told(spec, group.getRefusal(), group.getRefusal().isEmpty() ? table(group) : "");
            });
        }

        private static String table(RaftResponse group) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("Node", "ID", "Address", "State", "Voter"));
            for (RaftServer server : group.getServersList()) {
                rows.add(List.of(
                        server.getNode().isEmpty() ? "(unknown)" : server.getNode(),
                        server.getId(),
                        server.getAddress(),
                        server.getState(),
                        Boolean.toString(server.getVoter())));
            }
            return TextTable.of(rows);
        }
    }

    /** {@code dkron raft remove-peer}. */
    @Command(name = "remove-peer", description = "Remove a server from the group, for good.")
    static final class RemovePeer implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private RpcTarget target;

        @Option(
                names = "--peer-id",
                required = true,
                paramLabel = "<id>",
                description = "the server to remove: its node name or its ID")
        private String peer;

        @Override
        public Integer call() {
            return target.ask(
                    spec,
                    (channel, node) -> told(
                            spec,
                            operator(channel)
                                    .removePeer(RemovePeerRequest.newBuilder()
                                            .setPeer(peer)
                                            .build())
                                    .getRefusal(),
                            "peer " + peer + " removed"));
        }
    }

    /** {@code dkron raft promote}. */
    @Command(name = "promote", description = "Hand the lead to a server of the group.")
    static final class Promote implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @Mixin
        private RpcTarget target;

        @Option(
                names = "--peer-id",
                required = true,
                paramLabel = "<id>",
                description = "the server that shall lead: its node name or its ID")
        private String peer;

        @Override
        public Integer call() {
            return target.ask(
                    spec,
                    (channel, node) -> told(
                            spec,
                            operator(channel)
                                    .promote(PromoteRequest.newBuilder()
                                            .setPeer(peer)
                                            .build())
                                    .getRefusal(),
                            "the lead was handed to " + peer));
        }
    }
}
