package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Faults of processes, machines and links, under load, on one cluster of three servers and three agents. After each the
 * cluster must become whole by itself, and the checker must find nothing. Faults that take the same nodes away share one
 * scenario, for what costs time is to bring it to rest. Numbers are those of the conformance cases and of the known faults
 * of the original. Profile {@code long} repeats them, and lets them last.
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
        Scenario.abandon();
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
    void c005OnlyTheLeaderSaysThatItLeads() {
        Node leader = cluster.leader();
        assertThat(leader.api().get("/v1/isleader").text()).isEqualTo("\"I am a leader\"");
        for (Node follower : serversBut(leader)) {
            Api.Answer answer = follower.api().get("/v1/isleader");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text()).isEqualTo("\"I am a follower\"");
        }
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
    void f37AgentsThatJoinChangeNoLead() {
        Node leader = cluster.leader();
        double term = leader.metric("dkron_term").orElseThrow();
        List<Node> guests = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            guests.add(cluster.guest("guest" + i, false));
        }
        try {
            guests.forEach(Node::launch);
            for (Node server : cluster.servers()) {
                await("20 more agents on " + server)
                        .atMost(Duration.ofSeconds(180))
                        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                        .until(() -> Cluster.members(server, "alive")
                                .containsAll(guests.stream().map(Node::name).toList()));
            }
            assertThat(leader.status("/v1/isleader")).isEqualTo(200);
            assertThat(leader.metric("dkron_term")).contains(term);
        } finally {
            guests.parallelStream().forEach(Node::close);
        }
        forget(guests);
    }

    /** So that no later scenario waits for them: nobody starts them again. */
    private static void forget(List<Node> guests) {
        for (Node guest : guests) {
            await(guest + " to be forgotten")
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .until(() -> Set.of(200, 404)
                            .contains(cluster.leader()
                                    .api()
                                    .delete("/v1/members/" + guest.name())
                                    .status()));
        }
    }

    @Tag("C159")
    @Test
    @Order(3)
    void f45ResultsAndSaversLoseNoCount() throws Exception {
        String name = "f45";
        cluster.leader().api().save(oneRun(name));
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> savers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Api api = cluster.servers().get(i % 3).api();
            String owner = "saver" + i;
            savers.add(new Thread(
                    () -> {
                        while (!over.get()) {
                            api.save(oneRun(name).put("owner", owner));
                        }
                    },
                    owner));
        }
        savers.forEach(Thread::start);
        try {
            for (int i = 0; i < 100; i++) {
                assertThat(cluster.servers()
                                .get(i % 3)
                                .api()
                                .post("/v1/jobs/" + name, "", "Prefer", "respond-async")
                                .status())
                        .isEqualTo(202);
            }
            for (Node server : cluster.servers()) {
                await("100 successes on " + server)
                        .atMost(Duration.ofSeconds(120))
                        .until(() ->
                                server.api().job(name).path("success_count").asInt() >= 100);
            }
        } finally {
            over.set(true);
            for (Thread saver : savers) {
                saver.join(60_000);
            }
        }
        JsonNode job = cluster.leader().api().job(name);
        assertThat(job.path("success_count").asInt()).isEqualTo(100);
        assertThat(job.path("error_count").asInt()).isZero();
        assertThat(cluster.leader().api().delete("/v1/jobs/" + name).status()).isEqualTo(200);
    }

    private static ObjectNode oneRun(String name) {
        ObjectNode job = Api.shell(name, "@manually", "true");
        job.putObject("tags").put("role", "web:1");
        return job;
    }

    @Tag("F14")
    @Test
    @Order(4)
    void c151AndC153AndF30AKilledLeaderIsFollowedByAnotherThatSchedulesAndTakesItsResults() {
        Scenario scenario = begin("c151", Scenario.Loses.SERVERS);
        String job = "c153";
        longJob(job);
        startByHand(cluster.leader(), job);
        Node taker = cluster.leader();
        for (int i = 0; i < Distribution.times(1, 20); i++) {
            Node leader = cluster.leader();
            long killed = System.nanoTime();
            leader.kill();
            taker = cluster.leaderOf(serversBut(leader));
            System.out.printf(
                    "c151: %s killed, %s leads after %.2f s%n", leader, taker, (System.nanoTime() - killed) / 1e9);
            scenario.awaitFirings();
            if (i == 0) {
                awaitStates(taker, job, Set.of("success"), 3);
                for (JsonNode execution : taker.api().executions(job)) {
                    assertThat(execution.path("output").asText()).isEqualTo("right\n");
                }
            }
            leader.launch();
            cluster.awaitWhole();
        }
        assertThat(cluster.leader().api().delete("/v1/jobs/" + job).status()).isEqualTo(200);
        finish(scenario);
    }

    private static void longJob(String name) {
        ObjectNode job = Api.shell(name, "@manually", "sleep 5; echo right");
        job.putObject("tags").put("role", "web:9");
        cluster.leader().api().save(job);
    }

    private static void startByHand(Node server, String job) {
        assertThat(server.api()
                        .post("/v1/jobs/" + job, "", "Prefer", "respond-async")
                        .status())
                .isEqualTo(202);
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
    @Order(5)
    void aKilledFollowerIsNotMissedAndWithAnEmptyDiskItIsANewMember() {
        Scenario scenario = begin("follower", Scenario.Loses.SERVERS);
        Node leader = cluster.leader();
        Node follower = cluster.followers().get(0);
        follower.kill();
        scenario.awaitFirings();
        assertThat(cluster.leader()).isEqualTo(leader);
        if (LONG) {
            follower.launch();
            cluster.awaitWhole();
            follower.kill();
        }
        follower.wipe();
        follower.launch();
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

    @Tag("F29")
    @Test
    @Order(6)
    void c153AndF31AKilledOrPausedAgentHoldsNobodyUpAndFindsItsProcessesAgain() {
        Scenario scenario = begin("agents", Scenario.Loses.AGENTS);
        Node killed = cluster.agents().get(0);
        killed.kill();
        lasts(Duration.ofSeconds(2));
        cluster.restore();

        Node paused = cluster.agents().get(2);
        Instant since = Instant.now();
        paused.pause();
        lasts(PAUSE);
        int others = scenario.startedOn(cluster.agents().get(0), "any", since).size()
                + scenario.startedOn(cluster.agents().get(1), "any", since).size();
        paused.resume();
        assertThat(others).as("runs on the other agents").isPositive();

        Node lost = cluster.agents().get(1);
        cluster.awaitWhole();
        longJob("c153");
        startByHand(cluster.leader(), "c153");
        awaitStates(cluster.leader(), "c153", Set.of("running"), 3);
        lost.kill();
        awaitStates(cluster.leader(), "c153", Set.of("success", "failed", "lost"), 3);
        List<String> without = new ArrayList<>();
        for (JsonNode execution : cluster.leader().api().executions("c153")) {
            if (!execution.path("success").asBoolean()) {
                without.add(execution.path("node_name").asText() + " "
                        + execution.path("state").asText());
            }
        }
        assertThat(without).containsExactly(lost.name() + " lost");
        cluster.restore();
        awaitStates(cluster.leader(), "c153", Set.of("success"), 3); // it reports what it found
        assertThat(cluster.leader().api().delete("/v1/jobs/c153").status()).isEqualTo(200);
        finish(scenario);
    }

    @Tag("C150")
    @Test
    @Order(7)
    void c154AndF39AndF44AllKilledAtOnceAndAgentsBackBeforeServers() {
        Scenario scenario = begin("everything", Scenario.Loses.ALL);
        cluster.nodes().forEach(Node::kill);
        lasts(Duration.ofSeconds(LONG ? 9 : 2));
        cluster.agents().forEach(Node::launch);
        lasts(Duration.ofSeconds(LONG ? 60 : 3));
        finish(scenario);
    }

    @Tag("F19")
    @Test
    @Order(8)
    void aPausedLeaderIsDeposedAndWritesNothingWhenItWakes() {
        Scenario scenario = begin("paused", Scenario.Loses.SERVERS);
        Node leader = cluster.leader();
        leader.pause();
        assertThat(cluster.leaderOf(serversBut(leader))).isNotEqualTo(leader);
        scenario.awaitFirings();
        if (LONG) {
            lasts(PAUSE);
        }
        leader.resume();
        finish(scenario);
    }

    @Tag("F19")
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
        Api.Answer refused =
                leader.api().post("/v1/jobs", Api.base("c152-never").toString());
        assertThat(refused.status())
                .as("a write to a leader without a majority: " + refused)
                .isEqualTo(503);
        assertThat(refused.header("Retry-After")).isPresent();
        if (LONG) {
            lasts(Duration.ofSeconds(10));
        }
        finish(scenario);
        cluster.leader().api().delete("/v1/jobs/c152-never");
    }

    @Test
    @Order(10)
    void anAgentThatIsCutOffThenHalvesThenOneDirectionOnly() {
        needsNetwork();
        Scenario scenario = begin("cuts", Scenario.Loses.ALL);
        Namespaces network = cluster.network().orElseThrow();
        Node agent = cluster.agents().get(0);
        network.cut(List.of(agent.host()), hosts(allBut(agent)));
        lasts(PAUSE);
        network.heal();
        cluster.awaitWhole();

        Node leader = cluster.leader();
        List<Node> small =
                List.of(leader, cluster.agents().get(0), cluster.agents().get(1));
        List<Node> large = new ArrayList<>(cluster.nodes());
        large.removeAll(small);
        network.cut(hosts(small), hosts(large));
        cluster.leaderOf(serversBut(leader)); // where the majority is
        if (LONG) {
            lasts(PAUSE);
        }
        network.heal();
        cluster.awaitWhole();

        Node deaf = cluster.leader();
        for (Node other : allBut(deaf)) {
            deaf.host().deafTo(other.host());
        }
        cluster.leaderOf(serversBut(deaf));
        lasts(PAUSE);
        network.heal();
        cluster.awaitWhole();
        scenario.awaitFirings();

        Node dumb = cluster.leader();
        for (Node other : allBut(dumb)) {
            other.host().deafTo(dumb.host());
        }
        cluster.leaderOf(serversBut(dumb));
        lasts(PAUSE);
        finish(scenario);
    }

    @Tag("F21")
    @Test
    @Order(11)
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
    @Order(12)
    void p6AFullDiskStopsOneServerAloneAndThatIsSaid() {
        assumeTrue(SharedCluster.smallDisk(), "needs mount");
        Scenario scenario = begin("full", Scenario.Loses.SERVERS);
        Node server = cluster.node("s3");
        Path filler = server.data().resolve("filler");
        int before = server.printed().length();
        Command.attempt("sh", "-c", "cat /dev/zero > " + filler + " 2>/dev/null");
        try {
            await("s3 to be unready and to say why")
                    .atMost(Duration.ofSeconds(60))
                    .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                    .untilAsserted(() -> {
                        Api.Answer ready = server.quick().get("/health/ready");
                        assertThat(ready.status()).isEqualTo(503);
                        assertThat(ready.text()).contains("No space left on device", "restart this server");
                    });
            assertThat(server.printed().substring(before)).contains("No space left on device", "restart this server");
            Node next = cluster.leaderOf(serversBut(server));
            scenario.awaitFirings();
            next.api().save(Api.base("full-written"));
            assertThat(server.alive()).isTrue();
        } finally {
            assertThat(filler.toFile().delete()).isTrue();
            server.kill();
        }
        finish(scenario);
        assertThat(server.status("/v1/jobs/full-written")).isEqualTo(200);
        assertThat(server.api().delete("/v1/jobs/full-written").status()).isEqualTo(200);
    }

    @Tag("F16")
    @Test
    @Order(13)
    void f35ARollingRestartUnderLoadAndThenADiskOfBefore() {
        Scenario scenario = begin("f35", Scenario.Loses.SERVERS);
        Node old = cluster.node("s2");
        Path copy = cluster.base().resolve("old-disk");
        for (int round = 0; round < Distribution.times(1, 10); round++) {
            for (Node server : cluster.servers()) {
                assertThat(server.terminate()).as("exit code of " + server).isZero();
                if (round == 0 && server == old) {
                    Command.run("cp", "-a", old.data().toString(), copy.toString());
                }
                if (round == 0 && server.name().equals("s3")) {
                    isRefusedUnderTheNameOf("s2", "s3");
                }
                server.launch();
                cluster.awaitWhole();
            }
        }
        scenario.awaitFirings();
        assertThat(Cluster.members(cluster.leader(), "alive"))
                .containsExactlyInAnyOrder("s1", "s2", "s3", "a1", "a2", "a3");

        runAt(old, "f35-interrupted");
        old.kill();
        old.wipe();
        Command.run("cp", "-a", copy + "/.", old.data().toString());
        old.launch();
        await("the server with an old disk to be ready, or to refuse it and end")
                .atMost(Duration.ofSeconds(120))
                .until(() -> !old.alive() || old.ready());
        if (!old.alive()) {
            System.out.println("f35: the old disk was refused; " + last(old));
            old.wipe();
        }
        finish(scenario);
        awaitVoters(3);
        JsonNode interrupted = cluster.leader().api().executions("f35-interrupted");
        assertThat(interrupted).hasSize(1);
        assertThat(interrupted.get(0).path("state").asText()).isEqualTo("failed");
        assertThat(interrupted.get(0).path("output").asText()).startsWith("outcome unknown");
        assertThat(cluster.leader().api().delete("/v1/jobs/f35-interrupted").status())
                .isEqualTo(200);
    }

    /** Starts a run of half a minute on that node, and waits until it runs. */
    private static void runAt(Node node, String name) {
        Api api = cluster.leader().api();
        ObjectNode job = Api.shell(name, "@manually", "sleep 30");
        job.putObject("tags").put("host", node.name());
        api.save(job);
        Api.Answer started = api.post("/v1/jobs/" + name + "/run");
        assertThat(started.status()).as(started.toString()).isIn(200, 202);
        await(name + " to run on " + node)
                .atMost(Duration.ofSeconds(20))
                .until(() -> api.executions(name).path(0).path("state").asText().equals("running"));
    }

    private static void isRefusedUnderTheNameOf(String name, String folder) {
        Node renamed = cluster.impostor(folder, name, true);
        renamed.launch();
        assertThat(renamed.awaitEnd()).isEqualTo(1);
    }

    private static String last(Node node) {
        List<String> lines = node.printed().lines().toList();
        return lines.get(lines.size() - 1);
    }

    @Test
    @Order(14)
    void anotherNodesNameIsRefused() {
        Node thief = cluster.impostor("thief", "a1", false);
        try {
            thief.launch();
            assertThat(thief.awaitEnd()).isEqualTo(1);
            assertThat(thief.printed()).contains("a1");
        } finally {
            thief.close();
        }
        cluster.awaitWhole();
    }

    @Test
    @Order(15)
    void c157AWrongOrMissingKeyIsRefusedAndBothLogsSayWhy() {
        String join = "--retry-join=" + cluster.node("s1").address();
        for (String key : List.of("--encrypt=AAAAAAAAAAAAAAAAAAAAAA==", "")) {
            int before = cluster.node("s1").printed().length();
            Node stranger = key.isEmpty()
                    ? cluster.stranger("no-key", false, join, "--retry-interval=1s")
                    : cluster.stranger("wrong-key", false, join, "--retry-interval=1s", key);
            try {
                stranger.launch();
                await(stranger + " to say why")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> stranger.printed().contains("encrypt"));
                await("s1 to say why about " + stranger)
                        .atMost(Duration.ofSeconds(60))
                        .until(() ->
                                cluster.node("s1").printed().substring(before).contains("encrypt"));
                assertThat(Cluster.members(cluster.leader(), "alive")).doesNotContain(stranger.name());
            } finally {
                stranger.close();
            }
        }
    }

    @Test
    @Order(16)
    void f36TwoClustersThatWereStartedApartAreNotMerged() {
        Node apart = cluster.stranger("apart", true, "--encrypt=" + SharedCluster.KEY);
        try {
            apart.start();
            apart.api().save(Api.base("of-the-other"));
            assertThat(apart.terminate()).isZero();
            apart.launch("--retry-join=" + cluster.node("s1").address(), "--retry-interval=1s");
            await("the other cluster's server to say why it is refused")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> apart.printed().contains("this node was refused") || !apart.alive());
            await("its second start to be over; it goes on alone")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> apart.printed().split("lead taken node=apart", -1).length > 2 || !apart.alive());
            for (Node server : cluster.servers()) {
                assertThat(server.status("/v1/jobs/of-the-other")).isEqualTo(404);
                assertThat(Cluster.members(server, "alive")).doesNotContain("apart");
            }
            for (Node node : cluster.nodes()) {
                assertThat(node.printed()).as("the log of " + node).doesNotContain("member state=alive name=apart");
            }
        } finally {
            apart.close();
        }
        cluster.awaitWhole();
    }

    @Test
    @Order(17)
    void f30AndF38ForcedElectionsLeaveOneLeaderThatSchedules() {
        Scenario scenario = begin("f30", Scenario.Loses.SERVERS);
        int refused = 0;
        for (int i = 0; i < Distribution.times(3, 100); i++) {
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
            // 503 only where the machine is so busy that the election did not end in time.
            assertThat(answer.status()).as(answer.toString()).isIn(200, 503);
            if (answer.status() == 200) {
                await(next + " to lead").atMost(Duration.ofSeconds(30)).until(() -> cluster.leader() == next);
            } else {
                refused++;
            }
            scenario.awaitFirings();
        }
        System.out.printf("f30: %d of %d promotions answered 503%n", refused, Distribution.times(3, 100));
        finish(scenario);
    }

    @Test
    @Order(18)
    void c039AndF41WithoutAMajorityWritesAreRefusedAndNothingIsLost() {
        Scenario scenario = begin("f41", Scenario.Loses.SERVERS);
        Node left = cluster.leader();
        serversBut(left).forEach(Node::kill);
        await("a write to be refused").atMost(Duration.ofSeconds(30)).until(() -> {
            try {
                Api.Answer answer = new Api(left.url(), Duration.ofSeconds(15))
                        .post("/v1/jobs", Api.base("f41-refused").toString());
                return answer.status() == 503
                        && answer.header("Retry-After").isPresent()
                        && answer.header("Content-Type").orElse("").startsWith("application/problem+json");
            } catch (UncheckedIOException e) {
                return false;
            }
        });
        await("nobody to be named as the leader")
                .atMost(Duration.ofSeconds(30))
                .until(() -> left.status("/v1/leader") == 503);
        assertThat(left.alive()).isTrue();
        assertThat(left.status("/v1/jobs")).isEqualTo(200);
        finish(scenario);
        cluster.leader().api().delete("/v1/jobs/f41-refused");
    }

    @Test
    @Order(19)
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
    @Order(20)
    void f32CutsAtRandomHealWithoutARestart() {
        needsNetwork();
        long seed = Long.getLong("dkron.tests.seed", System.nanoTime());
        System.out.println("f32: seed " + seed + " (-Ddkron.tests.seed)");
        java.util.Random random = new java.util.Random(seed);
        Scenario scenario = begin("f32", Scenario.Loses.ALL);
        for (int i = 0; i < Distribution.times(3, 100); i++) {
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
    @Order(21)
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
        cluster.awaitWhole();
    }

    @Test
    @Order(22)
    void f81TheClustersKeyIsShownNowhere() {
        for (Node node : cluster.nodes()) {
            assertThat(node.printed()).as("the log of " + node).doesNotContain(SharedCluster.KEY);
        }
        for (Node server : cluster.servers()) {
            for (String path : List.of("/v1", "/v1/members", "/v1/overview", "/debug/vars", "/metrics")) {
                Api.Answer answer = server.api().get(path);
                assertThat(answer.status()).as(path).isEqualTo(200);
                assertThat(answer.text()).as(path).doesNotContain(SharedCluster.KEY);
            }
        }
    }
}
