package io.dkron.ejb.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.agent.rpc.MemberService;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.agent.run.Agent;
import io.dkron.agent.run.KeptJobs;
import io.dkron.agent.run.Listing;
import io.dkron.agent.run.OutputSlice;
import io.dkron.agent.run.RunAnswer;
import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.Member;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import io.dkron.ejb.live.OutputExtent;
import io.dkron.ejb.service.NodeOutputs;
import io.grpc.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A server reads outputs that lie on another node. */
class MemberOutputsTest {
    private static final byte[] PRINTED = "0123456789".getBytes(StandardCharsets.UTF_8);

    private final ScheduledThreadPoolExecutor workers = new ScheduledThreadPoolExecutor(4);
    private final RpcClients clients = new RpcClients(workers);
    private RpcServer server;
    private int port;
    private MemberOutputs outputs;

    @BeforeEach
    void start() {
        server = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(new MemberService(new Keeping(), reason -> Optional.empty())),
                workers);
        port = server.port();
        outputs = new MemberOutputs("s1", NodeOutputs.NONE, this::channel, System::nanoTime);
    }

    @AfterEach
    void stop() {
        server.close();
        clients.close();
        workers.shutdownNow();
    }

    private Optional<Channel> channel(String node) {
        Member member =
                new Member(node, node, "127.0.0.1", 1, port, false, new TreeMap<>(), MemberStatus.ALIVE, "journal");
        return node.equals("gone") ? Optional.empty() : Optional.of(clients.channel(RpcClients.address(member)));
    }

    private static Execution failed(String node, String cause) {
        return new Execution(
                new ExecutionId(17, node),
                new JobName("job1"),
                new RunKey("u", cause, node, 1),
                17,
                Trigger.MANUAL,
                Optional.empty(),
                Optional.empty(),
                ExecutionState.FAILED,
                Instant.EPOCH,
                Optional.of(Instant.EPOCH),
                "",
                false,
                OutputTail.EMPTY);
    }

    @Test
    @DisplayName("keep_logs: a server reads what an agent keeps: how much there is, why it failed, and any part")
    void anOutputKeptByAnotherNodeIsRead() {
        Execution kept = failed("a1", "kept");
        assertThat(outputs.extent(kept)).contains(new OutputExtent(2, 10, "exit status 3"));
        assertThat(outputs.read(kept, 4, 3)).hasValueSatisfying(chunk -> {
            assertThat(chunk.offset()).isEqualTo(4);
            assertThat(chunk.bytes()).isEqualTo("456".getBytes(StandardCharsets.UTF_8));
        });
        assertThat(outputs.extent(failed("a1", "unknown"))).isEmpty();
        assertThat(outputs.extent(failed("gone", "kept"))).isEmpty();
        server.close();
        assertThat(outputs.extent(kept)).isEmpty();
    }

    /** An agent that keeps the output of one run, without its first two bytes. */
    private static final class Keeping implements Agent {
        @Override
        public Optional<OutputSlice> output(RunKey key, long from, int limit) {
            int start = (int) Math.max(2, from);
            byte[] part = Arrays.copyOfRange(PRINTED, start, Math.min(PRINTED.length, start + limit));
            return key.cause().equals("kept")
                    ? Optional.of(new OutputSlice(start, part, PRINTED.length, true, "exit status 3"))
                    : Optional.empty();
        }

        @Override
        public List<RunAnswer> run(Fence fence, List<RunOrder> orders) {
            throw new AssertionError("not asked");
        }

        @Override
        public Optional<String> cancel(Fence fence, Collection<RunKey> keys) {
            throw new AssertionError("not asked");
        }

        @Override
        public Listing list(Fence fence) {
            throw new AssertionError("not asked");
        }

        @Override
        public void acknowledge(Collection<RunKey> keys) {
            throw new AssertionError("not asked");
        }

        @Override
        public KeptJobs keptLogs(Fence fence, Collection<String> drop) {
            throw new AssertionError("not asked");
        }
    }
}
