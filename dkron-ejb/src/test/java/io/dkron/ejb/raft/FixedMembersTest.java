package io.dkron.ejb.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Peer;
import io.dkron.core.store.CommitResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixedMembersTest {
    @TempDir
    Path folder;

    private final List<TestServer> servers = new ArrayList<>();

    @AfterEach
    void stopAll() {
        servers.forEach(TestServer::close);
    }

    private void three() throws Exception {
        Map<String, Peer> gossip = TestPeers.nobody();
        List<GroupFile> files = new ArrayList<>();
        TreeMap<String, String> members = new TreeMap<>();
        for (String name : List.of("a", "b", "c")) {
            TestServer server = new TestServer(name, folder, gossip);
            servers.add(server);
            GroupFile file = GroupFile.open(server.data.resolve("raft"), name);
            members.put(file.state().raftId(), "127.0.0.1:" + server.raftPort);
            files.add(file);
        }
        files.forEach(file -> file.change(state -> state.in(GroupState.Phase.MEMBER, "test", 0, members)));
        servers.forEach(TestServer::start);
    }

    private TestServer leader() {
        await("one leader")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> servers.stream().filter(TestServer::leads).count() == 1);
        return servers.stream().filter(TestServer::leads).findFirst().orElseThrow();
    }

    @Test
    void whatIsCommittedIsAppliedByEachAndAnotherLeadsWhenTheLeaderIsKilled() throws Exception {
        three();
        TestServer first = leader();
        assertThat(first.put("k", "1")).isInstanceOf(CommitResult.Committed.class);
        for (TestServer server : servers) {
            await("copy")
                    .atMost(10, TimeUnit.SECONDS)
                    .until(() -> server.get("k").isPresent());
        }
        TestServer follower =
                servers.stream().filter(s -> s != first).findFirst().orElseThrow();
        CommitResult refused = follower.put("k", "2");
        assertThat(refused).isInstanceOf(CommitResult.Failed.class);
        assertThat(((CommitResult.Failed) refused).reason()).contains(first.name + "#");

        long killed = System.nanoTime();
        first.kill();
        TestServer second = leader();
        System.out.println("next leader after " + (System.nanoTime() - killed) / 1_000_000 + " ms");
        assertThat(second.put("k", "3")).isInstanceOf(CommitResult.Committed.class);
        assertThat(second.get("k")).contains("3");
    }
}
