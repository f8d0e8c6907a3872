package io.dkron.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.agent.rpc.RpcSecurity;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.agent.rpc.proto.OperatorGrpc;
import io.dkron.agent.rpc.proto.PromoteRequest;
import io.dkron.agent.rpc.proto.PromoteResponse;
import io.dkron.agent.rpc.proto.RaftRequest;
import io.dkron.agent.rpc.proto.RaftResponse;
import io.dkron.agent.rpc.proto.RaftServer;
import io.dkron.agent.rpc.proto.RemovePeerRequest;
import io.dkron.agent.rpc.proto.RemovePeerResponse;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RaftCommandTest {
    private static final String KEY = "kPpdjphiipNSsjd4QHWbkA==";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Group group = new Group();

    /** A server with a group of two, of which one is known by name. */
    private static final class Group extends OperatorGrpc.OperatorImplBase {
        private String refusal = "";
        private String asked = "";

        @Override
        public void raft(RaftRequest request, StreamObserver<RaftResponse> observer) {
            observer.onNext(RaftResponse.newBuilder()
                    .setRefusal(refusal)
                    .addServers(server("s1#4711", "s1", "127.0.0.1:8947", "leader", true))
                    .addServers(server("s2#1", "", "127.0.0.2:8947", "failed", false))
                    .build());
            observer.onCompleted();
        }

        private static RaftServer server(String id, String node, String address, String state, boolean voter) {
            return RaftServer.newBuilder()
                    .setId(id)
                    .setNode(node)
                    .setAddress(address)
                    .setState(state)
                    .setVoter(voter)
                    .build();
        }

        @Override
        public void removePeer(RemovePeerRequest request, StreamObserver<RemovePeerResponse> observer) {
            asked = "remove " + request.getPeer();
            observer.onNext(RemovePeerResponse.newBuilder().setRefusal(refusal).build());
            observer.onCompleted();
        }

        @Override
        public void promote(PromoteRequest request, StreamObserver<PromoteResponse> observer) {
            asked = "promote " + request.getPeer();
            observer.onNext(PromoteResponse.newBuilder().setRefusal(refusal).build());
            observer.onCompleted();
        }
    }

    private int run(List<BindableService> services, String... arguments) {
        return run(services, RpcSecurity.NONE, arguments);
    }

    private int run(List<BindableService> services, RpcSecurity security, String... arguments) {
        try (RpcServer server =
                RpcServer.start(new InetSocketAddress("127.0.0.1", 0), services, ForkJoinPool.commonPool(), security)) {
            return run(server.port(), arguments);
        }
    }

    private int run(int port, String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--rpc-addr=127.0.0.1:" + port;
        return executed(all);
    }

    private int executed(String... arguments) {
        CommandLine line = DkronCommand.line();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    @Test
    void theServersStandInATable() {
        assertThat(run(List.of(group), "raft", "list-peers")).as(err.toString()).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "Node       ID       Address         State   Voter",
                        "s1         s1#4711  127.0.0.1:8947  leader  true",
                        "(unknown)  s2#1     127.0.0.2:8947  failed  false");
    }

    @Test
    void withAnExternalStoreItSaysThatThereIsNoRaft() {
        group.refusal = "there is no Raft group: store etcd has none";
        assertThat(run(List.of(group), "raft", "list-peers")).isEqualTo(1);
        assertThat(err.toString()).contains("no Raft group", "etcd");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aPeerIsRemovedOrTheReasonIsTold() {
        assertThat(run(List.of(group), "raft", "remove-peer", "--peer-id", "s2#1"))
                .isZero();
        assertThat(group.asked).isEqualTo("remove s2#1");
        assertThat(out.toString()).contains("s2#1 removed");
        group.refusal = "id \"x\" was not found in the Raft configuration";
        assertThat(run(List.of(group), "raft", "remove-peer", "--peer-id=x")).isEqualTo(1);
        assertThat(err.toString()).contains(group.refusal);
    }

    @Test
    void theLeadIsHandedOver() {
        assertThat(run(List.of(group), "raft", "promote", "--peer-id", "s2")).isZero();
        assertThat(group.asked).isEqualTo("promote s2");
    }

    @Test
    void aMissingPeerAnAgentAndASilentAddressAreTold() {
        assertThat(run(1, "raft", "remove-peer")).isEqualTo(1);
        assertThat(err.toString()).contains("--peer-id", "dkron raft remove-peer --help");
        assertThat(run(List.of(), "raft", "list-peers")).isEqualTo(1);
        assertThat(err.toString()).contains("no server");
        assertThat(run(1, "raft", "list-peers")).isEqualTo(1);
        assertThat(err.toString()).contains("nobody answers at 127.0.0.1:1");
    }

    @Test
    void theClustersKeyOpensTheDoorAndNoOtherDoes() {
        RpcSecurity asked = RpcSecurity.of(Optional.empty(), KEY);
        assertThat(run(List.of(group), asked, "raft", "list-peers", "--encrypt", KEY))
                .as(err.toString())
                .isZero();
        assertThat(run(List.of(group), asked, "raft", "list-peers")).isEqualTo(1);
        assertThat(err.toString()).contains("refuses the call", "--encrypt");
        assertThat(run(1, "raft", "list-peers", "--encrypt=c2hvcnQ=")).isEqualTo(1);
        assertThat(err.toString()).contains("--encrypt: must be 16, 24 or 32 bytes in base64");
        assertThat(run(1, "raft", "list-peers", "--trusted-ca-file=/nowhere/ca.pem"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("/nowhere/ca.pem");
    }

    @Test
    void anAddressMayBeATemplate() {
        String loopback =
                "--rpc-addr={{ GetAllInterfaces | include \"address\" \"^127.0.0.1$\" | attr \"address\" }}:1";
        assertThat(executed("raft", "list-peers", loopback)).isEqualTo(1);
        assertThat(err.toString()).contains("nobody answers at 127.0.0.1:1");
        assertThat(executed("raft", "list-peers", "--rpc-addr={{ GetNothing }}"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("--rpc-addr: ", "GetNothing");
    }
}
