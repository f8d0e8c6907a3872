package io.dkron.ejb.raft.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.ejb.raft.log.SegmentLog;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jgroups.JChannel;
import org.jgroups.protocols.SHARED_LOOPBACK;
import org.jgroups.protocols.SHARED_LOOPBACK_PING;
import org.jgroups.protocols.UNICAST3;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.protocols.pbcast.NAKACK2;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocols in real channels, with their threads; the network is one inside this process. */
class ChannelTest {
    private final List<Server> servers = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        servers.forEach(server -> server.channel.close());
    }

    @Test
    void aGroupElectsWritesLosesItsLeaderAndGoesOn() throws Exception {
        for (String id : List.of("a", "b", "c")) {
            servers.add(new Server(id, "a", "b", "c"));
        }
        Server first = leader();
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            answers.add(first.raft.propose(("e" + i).getBytes(UTF_8)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(60, SECONDS);
        await().atMost(10, SECONDS)
                .untilAsserted(
                        () -> servers.forEach(server -> assertThat(server.count).isEqualTo(2_000)));

        first.channel.close();
        servers.remove(first);
        Server second = leader();
        second.raft.propose("after".getBytes(UTF_8)).get(10, SECONDS);
        second.raft.barrier().get(10, SECONDS);

        await().atMost(10, SECONDS)
                .untilAsserted(() ->
                        servers.forEach(server -> assertThat(server.last.get()).isEqualTo("after")));
        assertThat(second.raft.currentTerm()).isGreaterThan(1);
        servers.forEach(server -> assertThat(server.raft.whyStopped()).isEmpty());
    }

    @Test
    void aGroupOfOneGrowsByALearner() throws Exception {
        servers.add(new Server("a", "a"));
        Server a = leader();
        a.raft.propose("x".getBytes(UTF_8)).get(10, SECONDS);
        Server b = new Server("b", "a");
        servers.add(b);
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(a.raft.progress())
                        .anySatisfy(progress -> assertThat(progress.behind()).isZero()));
        a.raft.addServer("b").get(10, SECONDS);
        a.raft.propose("y".getBytes(UTF_8)).get(10, SECONDS);
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(b.last.get()).isEqualTo("y"));
        assertThat(b.raft.members()).containsExactlyInAnyOrder("a", "b");
    }

    private Server leader() {
        return await().atMost(30, SECONDS)
                .until(
                        () -> servers.stream()
                                .filter(server -> server.raft.leads())
                                .findFirst(),
                        found -> found.isPresent())
                .orElseThrow();
    }

    private final class Server implements EntryApplier {
        final SafeRaft raft = new SafeRaft();
        final AtomicReference<String> last = new AtomicReference<>("");
        final JChannel channel;
        volatile long index;
        volatile long count;

        Server(String id, String... members) throws Exception {
            raft.log(SegmentLog.open(folder.resolve(id))).applier(this);
            raft.raftId(id).members(List.of(members));
            Protocol[] stack = {
                new SHARED_LOOPBACK().setBindAddress(InetAddress.getLoopbackAddress()),
                new SHARED_LOOPBACK_PING(),
                new NAKACK2().useMcastXmit(false),
                new UNICAST3(),
                new GMS().setJoinTimeout(1_000),
                new SafeElection(),
                raft
            };
            channel = new JChannel(stack).name(id);
            channel.connect("ChannelTest-" + folder.getFileName());
        }

        @Override
        public long applied() {
            return index;
        }

        @Override
        public byte[] apply(long at, long term, byte[] data, boolean internal) {
            index = at;
            if (!internal) {
                count++;
                last.set(new String(data, UTF_8));
            }
            return data;
        }
    }
}
