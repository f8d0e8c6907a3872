package io.dkron.ejb.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Peer;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.LocalStore;
import io.dkron.ejb.raft.protocol.SlowVotes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsTest {
    @TempDir
    Path folder;

    private final Map<String, Peer> gossip = TestPeers.nobody();
    private final List<TestServer> servers = new ArrayList<>();

    @AfterEach
    void stopAll() {
        servers.forEach(TestServer::close);
    }

    private void three(UnaryOperator<LocalStore> disks) {
        for (String name : List.of("a", "b", "c")) {
            TestServer server = new TestServer(name, folder, gossip).expecting(3);
            server.disk = disks;
            servers.add(server.start());
        }
        allThere();
    }

    /** Two may elect a leader before the third is there; with one of the two at fault there were no majority. */
    private void allThere() {
        for (TestServer server : servers) {
            await("all at " + server.name)
                    .atMost(30, TimeUnit.SECONDS)
                    .until(() -> server.group()
                                    .conductor()
                                    .member()
                                    .map(member -> member.present().size())
                                    .orElse(0)
                            == 3);
        }
    }

    private TestServer leader() {
        await("one leader")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> servers.stream().filter(TestServer::leads).count() == 1);
        return servers.stream().filter(TestServer::leads).findFirst().orElseThrow();
    }

    private TestServer follower(TestServer leader) {
        return servers.stream().filter(s -> s != leader).findFirst().orElseThrow();
    }

    private static boolean stopped(TestServer server) {
        return server.told.stream().anyMatch(news -> news.startsWith("stopped"));
    }

    /** A disk whose answers to batches can be changed, for each server by itself. */
    private static UnaryOperator<LocalStore> disk(
            Map<LocalStore, AtomicBoolean> switches, UnaryOperator<LocalStore.Settled> change) {
        return store -> {
            AtomicBoolean on = new AtomicBoolean();
            switches.put(store, on);
            return (LocalStore) Proxy.newProxyInstance(
                    LocalStore.class.getClassLoader(),
                    new Class<?>[] {LocalStore.class},
                    (proxy, method, arguments) -> {
                        Object answer;
                        try {
                            answer = method.invoke(store, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                        if (on.get() && answer instanceof List<?> list) {
                            return list.stream()
                                    .map(each -> change.apply((LocalStore.Settled) each))
                                    .toList();
                        }
                        return answer;
                    });
        };
    }

    @Test
    void p8AServerThatCannotApplyStopsAndTheOthersGoOn() {
        Map<LocalStore, AtomicBoolean> switches = new ConcurrentHashMap<>();
        three(disk(
                switches,
                settled -> new LocalStore.Settled(new CommitResult.Failed("the disk is full"), settled.hash())));
        TestServer leader = leader();
        TestServer full = follower(leader);
        assertThat(leader.put("a", "1")).isInstanceOf(CommitResult.Committed.class);
        switches.get(full.local.orElseThrow()).set(true);
        assertThat(leader.put("b", "1")).isInstanceOf(CommitResult.Committed.class);
        await().atMost(20, TimeUnit.SECONDS).until(() -> stopped(full));
        assertThat(full.group().trouble()).isPresent().get().asString().contains("the disk is full");
        assertThat(full.store().health().up()).isFalse();
        othersCommit(full);
    }

    @Test
    void p8AFollowerWhoseStoreDiffersFromTheLeadersStops() {
        Map<LocalStore, AtomicBoolean> switches = new ConcurrentHashMap<>();
        three(disk(switches, settled -> new LocalStore.Settled(settled.result(), settled.hash() + 1)));
        TestServer leader = leader();
        TestServer wrong = follower(leader);
        assertThat(leader.put("a", "1")).isInstanceOf(CommitResult.Committed.class);
        switches.get(wrong.local.orElseThrow()).set(true);
        assertThat(leader.put("b", "1")).isInstanceOf(CommitResult.Committed.class);
        await().atMost(20, TimeUnit.SECONDS).until(() -> stopped(wrong));
        assertThat(wrong.group().trouble()).isPresent().get().asString().contains("differs from the leader's");
        othersCommit(wrong);
    }

    /** One of them leads, perhaps after an election. */
    private void othersCommit(TestServer stopped) {
        await("a commit without " + stopped.name)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> servers.stream()
                        .filter(server -> server != stopped)
                        .anyMatch(server -> server.put("c", "1") instanceof CommitResult.Committed));
    }

    @Test
    void aLeaderThatNobodyHearsGivesUpThoughItIsInEveryView() {
        Map<String, Gag> gags = new ConcurrentHashMap<>();
        for (String name : List.of("a", "b", "c")) {
            TestServer server = new TestServer(name, folder, gossip).expecting(3);
            server.wire = () -> List.of(gags.computeIfAbsent(name, n -> new Gag()));
            servers.add(server.start());
        }
        allThere();
        TestServer gagged = leader();
        assertThat(gagged.put("a", "1")).isInstanceOf(CommitResult.Committed.class);
        gags.get(gagged.name).mute();
        gags.get(gagged.name).deaf = true;
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> gagged.group().trouble().orElse("").contains("no majority answered it for 3 s"));
        assertThat(gagged.member().present()).as("the view").hasSize(3);
        TestServer next = leader();
        assertThat(next).isNotSameAs(gagged);
        assertThat(next.put("b", "1")).isInstanceOf(CommitResult.Committed.class);
        gags.get(gagged.name).mute = false;
        gags.get(gagged.name).deaf = false;
        await().atMost(20, TimeUnit.SECONDS).until(() -> gagged.get("b").isPresent());
        assertThat(gagged.group().trouble()).isEmpty();
    }

    @Test
    void twoWhoseDisksAreSlowerThanTheirTurnsElectOneOfThem() {
        for (String name : List.of("a", "b", "c")) {
            TestServer server = new TestServer(name, folder, gossip).expecting(3);
            server.wire = () -> List.of(new SlowVotes(Duration.ofMillis(300)));
            servers.add(server.start());
        }
        allThere();
        TestServer killed = leader();
        assertThat(killed.put("a", "1")).isInstanceOf(CommitResult.Committed.class);
        killed.kill();
        TestServer next = leader();
        assertThat(next.put("b", "1")).isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void aLeaderWithoutAMajorityCommitsNothingAndSaysSo() {
        three(store -> store);
        TestServer leader = leader();
        assertThat(leader.put("a", "1")).isInstanceOf(CommitResult.Committed.class);
        servers.stream().filter(s -> s != leader).forEach(TestServer::kill);
        CommitResult result = leader.put("b", "1");
        assertThat(result).isInstanceOfAny(CommitResult.Unknown.class, CommitResult.Failed.class);
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> leader.group().trouble().orElse("").contains("1 of 3 are there, 2 are needed"));
        CommitResult later = leader.put("c", "1");
        assertThat(later).isInstanceOf(CommitResult.Failed.class);
        assertThat(leader.group().confirm()).isFalse();
        servers.stream().filter(s -> s != leader).forEach(TestServer::start);
        assertThat(leader().put("d", "1")).isInstanceOf(CommitResult.Committed.class);
    }
}
