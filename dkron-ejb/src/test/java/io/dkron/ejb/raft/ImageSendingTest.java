package io.dkron.ejb.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.agent.rpc.proto.GroupAboutResponse;
import io.dkron.agent.rpc.proto.GroupAdmitRequest;
import io.dkron.agent.rpc.proto.GroupAdmitResponse;
import io.dkron.agent.rpc.proto.GroupFetchPart;
import io.dkron.agent.rpc.proto.GroupFetchRequest;
import io.dkron.agent.rpc.proto.GroupFoundRequest;
import io.dkron.agent.rpc.proto.GroupFoundResponse;
import io.dkron.agent.rpc.proto.GroupGrpc;
import io.dkron.agent.rpc.proto.GroupGrpc.GroupBlockingStub;
import io.dkron.ejb.raft.StateImages.Image;
import io.dkron.ejb.raft.log.SnapshotReference;
import io.dkron.ejb.service.RaftOperations.Answer;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State that goes to another server over a real connection. */
class ImageSendingTest {
    /** Many times what a connection holds. */
    private static final int SIZE = (24 << 20) + 7;

    @TempDir
    Path folder;

    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final RpcClients clients = new RpcClients(workers);
    private final byte[] state = new byte[SIZE];
    private Path file;
    private RpcServer rpc;
    private GroupBlockingStub leader;

    @BeforeEach
    void start() throws IOException {
        file = folder.resolve("image");
        new Random(5).nextBytes(state);
        Files.write(file, state);
        rpc = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(new GroupService(new Giver())),
                workers);
        leader = GroupGrpc.newBlockingStub(
                        clients.channel(new InetSocketAddress(InetAddress.getLoopbackAddress(), rpc.port())))
                .withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        clients.close();
        rpc.close();
        workers.shutdownNow();
    }

    @Test
    void anImageOfAnySizeArrivesWholeAndIsRemoved() throws IOException {
        Iterator<GroupFetchPart> parts = fetch("cluster");
        GroupFetchPart head = parts.next();
        assertThat(head.getIndex()).isEqualTo(9);
        assertThat(head.getMembersList()).containsExactly("a", "b");
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        while (parts.hasNext()) {
            parts.next().getBytes().writeTo(received);
        }
        assertThat(received.toByteArray()).isEqualTo(state);
        await().atMost(10, TimeUnit.SECONDS).until(() -> !Files.exists(file));
    }

    @Test
    void aReceiverThatGoesAwayLeavesNothingBehind() {
        Iterator<GroupFetchPart> parts = leader.withDeadlineAfter(1, TimeUnit.SECONDS)
                .fetch(GroupFetchRequest.newBuilder().setCluster("cluster").build());
        parts.next(); // and reads no more
        await().atMost(20, TimeUnit.SECONDS).until(() -> !Files.exists(file));
        assertThatThrownBy(() -> parts.forEachRemaining(part -> {})).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void aRefusalSaysWhy() {
        assertThat(fetch("another").next().getRefusal()).isEqualTo("no such cluster");
    }

    private Iterator<GroupFetchPart> fetch(String cluster) {
        return leader.fetch(GroupFetchRequest.newBuilder().setCluster(cluster).build());
    }

    private final class Giver implements GroupService.Host {
        @Override
        public Optional<GroupAboutResponse> about() {
            return Optional.empty();
        }

        @Override
        public GroupFoundResponse found(GroupFoundRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public GroupAdmitResponse admit(GroupAdmitRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Answer> remove(String server) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Answer> promote(String server) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Image image(String cluster) throws IOException {
            if (!cluster.equals("cluster")) {
                throw new IOException("no such cluster");
            }
            return new Image(file, new SnapshotReference(9, 2, List.of("a", "b"), ""));
        }
    }
}
