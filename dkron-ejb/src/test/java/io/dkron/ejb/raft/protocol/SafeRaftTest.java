package io.dkron.ejb.raft.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dkron.ejb.raft.log.SnapshotReference;
import io.dkron.ejb.raft.protocol.Group.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jgroups.protocols.raft.LogEntries;
import org.jgroups.protocols.raft.LogEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeRaftTest {
    @TempDir
    Path folder;

    private Group group;

    @BeforeEach
    void begin() {
        group = new Group(folder);
    }

    @AfterEach
    void end() {
        group.close();
    }

    @Test
    void aCommandIsAppliedEverywhereAtOnce() throws Exception {
        three();
        group.elect("a", 1, "b", "c");
        Node a = group.nodes.get("a");

        assertThat(a.put("x").get(5, SECONDS)).isEqualTo("x".getBytes(UTF_8));

        assertThat(a.raft.leads()).isTrue();
        for (Node node : group.nodes.values()) {
            assertThat(node.applied)
                    .as("p25: %s learns of the commit without a further entry", node.id)
                    .containsExactly("x");
            assertThat(node.entries()).containsExactly("1*", "1x");
            assertThat(node.index).isEqualTo(2);
        }
        await().atMost(10, SECONDS).untilAsserted(() -> assertThat(a.told).containsExactly("leader a 1", "leading 1"));
    }

    @Test
    void aFollowerThatDoesNotAnswerIsAskedAgainButNotSentTheSameAgain() throws Exception {
        three();
        group.elect("a", 1, "b", "c");
        Node a = group.nodes.get("a");
        a.put("x").get(5, SECONDS);
        Node c = group.nodes.get("c");
        AtomicInteger full = new AtomicInteger();
        AtomicInteger empty = new AtomicInteger();
        // It hears everything, but what it says comes too late.
        group.wires.drop((message, to) -> {
            if (to.equals(c.address) && message.getHeader(Wire.RAFT) instanceof AppendRequest) {
                boolean entries = message.getPayload() instanceof LogEntries some && some.size() > 0;
                (entries ? full : empty).incrementAndGet();
            }
            return c.address.equals(message.getSrc()) && message.getHeader(Wire.RAFT) instanceof AppendAnswer;
        });
        a.put("y").get(5, SECONDS);
        await().atMost(20, SECONDS).untilAsserted(() -> {
            pump(a);
            assertThat(empty).hasValueGreaterThan(8);
        });

        assertThat(full).hasValue(1);
        a.put("z").get(5, SECONDS);
        group.wires.heal();
        await().atMost(20, SECONDS).untilAsserted(() -> {
            pump(a);
            assertThat(c.applied).containsExactly("x", "y", "z");
        });
    }

    @Test
    void p7AnEntryOfAnEarlierTermIsNotCommittedByCounting() throws Exception {
        // Raft, figure 8: "old" is on a and b, a majority, but c may still win with its later term.
        Node a = group.node("a").had(1, "first").had(2, "old");
        Node b = group.node("b").had(1, "first");
        Node c = group.node("c").had(1, "first").had(3, "other");
        for (Node node : List.of(a, b, c)) {
            group.start(node, "a", "b", "c");
        }
        group.view("a", "b", "c");
        group.wires.isolate(c.address);
        // What the leader writes of its own term does not arrive; what it had before does.
        group.wires.drop((message, to) -> message.getHeader(Wire.RAFT) instanceof AppendRequest
                && message.getPayload() instanceof LogEntries
                && has(message.getPayload(), 4));
        group.elect("a", 4, "b");

        assertThat(a.raft.commitIndex())
                .as("nothing of the own term is on a majority")
                .isZero();
        assertThat(a.raft.leads()).isFalse();
        group.wires.heal();
        group.wires.isolate(c.address);
        a.raft.process(List.of());
        await().atMost(10, SECONDS).untilAsserted(() -> {
            a.raft.process(List.of());
            assertThat(a.applied).containsExactly("first", "old");
            assertThat(a.raft.leads()).isTrue();
        });
    }

    @Test
    void p7AHealedLeaderNeverAppliesItsOwnTail() throws Exception {
        three();
        Node a = group.nodes.get("a");
        Node b = group.nodes.get("b");
        Node c = group.nodes.get("c");
        group.elect("a", 1, "b", "c");
        group.wires.isolate(a.address);
        a.put("lost1");
        a.put("lost2");
        group.elect("b", 2, "c");
        b.put("kept").get(5, SECONDS);

        group.wires.heal();
        group.view("b", "a", "c");
        a.raft.setLeaderAndTerm(b.address, 2);
        // Only its heartbeats reach a, with a commit index that a's own tail has too.
        group.wires.drop((message, to) -> to.equals(a.address) && message.getPayload() instanceof LogEntries);
        pump(b);

        assertThat(a.applied).isEmpty();
        group.wires.heal();
        await().atMost(10, SECONDS).untilAsserted(() -> {
            pump(b);
            assertThat(a.applied).containsExactly("kept");
        });
        assertThat(a.entries()).isEqualTo(b.entries()).isEqualTo(c.entries());
        assertThat(a.raft.whyStopped()).isEmpty();
    }

    @Test
    void p7ATailBehindAMatchingEntryIsComparedToo() throws Exception {
        // b has the first entry of what is sent, and others behind it.
        Node a = group.node("a").had(1, "one", "two", "three");
        Node b = group.node("b").had(1, "one").had(2, "zwei", "drei");
        Node c = group.node("c").had(1, "one");
        for (Node node : List.of(a, b, c)) {
            group.start(node, "a", "b", "c");
        }
        group.view("a", "b", "c");
        group.wires.isolate(c.address);
        group.elect("a", 3, "b");

        await().atMost(10, SECONDS).untilAsserted(() -> {
            pump(a);
            assertThat(b.entries()).containsExactly("1one", "1two", "1three", "3*");
            assertThat(b.applied).containsExactly("one", "two", "three");
        });
    }

    @Test
    void p8AnEntryThatCannotBeAppliedEndsTheMemberBeforeTheNext() throws Exception {
        three();
        Node b = group.nodes.get("b");
        b.failsAt = "bad";
        group.elect("a", 1, "b", "c");
        Node a = group.nodes.get("a");
        a.put("good").get(5, SECONDS);
        a.put("bad").get(5, SECONDS);
        a.put("next").get(5, SECONDS);

        assertThat(b.applied).containsExactly("good");
        assertThat(b.raft.whyStopped())
                .hasValueSatisfying(why -> assertThat(why).contains("entry 3", "the store is full"));
        assertThat(group.nodes.get("c").applied).containsExactly("good", "bad", "next");
        await().atMost(10, SECONDS)
                .untilAsserted(() -> assertThat(b.told).anyMatch(news -> news.startsWith("stopped entry 3")));
    }

    @Test
    void p8IndexAndTermReachTheStateAndARestartAppliesWhatIsMissing() throws Exception {
        Node a = group.start(group.node("a"), "a");
        group.view("a");
        group.elect("a", 1);
        a.put("x").get(5, SECONDS);
        a.put("y").get(5, SECONDS);
        group.close();

        Group again = new Group(folder);
        Node restarted = again.node("a");
        restarted.index = 2;
        again.start(restarted, "a");
        again.view("a");
        again.elect("a", 2);

        assertThat(restarted.applied).as("only what the state lacked").containsExactly("y");
        assertThat(restarted.index).isEqualTo(4);
        again.close();
    }

    @Test
    void p9AStateAheadOfTheLogIsRefused() {
        Node a = group.node("a").had(1, "x");
        a.index = 5;
        assertThatThrownBy(() -> group.start(a, "a")).hasMessageContaining("join again as a new member");
        a.node.stop();
        a.node = null;
    }

    @Test
    void p6AFollowerWhoseDiskFailsAcknowledgesNothing() throws Exception {
        three();
        group.elect("a", 1, "b", "c");
        Node a = group.nodes.get("a");
        Node b = group.nodes.get("b");
        group.wires.isolate(group.nodes.get("c").address);
        b.log.close(); // every write fails from now on
        var answer = a.put("x");

        assertThat(answer).isNotDone();
        assertThat(b.raft.whyStopped()).isPresent();
        assertThat(a.raft.commitIndex()).isEqualTo(1);
    }

    @Test
    void p16ALostLeadLeavesTheOutcomeOpen() throws Exception {
        three();
        group.elect("a", 1, "b", "c");
        Node a = group.nodes.get("a");
        group.wires.isolate(a.address);
        var answer = a.put("x");
        a.raft.setLeaderAndTerm(group.nodes.get("b").address, 2);

        assertThat(answer).isCompletedExceptionally();
        assertThatThrownBy(answer::get).hasCauseInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(() -> a.put("y").get()).hasCauseInstanceOf(NotLeaderException.class);
    }

    @Test
    void p9AFollowerThatIsTooFarBehindIsToldToFetchTheState() throws Exception {
        three();
        Node a = group.nodes.get("a");
        Node c = group.nodes.get("c");
        group.wires.isolate(c.address);
        group.elect("a", 1, "b");
        for (int i = 0; i < 20; i++) {
            a.put("e" + i).get(5, SECONDS);
        }
        SnapshotReference reference = a.raft.mark().orElseThrow();
        a.raft.compact(reference, 0);
        assertThat(a.log.firstAppended()).isEqualTo(reference.index());
        group.wires.heal();
        await().atMost(10, SECONDS).untilAsserted(() -> {
            pump(a);
            assertThat(c.told).contains("state of a");
        });

        c.raft.install(reference, () -> {
            c.index = reference.index();
            return null;
        });
        a.put("after").get(5, SECONDS);
        await().atMost(10, SECONDS).untilAsserted(() -> {
            pump(a);
            assertThat(c.applied).containsExactly("after");
        });
        assertThat(c.raft.members()).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void p22MembersChangeOneAtATimeAndOnlyUnderAReadyLeader() throws Exception {
        Node a = group.start(group.node("a"), "a");
        Node b = group.start(group.node("b"), "a");
        group.view("a", "b");
        assertThat(a.raft.addServer("b")).isCompletedExceptionally();
        group.elect("a", 1, "b");
        assertThat(b.raft.role()).isEqualTo("Learner");

        a.raft.addServer("b").get(5, SECONDS);

        assertThat(a.raft.members()).containsExactlyInAnyOrder("a", "b");
        assertThat(b.raft.members()).containsExactlyInAnyOrder("a", "b");
        assertThat(b.raft.role()).isEqualTo("Follower");
        assertThat(a.raft.majority()).isEqualTo(2);
        a.raft.removeServer("a").get(5, SECONDS);
        assertThat(a.raft.isLeader()).isFalse();
        assertThat(a.raft.role()).isEqualTo("Learner");
    }

    @Test
    void p8AFollowerWhoseStateDiffersStops() throws Exception {
        three();
        Node a = group.nodes.get("a");
        Node b = group.nodes.get("b");
        group.elect("a", 1, "b", "c");
        for (int i = 0; i < 300; i++) {
            a.put("e" + i).get(5, SECONDS);
        }
        assertThat(b.raft.whyStopped()).isEmpty();
        AppliedHash.Block block = a.raft.newestHash();
        assertThat(block.last()).isEqualTo(256);
        b.raft.handleUpRequest(
                SafeRaft.message(b.address, new LogEntries()).setSrc(a.address),
                new AppendRequest(1, 301, 1, 301, new AppliedHash.Block(256, block.value() + 1)));
        assertThat(b.raft.whyStopped())
                .hasValueSatisfying(why -> assertThat(why).contains("differs from the leader's"));
    }

    private void three() throws Exception {
        for (String id : List.of("a", "b", "c")) {
            group.start(group.node(id), "a", "b", "c");
        }
        group.view("a", "b", "c");
    }

    private static void pump(Node leader) {
        leader.raft.process(List.of());
    }

    private static boolean has(LogEntries entries, long term) {
        for (LogEntry entry : entries) {
            if (entry.term() == term) {
                return true;
            }
        }
        return false;
    }
}
