package io.dkron.ejb.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.Peer;
import io.dkron.agent.rpc.proto.GroupFoundRequest;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.ServerProcess;
import io.dkron.ejb.service.RaftOperations;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
    @TempDir
    Path folder;

    private final Map<String, Peer> gossip = TestPeers.nobody();
    private final List<TestServer> servers = new ArrayList<>();

    @AfterEach
    void stopAll() {
        servers.forEach(TestServer::close);
    }

    private TestServer server(String name) {
        TestServer made = new TestServer(name, folder, gossip);
        servers.add(made);
        return made;
    }

    private TestServer leader() {
        await("one leader")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> servers.stream().filter(TestServer::leads).count() == 1);
        return servers.stream().filter(TestServer::leads).findFirst().orElseThrow();
    }

    private void voters(TestServer at, int count) {
        await(count + " voters")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> at.group().operations().status().servers().stream()
                                .filter(RaftOperations.Server::voter)
                                .count()
                        == count);
    }

    private static void committed(CommitResult result) {
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
    }

    private void copied(String key) {
        for (TestServer server : servers) {
            if (server.local.isPresent()) {
                await("copy at " + server.name)
                        .atMost(20, TimeUnit.SECONDS)
                        .until(() -> server.get(key).isPresent());
            }
        }
    }

    @Test
    void p22GrowsFromOneToThreeAndShrinksToOneByLeaving() {
        TestServer a = server("a").start();
        await().atMost(20, TimeUnit.SECONDS).until(a::leads);
        committed(a.put("one", "1"));
        TestServer b = server("b").joining().start();
        voters(a, 2);
        committed(a.put("two", "2"));
        TestServer c = server("c").joining().start();
        voters(a, 3);
        committed(a.put("three", "3"));
        copied("three");

        assertThat(a.group().leave()).isEqualTo(new RaftOperations.Answer(RaftOperations.Change.DONE, ""));
        a.stop();
        gossip.remove("a");
        TestServer next = leader();
        voters(next, 2);
        committed(next.put("four", "4"));
        TestServer other = next == b ? c : b;
        assertThat(other.group().leave().change()).isEqualTo(RaftOperations.Change.DONE);
        other.stop();
        gossip.remove(other.name);
        voters(next, 1);
        committed(next.put("five", "5"));
    }

    @Test
    void p22TheLeadIsHandedToAServerThatIsUpToDate() throws Exception {
        TestServer a = server("a").start();
        await().atMost(20, TimeUnit.SECONDS).until(a::leads);
        TestServer b = server("b").joining().start();
        voters(a, 2);
        RaftOperations.Answer answer =
                b.group().operations().promote("b").toCompletableFuture().get(20, TimeUnit.SECONDS);
        assertThat(answer).isEqualTo(new RaftOperations.Answer(RaftOperations.Change.DONE, ""));
        await().atMost(10, TimeUnit.SECONDS).until(b::leads);
        committed(b.put("k", "1"));
        assertThat(b.group().confirm()).isTrue();
        assertThat(a.group().confirm()).isFalse();
        await().atMost(10, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(a.get("k")).contains("1"));
    }

    @Tag("F38")
    @Test
    void serversThatExpectEachOtherBeginOneCluster() {
        for (String name : List.of("a", "b", "c")) {
            server(name).expecting(3);
        }
        servers.get(0).start();
        servers.get(1).start();
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> servers.get(0).group().trouble().orElse("").contains("2 of the 3"));
        servers.get(2).start();
        TestServer leader = leader();
        committed(leader.put("k", "1"));
        copied("k");
        assertThat(servers.stream().map(s -> s.group().clusterId()).distinct()).hasSize(1);
    }

    @Tag("F34")
    @Test
    void p10AllServersComeBackWithOtherAddressesAndNothingIsAppliedTwice() {
        for (String name : List.of("a", "b", "c")) {
            server(name).expecting(3).start();
        }
        TestServer first = leader();
        for (int i = 0; i < 20; i++) {
            committed(first.put("k" + i, "v"));
        }
        copied("k19");
        servers.forEach(TestServer::stop);
        servers.forEach(server -> gossip.remove(server.name));
        for (TestServer server : servers) {
            server.raftPort = ServerProcess.freePort();
            server.rpcPort = ServerProcess.freePort();
        }
        servers.get(0).start();
        await().atMost(10, TimeUnit.SECONDS)
                .until(() -> servers.get(0).group().trouble().orElse("").contains("1 of 3"));
        servers.get(1).start();
        servers.get(2).start();
        TestServer second = leader();
        committed(second.put("after", "v"));
        copied("after");
        assertThat(servers).allSatisfy(server -> assertThat(server.applied).hasSize(1));
    }

    @Test
    void p10AnEmptyDiskIsANewServerAndTheOldOneIsRemovedFirst() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            server(name).expecting(3).start();
        }
        TestServer leader = leader();
        committed(leader.put("k", "1"));
        copied("k");
        TestServer lost = servers.stream().filter(s -> s != leader).findFirst().orElseThrow();
        String oldId = lost.group().raftId().orElseThrow();
        lost.kill();
        Folders.delete(lost.data);
        lost.expect = 0;
        lost.joining().start();
        await("the new one counts, the old one does not")
                .atMost(40, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(leader.group().operations().status().servers())
                                .filteredOn(RaftOperations.Server::voter)
                                .extracting(RaftOperations.Server::id)
                                .hasSize(3)
                                .doesNotContain(oldId)
                                .contains(lost.group().raftId().orElseThrow()));
        await().atMost(10, TimeUnit.SECONDS).until(() -> lost.get("k").isPresent());
    }

    @Test
    void p22AServerThatDiesBeforeItCaughtUpBlocksNobody() {
        TestServer a = server("a").start();
        await().atMost(20, TimeUnit.SECONDS).until(a::leads);
        TestServer b = server("b").joining();
        b.wire = () -> List.of(new Gag().mute());
        b.start();
        await("both in one channel")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> a.member().present().size() == 2);
        await("two turns of the leader")
                .during(1200, TimeUnit.MILLISECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> a.member().voters().size() == 1);
        b.kill();
        committed(a.put("k", "1"));

        b.wire = List::of;
        b.start();
        voters(a, 2);
        committed(a.put("l", "1"));
        await().atMost(10, TimeUnit.SECONDS).until(() -> b.get("l").isPresent());
    }

    @Test
    void p22AServerThatGossipForgotIsRemovedButNeverBelowThree() {
        for (String name : List.of("a", "b", "c", "d")) {
            server(name).expecting(4).start();
        }
        TestServer leader = leader();
        committed(leader.put("k", "1"));
        List<TestServer> others = servers.stream().filter(s -> s != leader).toList();
        others.get(0).kill();
        gossip.remove(others.get(0).name);
        voters(leader, 3);
        others.get(1).kill();
        gossip.remove(others.get(1).name);
        await("nobody else is removed")
                .during(1200, TimeUnit.MILLISECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> leader.member().members().size() == 3);
        committed(leader.put("l", "1"));
    }

    @Tag("F48")
    @Test
    void aServerStartsFromTheReferenceAfterItsLogWasBoundedBySize() {
        TestServer a = server("a").start();
        await().atMost(20, TimeUnit.SECONDS).until(a::leads);
        String megabyte = "v".repeat(1 << 20);
        for (int i = 0; i < 28; i++) {
            committed(a.put("k" + i % 2, i + megabyte));
        }
        await("the log is shorter than what was committed")
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> a.member().logEntries() < a.member().committed());
        committed(a.put("last", "1"));
        long applied = a.store().applied();
        long hash = a.local.orElseThrow().hash();
        a.kill();

        a.start();
        await().atMost(20, TimeUnit.SECONDS).until(a::leads);
        assertThat(a.applied).as("applied again").hasSizeLessThan(2);
        assertThat(a.store().applied()).isGreaterThan(applied);
        assertThat(a.get("k1")).isPresent().get().asString().startsWith("27v");
        assertThat(a.get("last")).contains("1");
        assertThat(hash).isNotZero();
        committed(a.put("after", "1"));
    }

    @Test
    void theProposalOfAServerThatDiedBeginsAClusterOnlyWhenItsMakerIsBack() throws Exception {
        TestServer a = server("a").expecting(3);
        GroupFile made = GroupFile.open(a.data.resolve("raft"), "a");
        made.change(state -> state.proposing("proposed"));
        TestServer b = server("b").expecting(3).start();
        TestServer c = server("c").expecting(3).start();
        GroupFoundRequest proposal = GroupFoundRequest.newBuilder()
                .setCluster("proposed")
                .setExpect(3)
                .build();
        for (TestServer server : List.of(b, c)) {
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> server.group().conductor().found(proposal).getAccepted());
        }
        TestServer other = server("d").expecting(3).start();
        await("three are there, but two have given their word")
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> b.group().trouble().orElse("").contains("whose proposal proposed it accepted"));
        other.stop();
        gossip.remove("d");
        a.start();
        TestServer leader = leader();
        committed(leader.put("k", "1"));
        assertThat(List.of(a, b, c)).allSatisfy(server -> {
            await().atMost(10, TimeUnit.SECONDS).until(() -> server.get("k").isPresent());
            assertThat(server.group().clusterId()).contains("proposed");
        });
    }

    @Test
    void p9AServerThatIsFarBehindOrNewFetchesTheStateBesideTheLog() {
        for (String name : List.of("a", "b", "c")) {
            server(name).expecting(3).start();
        }
        TestServer leader = leader();
        committed(leader.put("first", "1"));
        copied("first");
        TestServer behind =
                servers.stream().filter(s -> s != leader).findFirst().orElseThrow();
        behind.stop();
        for (int i = 0; i < 50; i++) {
            committed(leader.put("k" + i, "v".repeat(1000)));
        }
        for (TestServer server : servers) {
            if (server != behind) {
                server.local.orElseThrow().sync();
                server.member().compact(server.member().mark().orElseThrow(), 0);
            }
        }
        behind.start();
        await("the state of the one behind")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> behind.get("k49").isPresent());
        TestServer fresh = server("d").joining().start();
        voters(leader, 4);
        await("the state of the new one")
                .atMost(30, TimeUnit.SECONDS)
                .until(() -> fresh.get("k49").isPresent());
        committed(leader.put("last", "1"));
        copied("last");
        long index = leader.store().applied();
        for (TestServer server : servers) {
            await().atMost(10, TimeUnit.SECONDS).until(() -> server.store().applied() >= index);
            assertThat(server.local.orElseThrow().hash())
                    .isEqualTo(leader.local.orElseThrow().hash());
        }
    }

    @Test
    void p10ACopyOfALivingServersDataIsRefused() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            server(name).expecting(3).start();
        }
        TestServer leader = leader();
        committed(leader.put("k", "1"));
        copied("k");
        TestServer copied =
                servers.stream().filter(s -> s != leader).findFirst().orElseThrow();
        copied.stop();
        TestServer copy = server("copy");
        Copies.folder(copied.data, copy.data);
        copied.start();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> copied.group().trouble().isEmpty());
        copy.start();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> copy.group().trouble().orElse("").contains("is a copy of its"));
        committed(leader.put("k", "2"));
    }

    @Test
    void differingExpectationsBeginNoClusterAndNameBothNodes() {
        server("a").expecting(2).start();
        server("b").expecting(3).start();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> servers.get(0)
                        .group()
                        .trouble()
                        .orElse("")
                        .contains("bootstrap-expect differs: 2 on node a, 3 on node b"));
        assertThat(servers.get(0).group().clusterId()).isEmpty();
    }

    @Test
    void p10TwoClustersNeverBecomeOne() {
        TestServer a = server("a").start();
        await().atMost(20, TimeUnit.SECONDS).until(a::leads);
        TestServer b = server("b").start();
        await().atMost(20, TimeUnit.SECONDS).until(b::leads);
        committed(a.put("k", "a"));
        committed(b.put("k", "b"));
        TestServer c = server("c").joining().start();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> c.group().trouble().orElse("").contains("different clusters"));
        assertThat(a.group().operations().status().servers()).hasSize(1);
    }

    @Test
    void p20WhatIsLeftOfAClusterIsRecoveredAsANewOneThatTheOldServersCannotJoin() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            server(name).expecting(3).start();
        }
        TestServer leader = leader();
        committed(leader.put("k", "1"));
        copied("k");
        String old = leader.group().clusterId().orElseThrow();
        servers.forEach(TestServer::stop);
        TestServer a = servers.get(0);
        Path peers = a.data.resolve("raft/peers.json");
        java.nio.file.Files.writeString(peers, "[{\"id\":\"a\",\"address\":\"127.0.0.1:6868\",\"non_voter\":false}]");
        a.start();
        await().atMost(20, TimeUnit.SECONDS).until(a::leads);
        assertThat(peers).doesNotExist();
        assertThat(a.group().clusterId()).isPresent().get().isNotEqualTo(old);
        assertThat(a.get("k")).contains("1");
        committed(a.put("k", "2"));
        servers.get(1).start();
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> servers.get(1).group().trouble().orElse("").contains("was recovered as"));
    }

    @Test
    void p9AStoreAheadOfItsLogJoinsAsANewServer() throws Exception {
        for (String name : List.of("a", "b", "c")) {
            server(name).expecting(3).start();
        }
        TestServer leader = leader();
        committed(leader.put("k", "1"));
        copied("k");
        TestServer ahead = servers.stream().filter(s -> s != leader).findFirst().orElseThrow();
        String oldId = ahead.group().raftId().orElseThrow();
        ahead.stop();
        Folders.delete(ahead.data.resolve("raft/log"));
        ahead.start();
        await().atMost(40, TimeUnit.SECONDS)
                .untilAsserted(
                        () -> assertThat(leader.group().operations().status().servers())
                                .extracting(RaftOperations.Server::id)
                                .doesNotContain(oldId)
                                .contains(ahead.group().raftId().orElseThrow()));
        committed(leader.put("k2", "1"));
        await().atMost(20, TimeUnit.SECONDS).until(() -> ahead.get("k2").isPresent());
    }
}
