package io.dkron.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.config.HostPort;
import io.dkron.core.store.ServerProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GossipTest {
    private final Nodes nodes = new Nodes();

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void aNodeAloneKnowsItselfAndHasJoined() {
        Gossip a = nodes.node("a").start();

        assertThat(a.all()).extracting(p -> p.member().name()).containsExactly("a");
        assertThat(a.joined()).isTrue();
        assertThat(a.self().member().port()).isPositive();
        assertThat(a.lead()).isEmpty();
    }

    @Test
    void membersLearnOfEachOtherAndOfEachOthersChanges() {
        Gossip a = nodes.node("a").server().cluster("x").start();
        Gossip b = nodes.node("b").join(a).start();
        Gossip c = nodes.node("c").attribute(Peer.HTTP_ADDRESS, "h:1").join(b).start();

        soon().untilAsserted(() -> {
            for (Gossip each : new Gossip[] {a, b, c}) {
                assertThat(each.all()).extracting(p -> p.member().name()).containsExactly("a", "b", "c");
                assertThat(each.joined()).isTrue();
                assertThat(each.cluster()).contains("x");
            }
        });
        assertThat(a.named("c").orElseThrow().attributes()).containsEntry(Peer.HTTP_ADDRESS, "h:1");
        assertThat(a.named("c").orElseThrow().member().journalId()).isEqualTo("journal-c");

        c.update(p -> p.with(Map.of("k", "v")).inCluster("x"));
        soon().untilAsserted(() -> assertThat(a.named("c").orElseThrow())
                .returns(Map.of("k", "v"), Peer::attributes)
                .returns(Optional.of("x"), Peer::clusterId));
    }

    @Test
    void aClaimOfTheLeadReachesAllAndTheHigherTermCounts() {
        Gossip a = nodes.node("a").server().cluster("x").start();
        Gossip b = nodes.node("b").server().cluster("x").join(a).start();
        a.claim(Optional.of(new Lead(new Fence("x", 3), "id-a")));
        soon().untilAsserted(
                        () -> assertThat(b.leader().map(p -> p.member().name())).contains("a"));

        b.claim(Optional.of(new Lead(new Fence("x", 4), "id-b")));
        soon().untilAsserted(() -> assertThat(a.lead()).contains(new Lead(new Fence("x", 4), "id-b")));

        b.claim(Optional.empty());
        soon().untilAsserted(() -> assertThat(b.lead().map(Lead::node)).contains("id-a"));
        a.claim(Optional.empty());
        soon().untilAsserted(() -> assertThat(b.lead()).isEmpty());
    }

    @Test
    void aKilledNodeIsFailedAndAliveAgainWhenItComesBack() {
        Gossip a = nodes.node("a").start();
        Gossip b = nodes.node("b").join(a).start();
        Gossip c = nodes.node("c").join(a).start();
        soon().untilAsserted(() -> assertThat(Nodes.seen(b, "c")).isEqualTo(MemberStatus.ALIVE));
        int port = c.self().member().port();

        c.kill();
        soon().untilAsserted(() -> {
            assertThat(Nodes.seen(a, "c")).isEqualTo(MemberStatus.FAILED);
            assertThat(Nodes.seen(b, "c")).isEqualTo(MemberStatus.FAILED);
        });

        nodes.node("c").starts(2).port(port).join(a).start();
        soon().untilAsserted(() -> {
            assertThat(Nodes.seen(a, "c")).isEqualTo(MemberStatus.ALIVE);
            assertThat(Nodes.seen(b, "c")).isEqualTo(MemberStatus.ALIVE);
        });
        assertThat(nodes.fatal).isEmpty();
    }

    @Test
    void whoWasCutOffAndTookAllForFailedIsNotBelievedByThoseWhoHearThem() {
        GossipTiming patient = new GossipTiming(
                Duration.ofMillis(100), Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(1));
        Gossip a = nodes.node("a").timing(patient).start();
        Gossip b = nodes.node("b").timing(patient).join(a).start();
        Gossip c = nodes.node("c").timing(patient).join(a).start();
        soon().untilAsserted(() -> {
            assertThat(Nodes.seen(a, "c")).isEqualTo(MemberStatus.ALIVE);
            assertThat(Nodes.seen(b, "c")).isEqualTo(MemberStatus.ALIVE);
            assertThat(Nodes.seen(c, "b")).isEqualTo(MemberStatus.ALIVE);
        });
        Set<MemberStatus> seenByA = ConcurrentHashMap.newKeySet();
        Set<MemberStatus> seenByB = ConcurrentHashMap.newKeySet();
        a.onChange(() -> seenByA.add(Nodes.seen(a, "c")));
        b.onChange(() -> seenByB.add(Nodes.seen(b, "c")));

        a.conversation().failed(a.conversation().present("id-c").orElseThrow(), "no sign of life");

        soon().until(() -> seenByA.contains(MemberStatus.FAILED));
        soon().untilAsserted(() -> assertThat(Nodes.seen(a, "c")).isEqualTo(MemberStatus.ALIVE));
        assertThat(seenByB).containsExactly(MemberStatus.ALIVE);
    }

    @Test
    void aNodeThatLeavesIsLeavingThenLeft() {
        Gossip a = nodes.node("a").start();
        Gossip b = nodes.node("b").join(a).start();
        soon().untilAsserted(() -> assertThat(Nodes.seen(a, "b")).isEqualTo(MemberStatus.ALIVE));

        b.leaving();
        soon().untilAsserted(() -> assertThat(Nodes.seen(a, "b")).isEqualTo(MemberStatus.LEAVING));
        b.close();
        soon().untilAsserted(() -> assertThat(Nodes.seen(a, "b")).isEqualTo(MemberStatus.LEFT));
    }

    @Test
    void aFailedMemberCanBeForgottenEverywhere() {
        Gossip a = nodes.node("a").start();
        Gossip b = nodes.node("b").join(a).start();
        Gossip c = nodes.node("c").join(a).start();
        soon().untilAsserted(() -> assertThat(b.all()).hasSize(3));
        assertThat(a.forget("c")).isEqualTo(Gossip.Forgotten.ALIVE);
        assertThat(a.forget("nobody")).isEqualTo(Gossip.Forgotten.UNKNOWN);

        c.kill();
        soon().untilAsserted(() -> assertThat(Nodes.seen(a, "c")).isEqualTo(MemberStatus.FAILED));
        assertThat(a.forget("c")).isEqualTo(Gossip.Forgotten.DONE);
        soon().untilAsserted(() -> {
            assertThat(a.all()).hasSize(2);
            assertThat(b.all()).hasSize(2);
            assertThat(nodes.reaped).contains("a forgot c", "b forgot c");
        });
    }

    @Test
    void aFailedMemberIsReapedAfterTheReconnectTimeout() {
        Gossip a = nodes.node("a").reconnectTimeout(Duration.ofSeconds(1)).start();
        Gossip b = nodes.node("b").join(a).start();
        soon().untilAsserted(() -> assertThat(a.all()).hasSize(2));
        b.kill();

        soon().untilAsserted(() -> assertThat(nodes.reaped).containsExactly("a forgot b"));
        assertThat(a.all()).hasSize(1);
    }

    @Test
    void theOwnAddressInTheListIsHarmless() {
        Gossip a = nodes.node("a").port(ServerProcess.freePort()).start();
        int own = ServerProcess.freePort();
        Gossip b = nodes.node("b")
                .port(own)
                .join(
                        new HostPort("localhost", own),
                        new HostPort("127.0.0.1", a.self().member().port()))
                .start();

        soon().untilAsserted(() -> assertThat(b.all()).hasSize(2));
        assertThat(nodes.fatal).isEmpty();
    }

    @Tag("F39")
    @Test
    void joiningIsRepeatedUntilSomebodyIsThere() {
        int later = ServerProcess.freePort();
        Gossip b = nodes.node("b").joinPorts(later).start();
        assertThat(b.joined()).isFalse();
        nodes.node("a").port(later).start();

        soon().untilAsserted(() -> assertThat(b.joined()).isTrue());
        soon().untilAsserted(() -> assertThat(b.all()).hasSize(2));
    }

    @Test
    void usedUpTriesEndTheNode() {
        nodes.node("b").joinPorts(ServerProcess.freePort()).retryMax(2).start();

        soon().untilAsserted(() -> assertThat(nodes.fatal).anyMatch(text -> text.contains("--retry-max")));
    }

    @Test
    void P23aSecondNodeOfALivingName_isRefused() {
        Gossip a = nodes.node("a").start();
        Gossip b = nodes.node("b").join(a).start();
        soon().untilAsserted(() -> assertThat(a.all()).hasSize(2));
        Gossip twin = nodes.node("b").id("other").join(a).start();

        soon().untilAsserted(() -> assertThat(nodes.fatal).anyMatch(text -> text.startsWith("b/other/")));
        assertThat(Nodes.seen(a, "b")).isEqualTo(MemberStatus.ALIVE);
        assertThat(a.named("b").orElseThrow().member().id()).isEqualTo("id-b");
        assertThat(twin.all()).hasSize(1);
        assertThat(b.all()).hasSize(2);
        assertThat(nodes.fatal).hasSize(1);
    }

    @Test
    void P23aNodeWithAnEmptyDiskTakesTheNameOfItsDeadPredecessor() {
        Gossip a = nodes.node("a").start();
        Gossip b = nodes.node("b").join(a).start();
        soon().untilAsserted(() -> assertThat(a.all()).hasSize(2));
        b.kill();
        nodes.node("b").id("reborn").join(a).start();

        soon().untilAsserted(() -> assertThat(a.named("b").orElseThrow().member())
                .returns("reborn", m -> m.id())
                .returns(MemberStatus.ALIVE, m -> m.status()));
        assertThat(nodes.fatal).isEmpty();
    }

    @Tag("F35")
    @Test
    void P23aLaterStartOfTheSameNodeReplacesTheFormerAtOnce() {
        Gossip a = nodes.node("a").start();
        nodes.node("b").join(a).start();
        soon().untilAsserted(() -> assertThat(a.all()).hasSize(2));
        Gossip again = nodes.node("b").starts(2).join(a).start();

        soon().untilAsserted(() -> assertThat(a.named("b").orElseThrow())
                .returns(2L, Peer::starts)
                .returns(again.self().member().port(), p -> p.member().port()));
        soon().untilAsserted(() -> assertThat(nodes.fatal).anyMatch(text -> text.startsWith("b/id-b/1: ")));
        assertThat(Nodes.seen(a, "b")).isEqualTo(MemberStatus.ALIVE);
    }

    @Test
    void P23ofTwoPartitionsWithOneNameTheLaterStartEnds() {
        Gossip a = nodes.node("a").start();
        nodes.node("same").id("first").join(a).start();
        soon().untilAsserted(() -> assertThat(a.all()).hasSize(2));
        Gossip c = nodes.node("c").start();
        nodes.node("same").id("second").join(c).start();
        soon().untilAsserted(() -> assertThat(c.all()).hasSize(2));

        Gossip bridge = nodes.node("bridge").join(a, c).start();
        soon().untilAsserted(() -> assertThat(nodes.fatal).anyMatch(text -> text.startsWith("same/second/")));
        soon().untilAsserted(() -> {
            assertThat(a.named("same").orElseThrow().member().id()).isEqualTo("first");
            assertThat(c.named("same").orElseThrow().member().id()).isEqualTo("first");
            assertThat(bridge.all()).hasSize(4);
        });
        assertThat(nodes.fatal).noneMatch(text -> text.startsWith("same/first/"));
    }

    @Test
    void P23membersOfTwoClustersAreNeverMerged() {
        Gossip a = nodes.node("a").server().cluster("x").start();
        Gossip b = nodes.node("b").server().cluster("y").join(a).start();
        Gossip c = nodes.node("c").join(b).start();
        soon().untilAsserted(() -> assertThat(c.cluster()).contains("y"));
        Gossip d = nodes.node("d").join(a).start();
        soon().untilAsserted(() -> assertThat(d.cluster()).contains("x"));

        assertThat(a.all()).extracting(p -> p.member().name()).containsExactly("a", "d");
        assertThat(b.all()).extracting(p -> p.member().name()).containsExactly("b", "c");
    }

    @Test
    void P20agentsFollowARecoveredCluster() {
        Gossip agent = nodes.node("agent").cluster("old").start();
        Gossip server = nodes.node("server")
                .server()
                .cluster("new")
                .attribute(Peer.PREDECESSOR, "old")
                .join(agent)
                .start();

        soon().untilAsserted(() -> assertThat(server.all()).hasSize(2));
        soon().untilAsserted(() -> assertThat(agent.all()).hasSize(2));
        agent.update(p -> p.inCluster("new"));
        soon().untilAsserted(() ->
                assertThat(server.named("agent").orElseThrow().clusterId()).contains("new"));
    }

    @Test
    void changesAreToldOnceAtTheBeginningAndAfterEachChange() throws Exception {
        Gossip a = nodes.node("a").start();
        AtomicInteger calls = new AtomicInteger();
        try (AutoCloseable watch = a.onChange(calls::incrementAndGet)) {
            soon().untilAtomic(calls, org.hamcrest.Matchers.greaterThanOrEqualTo(1));
            int before = calls.get();
            a.update(p -> p.with(Map.of("x", "y")));
            soon().untilAtomic(calls, org.hamcrest.Matchers.greaterThan(before));
        }
    }
}
