package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Command;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.Namespaces;
import io.dkron.tests.support.Node;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Faults of processes, machines and links, under load, on one cluster of three servers and three agents. After each the
 * cluster must become whole by itself, and the checker must find nothing. Numbers are those of the conformance cases and
 * of the known faults of the original. Profile {@code long} runs them whole.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterFaultsIT {
    private static final boolean LONG = Distribution.longRuns();
    private static final Duration PAUSE = Duration.ofSeconds(LONG ? 30 : 5);

    private static Cluster cluster;

    @BeforeAll
    static void start() {
        cluster = SharedCluster.get();
    }

    @BeforeEach
    void whole() {
        cluster.network().ifPresent(Namespaces::heal);
        cluster.restore();
    }

    private static Scenario begin(String name, Scenario.Loses loses) {
        return Scenario.begin(cluster, name, loses);
    }

    /** The fault itself lasts so long: no wait for a condition. */
    private static void lasts(Duration time) {
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; ) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void finish(Scenario scenario) {
        cluster.network().ifPresent(Namespaces::heal);
        cluster.restore();
        scenario.awaitFirings();
        scenario.end();
    }

    private static void needsNetwork() {
        assumeTrue(
                cluster.network().isPresent(), () -> SharedCluster.noNetwork().orElse(""));
    }

    private static List<Namespaces.Host> hosts(List<Node> nodes) {
        return nodes.stream().map(Node::host).toList();
    }

    private static List<Node> allBut(Node... some) {
        List<Node> others = new ArrayList<>(cluster.nodes());
        others.removeAll(List.of(some));
        return others;
    }

    private static List<Node> serversBut(Node one) {
        return cluster.servers().stream().filter(s -> s != one).toList();
    }

    @Test
    @Order(1)
    void c156AWriteToAFollowerIsReadOnAll() {
        for (Node server : cluster.servers()) {
            String name = "c156-" + server.name();
            server.api().save(Api.base(name));
            for (Node reader : cluster.servers()) {
                await(name + " on " + reader)
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> reader.status("/v1/jobs/" + name) == 200);
            }
            assertThat(server.api().delete("/v1/jobs/" + name).status()).isEqualTo(200);
        }
    }

    @Test
    @Order(2)
    void c151AndF30AKilledLeaderIsFollowedByAnotherThatSchedules() {
        Scenario scenario = begin("c151", Scenario.Loses.SERVERS);
        for (int i = 0; i < (LONG ? 20 : 3); i++) {
            Node leader = cluster.leader();
            long killed = System.nanoTime();
            leader.kill();
            Node next = cluster.leaderOf(serversBut(leader));
            System.out.printf(
                    "c151: %s killed, %s leads after %.2f s%n", leader, next, (System.nanoTime() - killed) / 1e9);
            scenario.awaitFirings();
            leader.launch();
            cluster.awaitWhole();
        }
        finish(scenario);
    }

    @Test
    @Order(3)
    void aKilledFollowerIsNotMissed() {
        Scenario scenario = begin("follower", Scenario.Loses.SERVERS);
        Node leader = cluster.leader();
        cluster.followers().get(0).kill();
        scenario.awaitFirings();
        assertThat(cluster.leader()).isEqualTo(leader);
        finish(scenario);
    }

    @Test
    @Order(4)
    void aKilledAgentFindsItsRunningProcessesAgain() {
        Scenario scenario = begin("agent", Scenario.Loses.AGENTS);
        Node agent = cluster.agents().get(0);
        agent.kill();
        lasts(Duration.ofSeconds(2));
        finish(scenario);
    }

    @Test
    @Order(5)
    void c153AResultSurvivesItsLeaderAndALostAgentFailsItsRun() {
        Api api = cluster.leader().api();
        Node agent = cluster.agents().get(1);
        String name = "c153";
        com.fasterxml.jackson.databind.node.ObjectNode job = Api.shell(name, "@manually", "sleep 5; echo right");
        job.putObject("tags").put("role", "web:9");
        api.save(job);
        assertThat(api.post("/v1/jobs/" + name, "", "Prefer", "respond-async").status())
                .isEqualTo(202);
        Node leader = cluster.leader();
        leader.kill();
        Node next = cluster.leaderOf(serversBut(leader));
        awaitStates(next, name, Set.of("success"), 3);
        for (JsonNode execution : next.api().executions(name)) {
            assertThat(execution.path("output").asText()).isEqualTo("right\n");
        }
        leader.launch();
        cluster.awaitWhole();

        assertThat(next.api()
                        .post("/v1/jobs/" + name, "", "Prefer", "respond-async")
                        .status())
                .isEqualTo(202);
        agent.kill();
        awaitStates(next, name, Set.of("success", "failed", "lost"), 6);
        List<String> lost = new ArrayList<>();
        for (JsonNode execution : next.api().executions(name)) {
            if (!execution.path("success").asBoolean()) {
                lost.add(execution.path("node_name").asText() + " "
                        + execution.path("state").asText());
            }
        }
        assertThat(lost).containsExactly(agent.name() + " lost");
        cluster.restore();
        assertThat(cluster.leader().api().delete("/v1/jobs/" + name).status()).isEqualTo(200);
    }

    private static void awaitStates(Node server, String job, Set<String> states, int count) {
        await(count + " executions of " + job + " in " + states)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> {
                    List<String> seen = new ArrayList<>();
                    server.api()
                            .executions(job)
                            .forEach(e -> seen.add(e.path("state").asText()));
                    return seen.size() == count && states.containsAll(seen);
                });
    }

    @Test
    @Order(6)
    void c154AndF39AllKilledAtOnceAndAgentsBackBeforeServers() {
        Scenario scenario = begin("everything", Scenario.Loses.ALL);
        cluster.nodes().forEach(Node::kill);
        lasts(Duration.ofSeconds(LONG ? 9 : 2));
        cluster.agents().forEach(Node::launch);
        lasts(Duration.ofSeconds(LONG ? 60 : 3));
        finish(scenario);
    }

    @Test
    @Order(7)
    void aPausedLeaderIsDeposedAndWritesNothingWhenItWakes() {
        Scenario scenario = begin("paused", Scenario.Loses.SERVERS);
        Node leader = cluster.leader();
        leader.pause();
        lasts(PAUSE);
        if (LONG) {
            assertThat(cluster.leaderOf(serversBut(leader))).isNotEqualTo(leader);
            scenario.awaitFirings();
        }
        leader.resume();
        finish(scenario);
    }

    @Test
    @Order(8)
    void f31APausedAgentHoldsNobodyElseUp() {
        Scenario scenario = begin("f31", Scenario.Loses.AGENTS);
        Node agent = cluster.agents().get(2);
        Instant paused = Instant.now();
        agent.pause();
        lasts(PAUSE);
        int others = scenario.startedOn(cluster.agents().get(0), "any", paused).size()
                + scenario.startedOn(cluster.agents().get(1), "any", paused).size();
        agent.resume();
        assertThat(others).as("runs on the other agents").isPositive();
        finish(scenario);
    }

    @Test
    @Order(9)
    void c152ALeaderThatIsCutOffWritesNothing() {
        needsNetwork();
        Scenario scenario = begin("c152", Scenario.Loses.SERVERS);
        Node leader = cluster.leader();
        cluster.network().orElseThrow().cut(List.of(leader.host()), hosts(allBut(leader)));
        Node next = cluster.leaderOf(serversBut(leader));
        assertThat(next).isNotEqualTo(leader);
        scenario.awaitFirings();
        await("the old leader to know that it leads no more")
                .atMost(Duration.ofSeconds(30))
                .until(() -> leader.status("/v1/isleader") != 200);
        int status;
        try {
            status = new Api(leader.url(), Duration.ofSeconds(15))
                    .post("/v1/jobs", Api.base("c152-never").toString())
                    .status();
        } catch (UncheckedIOException e) {
            status = 0;
        }
        assertThat(status).as("a write to a leader without a majority").isIn(0, 503);
        if (LONG) {
            lasts(Duration.ofSeconds(10));
        }
        finish(scenario);
        cluster.leader().api().delete("/v1/jobs/c152-never");
    }

    @Test
    @Order(10)
    void anAgentThatIsCutOffReportsWhenItIsBack() {
        needsNetwork();
        Scenario scenario = begin("agent-cut", Scenario.Loses.AGENTS);
        Node agent = cluster.agents().get(0);
        cluster.network().orElseThrow().cut(List.of(agent.host()), hosts(allBut(agent)));
        lasts(PAUSE);
        finish(scenario);
    }

    @Test
    @Order(11)
    void halvesOfWhichOneHasNoMajority() {
        needsNetwork();
        Scenario scenario = begin("halves", Scenario.Loses.ALL);
        Node leader = cluster.leader();
        List<Node> small =
                List.of(leader, cluster.agents().get(0), cluster.agents().get(1));
        List<Node> large = new ArrayList<>(cluster.nodes());
        large.removeAll(small);
        cluster.network().orElseThrow().cut(hosts(small), hosts(large));
        cluster.leaderOf(serversBut(leader));
        lasts(PAUSE);
        finish(scenario);
    }

    @Test
    @Order(12)
    void oneWayLossLetsALeaderLeadOrReplacesIt() {
        needsNetwork();
        Scenario scenario = begin("one-way", Scenario.Loses.ALL);
        Node leader = cluster.leader();
        for (Node other : allBut(leader)) {
            leader.host().deafTo(other.host());
        }
        lasts(PAUSE);
        cluster.network().orElseThrow().heal();
        scenario.awaitFirings();
        Node second = cluster.leader();
        for (Node other : allBut(second)) {
            other.host().deafTo(second.host());
        }
        lasts(PAUSE);
        finish(scenario);
    }

    @Test
    @Order(13)
    void f40SlowAndLossyLinksLoseAndDoubleNothing() {
        needsNetwork();
        Scenario scenario = begin("lossy", Scenario.Loses.ALL);
        for (Node a : cluster.nodes()) {
            for (Node b : allBut(a)) {
                a.host().losesFrom(b.host());
            }
            a.host().slow(30);
        }
        lasts(Duration.ofSeconds(LONG ? 30 : 10));
        finish(scenario);
    }

    @Test
    @Order(14)
    void aFullDiskStopsOneServerAlone() {
        assumeTrue(SharedCluster.smallDisk(), "needs mount");
        Scenario scenario = begin("full", Scenario.Loses.SERVERS);
        Node server = cluster.node("s3");
        Path filler = server.data().resolve("filler");
        Command.attempt("sh", "-c", "cat /dev/zero > " + filler + " 2>/dev/null");
        try {
            await("s3 to be unready").atMost(Duration.ofSeconds(60)).until(() -> !server.ready());
            Node next = cluster.leaderOf(serversBut(server));
            scenario.awaitFirings();
            next.api().save(Api.base("full-written"));
        } finally {
            assertThat(filler.toFile().delete()).isTrue();
            server.kill();
        }
        finish(scenario);
        assertThat(server.status("/v1/jobs/full-written")).isEqualTo(200);
        assertThat(server.api().delete("/v1/jobs/full-written").status()).isEqualTo(200);
    }

    @Test
    @Order(15)
    void f35ARollingRestartUnderLoad() {
        Scenario scenario = begin("f35", Scenario.Loses.SERVERS);
        for (int round = 0; round < (LONG ? 10 : 1); round++) {
            for (Node server : cluster.servers()) {
                assertThat(server.terminate()).as("exit code of " + server).isZero();
                server.launch();
                cluster.awaitWhole();
            }
        }
        scenario.awaitFirings();
        assertThat(Cluster.members(cluster.leader(), "alive"))
                .containsExactlyInAnyOrder("s1", "s2", "s3", "a1", "a2", "a3");
        finish(scenario);
    }

    @Test
    @Order(16)
    void aServerWithAnEmptyDiskBecomesANewMember() {
        Scenario scenario = begin("empty", Scenario.Loses.SERVERS);
        Node server = cluster.followers().get(0);
        server.kill();
        server.wipe();
        server.launch();
        finish(scenario);
        awaitVoters(3);
    }

    private static void awaitVoters(int count) {
        await(count + " voters")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> {
                    int voters = 0;
                    for (JsonNode peer :
                            cluster.leader().quick().get("/v1/raft").json().path("peers")) {
                        voters += peer.path("voter").asBoolean() ? 1 : 0;
                    }
                    return voters == count;
                });
    }

    @Test
    @Order(17)
    void aServerWithAnOldDiskLosesNoWrite() throws Exception {
        Scenario scenario = begin("old", Scenario.Loses.SERVERS);
        Node server = cluster.followers().get(0);
        assertThat(server.terminate()).isZero();
        Path copy = cluster.base().resolve("old-disk");
        Command.run("cp", "-a", server.data().toString(), copy.toString());
        server.launch();
        cluster.awaitWhole();
        scenario.awaitFirings();
        server.kill();
        server.wipe();
        Command.run("cp", "-a", copy + "/.", server.data().toString());
        server.launch();
        await("the server with an old disk to be ready, or to refuse it and end")
                .atMost(Duration.ofSeconds(120))
                .until(() -> !server.alive() || server.ready());
        if (!server.alive()) {
            System.out.println("old: refused; " + last(server));
            server.wipe();
        }
        finish(scenario);
        awaitVoters(3);
    }

    private static String last(Node node) {
        List<String> lines = node.printed().lines().toList();
        return lines.get(lines.size() - 1);
    }

    @Test
    @Order(18)
    void anotherNodesNameIsRefused() {
        Node thief = cluster.impostor("thief", "a1", false);
        thief.launch();
        assertThat(thief.awaitEnd()).isEqualTo(1);
        assertThat(thief.printed()).contains("a1");
        assertThat(cluster.lacking()).isEmpty();

        Node server = cluster.node("s3");
        assertThat(server.terminate()).isZero();
        Node renamed = cluster.impostor("s3", "s2", true);
        renamed.launch();
        assertThat(renamed.awaitEnd()).isEqualTo(1);
        cluster.restore();
    }

    @Test
    @Order(19)
    void c157AWrongOrMissingKeyIsRefusedAndBothLogsSayWhy() throws Exception {
        String join = "--retry-join=" + cluster.node("s1").address();
        for (String key : List.of("--encrypt=AAAAAAAAAAAAAAAAAAAAAA==", "")) {
            int before = cluster.node("s1").printed().length();
            Node stranger = key.isEmpty()
                    ? cluster.stranger("no-key", false, join, "--retry-interval=1s")
                    : cluster.stranger("wrong-key", false, join, "--retry-interval=1s", key);
            stranger.launch();
            await(stranger + " to say why")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> stranger.printed().contains("encrypt"));
            await("s1 to say why about " + stranger)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> cluster.node("s1").printed().substring(before).contains("encrypt"));
            assertThat(Cluster.members(cluster.leader(), "alive")).doesNotContain(stranger.name());
            stranger.close();
        }
    }

    @Test
    @Order(20)
    void f36TwoClustersThatWereStartedApartAreNotMerged() {
        Node apart = cluster.stranger("apart", true, "--encrypt=" + SharedCluster.KEY);
        apart.start();
        apart.api().save(Api.base("of-the-other"));
        assertThat(apart.terminate()).isZero();
        apart.launch("--retry-join=" + cluster.node("s1").address(), "--retry-interval=1s");
        await("the other cluster's server to say why it is refused")
                .atMost(Duration.ofSeconds(60))
                .until(() ->
                        apart.printed().contains("cluster") && apart.printed().contains("refused") || !apart.alive());
        assertThat(cluster.lacking()).isEmpty();
        for (Node server : cluster.servers()) {
            assertThat(server.status("/v1/jobs/of-the-other")).isEqualTo(404);
            assertThat(Cluster.members(server, "alive")).doesNotContain("apart");
        }
        apart.close();
        assertThat(cluster.lacking()).isEmpty();
    }

    @Test
    @Order(21)
    void f30AndF38ForcedElectionsLeaveOneLeaderThatSchedules() {
        Scenario scenario = begin("f30", Scenario.Loses.SERVERS);
        for (int i = 0; i < (LONG ? 100 : 4); i++) {
            Node leader = cluster.leader();
            Node next = serversBut(leader).get(i % 2);
            String id = null;
            for (JsonNode peer : leader.api().get("/v1/raft").json().path("peers")) {
                if (peer.path("id").asText().startsWith(next.name())) {
                    id = peer.path("id").asText();
                }
            }
            assertThat(id).as("Raft id of " + next).isNotNull();
            Api.Answer answer = leader.api().post("/v1/raft/" + id.replace("#", "%23") + "/promote");
            assertThat(answer.status() / 100).as(answer.toString()).isEqualTo(2);
            await(next + " to lead").atMost(Duration.ofSeconds(30)).until(() -> cluster.leader() == next);
            scenario.awaitFirings();
        }
        finish(scenario);
    }

    @Test
    @Order(22)
    void f41WithoutAMajorityWritesAreRefusedAndNothingIsLost() {
        Scenario scenario = begin("f41", Scenario.Loses.SERVERS);
        Node left = cluster.leader();
        serversBut(left).forEach(Node::kill);
        await("a write to be refused").atMost(Duration.ofSeconds(30)).until(() -> {
            try {
                Api.Answer answer = new Api(left.url(), Duration.ofSeconds(15))
                        .post("/v1/jobs", Api.base("f41-refused").toString());
                return answer.status() == 503
                        && answer.header("Content-Type").orElse("").startsWith("application/problem+json");
            } catch (UncheckedIOException e) {
                return false;
            }
        });
        assertThat(left.alive()).isTrue();
        assertThat(left.status("/v1/jobs")).isEqualTo(200);
        finish(scenario);
        cluster.leader().api().delete("/v1/jobs/f41-refused");
    }

    @Test
    @Order(23)
    void c155AndF33AndF34AllServersReturnWithNewAddresses() {
        needsNetwork();
        Scenario scenario = begin("c155", Scenario.Loses.ALL);
        cluster.nodes().forEach(Node::kill);
        int last = 101;
        for (Node server : cluster.servers()) {
            server.host().readdress(last++);
        }
        finish(scenario);
    }

    @Test
    @Order(24)
    void f32CutsAtRandomHealWithoutARestart() {
        needsNetwork();
        long seed = Long.getLong("dkron.tests.seed", System.nanoTime());
        System.out.println("f32: seed " + seed + " (-Ddkron.tests.seed)");
        java.util.Random random = new java.util.Random(seed);
        Scenario scenario = begin("f32", Scenario.Loses.ALL);
        for (int i = 0; i < (LONG ? 100 : 3); i++) {
            List<Node> some = new ArrayList<>();
            List<Node> others = new ArrayList<>();
            cluster.nodes().forEach(n -> (random.nextBoolean() ? some : others).add(n));
            cluster.network().orElseThrow().cut(hosts(some), hosts(others));
            lasts(Duration.ofMillis(1_000 + random.nextInt(LONG ? 12_000 : 3_000)));
            cluster.network().orElseThrow().heal();
            lasts(Duration.ofMillis(random.nextInt(LONG ? 6_000 : 2_000)));
        }
        Set<Long> pids = pids();
        finish(scenario);
        assertThat(pids()).isEqualTo(pids);
    }

    private static Set<Long> pids() {
        return cluster.nodes().stream().map(Node::pid).collect(java.util.stream.Collectors.toSet());
    }

    @Test
    @Order(25)
    void f41AnAgentAndAServerThatLeaveEndAndAreShownAsLeft() throws Exception {
        Node server = cluster.guest("s4", true);
        server.start();
        awaitVoters(4);
        Api.Answer answer = server.api().post("/v1/leave");
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(server.awaitEnd()).isZero();
        awaitVoters(3);
        await("s4 to be shown as left")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Cluster.members(cluster.leader(), "left").contains("s4"));
        assertThat(Files.exists(server.data())).isTrue();
        assertThat(cluster.lacking()).isEmpty();
    }
}
