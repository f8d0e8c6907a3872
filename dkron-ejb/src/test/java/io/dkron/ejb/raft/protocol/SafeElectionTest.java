package io.dkron.ejb.raft.protocol;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.ejb.raft.protocol.Group.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jgroups.stack.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeElectionTest {
    @TempDir
    Path folder;

    private final Map<String, SafeElection> elections = new HashMap<>();
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
    void p7TheLongestLogWinsWhoeverAsks() throws Exception {
        start(group.node("a").had(1, "x"), "a", "b", "c");
        start(group.node("b").had(1, "x", "y"), "a", "b", "c");
        start(group.node("c").had(1, "x"), "a", "b", "c");
        group.view("a", "b", "c");

        assertThat(election("a").round()).isTrue();

        for (Node node : group.nodes.values()) {
            assertThat(node.raft.leaderId()).contains("b");
        }
        await().atMost(10, SECONDS).untilAsserted(() -> {
            group.nodes.get("b").raft.process(List.of());
            assertThat(group.nodes.get("a").applied).containsExactly("x", "y");
        });
        assertThat(group.nodes.get("b").raft.leads()).isTrue();
    }

    @Test
    void p7ALaterTermIsFurtherThanALongerLog() throws Exception {
        start(group.node("a").had(1, "x", "y", "z"), "a", "b");
        start(group.node("b").had(2, "w"), "a", "b");
        group.view("a", "b");
        assertThat(election("a").round()).isTrue();
        assertThat(group.nodes.get("a").raft.leaderId()).contains("b");
    }

    @Test
    void p7NoVoteForALogThatIsBehindTheVoters() throws Exception {
        start(group.node("a"), "a", "b", "c");
        start(group.node("b").had(1, "x"), "a", "b", "c");
        start(group.node("c").had(1, "x"), "a", "b", "c");
        group.view("a", "b", "c");
        assertThat(election("a").campaign(false)).isFalse();
        assertThat(group.nodes.get("a").raft.leaderId()).isEmpty();
        assertThat(election("b").campaign(false))
                .as("the others are free to vote again")
                .isTrue();
    }

    @Test
    void p6OneVoteATermAlsoAfterARestart() throws Exception {
        start(group.node("a"), "a", "b", "c");
        start(group.node("b"), "a", "b", "c");
        group.view("a", "b");
        group.wires.drop((message, to) -> message.getHeader(Wire.ELECTION) instanceof ElectionMessage
                && ((ElectionMessage) message.getHeader(Wire.ELECTION)).kind() == ElectionMessage.Kind.VOTE);
        assertThat(election("a").campaign(false))
                .as("the vote is lost on its way")
                .isFalse();
        Node b = group.nodes.get("b");
        assertThat(b.raft.votedFor()).isEqualTo(group.nodes.get("a").address);
        group.close();

        Group again = new Group(folder);
        group = again;
        start(again.node("b"), "a", "b", "c");
        start(again.node("c"), "a", "b", "c");
        again.nodes.get("c").raft.currentTerm(0);
        again.view("b", "c");
        assertThat(again.nodes.get("b").raft.currentTerm()).isEqualTo(1);
        assertThat(election("c").campaign(false))
                .as("term 1 again, from another")
                .isFalse();
        assertThat(again.nodes.get("b").raft.votedFor()).isEqualTo(b.raft.votedFor());
    }

    @Test
    void p10AServerThatIsNoMemberNeitherVotesNorLeads() throws Exception {
        start(group.node("a"), "a", "b", "c");
        start(group.node("x"), "a", "b", "c");
        start(group.node("y"), "a", "b", "c");
        group.view("x", "a", "y");
        assertThat(election("x").round()).isFalse();
        assertThat(election("x").campaign(true)).isFalse();
        assertThat(election("a").round())
                .as("x and y are no majority of a, b, c")
                .isFalse();
        assertThat(election("a").campaign(false)).isFalse();
    }

    @Test
    void p10ARemovedServerWithItsOldListInstallsNobody() throws Exception {
        // c was removed while it was away: it has the old list, and coordinates the view.
        start(group.node("a").had(1, "x", "removal", "more"), "a", "b");
        start(group.node("b").had(1, "x", "removal", "more"), "a", "b");
        start(group.node("c").had(1, "x"), "a", "b", "c");
        group.view("c", "a");

        assertThat(election("c").round())
                .as("the longest log is a's, whose list has two")
                .isTrue();
        assertThat(group.nodes.get("a").raft.leaderId()).isEmpty();
        assertThat(election("c").campaign(true)).isFalse();
        assertThat(group.nodes.get("c").raft.leaderId()).isEmpty();
    }

    /** From a, b, c the group grew to five; the last entry is committed by a, d and e. b has both changes, but knows of no commit. */
    private void grown() throws Exception {
        for (String id : List.of("a", "b", "c", "d", "e")) {
            Node node = group.node(id);
            if (!id.equals("c")) {
                node.hadAdded(1, "d").hadAdded(1, "e");
            }
            if (!id.equals("b") && !id.equals("c")) {
                node.had(1, "x");
            }
            start(node, "a", "b", "c");
        }
    }

    @Test
    void p10p22TwoOfAnOldListOfThreeAreNoMajorityOfTheFive() throws Exception {
        grown();
        group.view("c", "b");
        Node b = group.nodes.get("b");

        election("c").round();
        assertThat(b.raft.isLeader())
                .as("b and c are two of five by b's log, whatever is committed for them")
                .isFalse();
        assertThat(election("b").round()).isFalse();
        assertThat(election("b").campaign(false)).isFalse();

        group.view("c", "b", "d");
        await("d, when it has heard of b's term")
                .atMost(10, SECONDS)
                .until(() -> election("d").round() && group.nodes.get("d").raft.isLeader());
        Node d = group.nodes.get("d");
        await().atMost(10, SECONDS).untilAsserted(() -> {
            d.raft.process(List.of());
            assertThat(d.raft.leads()).isTrue();
            assertThat(b.applied).containsExactly("x");
        });
        assertThat(b.raft.members()).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
    }

    @Test
    void p10p22CopiesAreCountedByTheNewestListInTheLog() throws Exception {
        for (String id : List.of("b", "c", "d")) {
            start(group.node(id).hadAdded(1, "d").hadAdded(1, "e"), "a", "b", "c");
        }
        group.view("b", "c", "d");
        Node b = group.nodes.get("b");
        group.wires.drop((message, to) ->
                message.getHeader(Wire.RAFT) instanceof AppendRequest && to.equals(group.nodes.get("d").address));
        assertThat(election("b").campaign(false)).isTrue();
        await().atMost(10, SECONDS).untilAsserted(() -> {
            b.raft.process(List.of());
            assertThat(group.nodes.get("c").log.lastAppended()).isEqualTo(3);
        });
        assertThat(b.raft.commitIndex()).as("b and c are no majority of five").isZero();
        group.wires.heal();
        await().atMost(10, SECONDS).untilAsserted(() -> {
            b.raft.process(List.of());
            assertThat(b.raft.leads()).isTrue();
        });
    }

    @Test
    void aLeaderThatNoMajorityAnswersStepsDownWhateverTheViewSays() throws Exception {
        three();
        group.nodes.values().forEach(node -> node.raft.silence(Duration.ofMillis(200)));
        election("a").round();
        Node a = group.nodes.get("a");
        assertThat(a.raft.leads()).isTrue();
        group.wires.isolate(a.address);
        await().atMost(10, SECONDS).untilAsserted(() -> {
            a.raft.process(List.of());
            assertThat(a.raft.isLeader()).isFalse();
        });
        assertThat(a.raft.gaveUp()).isTrue();
        assertThat(election("a").round()).isFalse();
        await().atMost(10, SECONDS).until(() -> election("b").round());
        assertThat(a.raft.leaderId()).isEmpty();

        group.wires.heal();
        await().atMost(10, SECONDS).untilAsserted(() -> {
            group.nodes.get("b").raft.process(List.of());
            assertThat(a.raft.leaderId()).contains("b");
        });
        assertThat(a.raft.gaveUp()).isFalse();
    }

    @Test
    void aMemberThatWasAwayDisturbsNobody() throws Exception {
        three();
        election("a").round();
        long term = group.nodes.get("a").raft.currentTerm();
        Node c = group.nodes.get("c");
        c.raft.setLeaderAndTerm(null);
        assertThat(election("c").round()).as("the others see a leader").isFalse();
        assertThat(election("c").campaign(false)).isFalse();
        assertThat(group.nodes.get("a").raft.leads()).isTrue();
        assertThat(group.nodes.get("a").raft.currentTerm()).isEqualTo(term);
    }

    @Test
    void aLeaderWithoutAMajorityInItsViewStepsDown() throws Exception {
        three();
        election("a").round();
        group.view("a");
        assertThat(group.nodes.get("a").raft.isLeader()).isFalse();
    }

    @Test
    void p22TheLeadIsHandedOverToAFollowerThatHasEverything() throws Exception {
        three();
        election("a").round();
        Node a = group.nodes.get("a");
        a.put("x").get(5, SECONDS);

        assertThat(election("a").handOver(Optional.of("c"))).contains("c");

        assertThat(group.nodes.get("c").raft.leads()).isTrue();
        assertThat(a.raft.isLeader()).isFalse();
        assertThat(group.nodes.get("b").raft.leaderId()).contains("c");
        group.nodes.get("c").put("y").get(5, SECONDS);
        assertThat(a.applied).containsExactly("x", "y");
    }

    @Test
    void p22WhoHandedOverDoesNotTakeTheLeadBackBeforeTheNewsComes() throws Exception {
        three();
        election("a").round();
        group.nodes.get("a").put("x").get(5, SECONDS);
        elections.values().forEach(election -> election.patience(Duration.ofHours(1)));
        group.wires.drop((message, to) -> message.getHeader(Wire.ELECTION) instanceof ElectionMessage
                && ((ElectionMessage) message.getHeader(Wire.ELECTION)).kind() == ElectionMessage.Kind.LEADER);

        assertThat(election("a").handOver(Optional.of("c"))).contains("c");

        assertThat(election("a").round()).as("a gave its vote to c").isFalse();
        assertThat(election("a").campaign(false)).isFalse();
        assertThat(election("b").round()).as("so did b").isFalse();
        assertThat(group.nodes.get("c").raft.isLeader()).isTrue();
    }

    private void three() throws Exception {
        for (String id : List.of("a", "b", "c")) {
            start(group.node(id), "a", "b", "c");
        }
        group.view("a", "b", "c");
    }

    private void start(Node node, String... members) throws Exception {
        SafeElection election = new SafeElection().patience(Duration.ZERO);
        elections.put(node.id, election);
        group.start(node, new Protocol[] {election}, members);
    }

    private SafeElection election(String id) {
        return elections.get(id);
    }
}
