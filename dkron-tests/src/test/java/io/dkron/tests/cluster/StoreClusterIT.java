package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.cli.store.OpenedStore;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.GuardedServer;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import io.dkron.core.store.TcpProxy;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.Node;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three servers and two agents on each store that others operate, which asks for a password: the leader killed and stopped, a
 * server with a wrong password, the store away, full, hung, slow and cut off, every node killed at once, all under load,
 * and the checker finds nothing. The usual run takes two stores, profile {@code long} takes them all.
 */
class StoreClusterIT {
    private static final Duration PAUSE = Duration.ofSeconds(Distribution.longRuns() ? 30 : 4);
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final Set<String> USUAL = Set.of("etcd", "postgres");
    private static final String REFUSED = "c158-refused";
    private static final Set<String> OF_DKRON_1 = Set.of("etcd", "consul", "zk", "redis", "dynamodb");

    @TempDir
    Path base;

    static Stream<String> backends() {
        return sources()
                .map(StoreServerSource::backend)
                .filter(chosen()::contains)
                .sorted();
    }

    /** {@code -Ddkron.tests.stores=etcd,zk} takes these; else the usual ones, or all. */
    private static Set<String> chosen() {
        String asked = System.getProperty("dkron.tests.stores", "");
        if (!asked.isEmpty()) {
            return Set.of(asked.split(","));
        }
        return Distribution.longRuns()
                ? sources().map(StoreServerSource::backend).collect(Collectors.toSet())
                : USUAL;
    }

    private static Stream<StoreServerSource> sources() {
        return ServiceLoader.load(StoreServerSource.class).stream().map(ServiceLoader.Provider::get);
    }

    @Tag("C150")
    @Tag("C158")
    @Tag("F43")
    @Tag("F44")
    @Tag("F76")
    @Tag("C160")
    @ParameterizedTest(name = "{0}")
    @MethodSource("backends")
    void nothingIsLostOrDoubledWhateverDies(String backend) throws Exception {
        StoreServerSource source =
                sources().filter(s -> s.backend().equals(backend)).findFirst().orElseThrow();
        GuardedServer guarded = source.guarded();
        try (StoreServer store = guarded.server();
                TcpProxy way = new TcpProxy(store.machine())) {
            List<String> flags = new ArrayList<>(source.flags());
            flags.addAll(List.of(
                    "--backend=" + backend,
                    "--backend-machine=" + way.machine(),
                    "--backend-username=" + guarded.right().username(),
                    "--backend-password=" + guarded.right().password(),
                    "--backend-timeout=2s",
                    "--misfire-grace=3s",
                    "--agent-lost-after=8s",
                    "--executions-kept=1000000"));
            if (OF_DKRON_1.contains(backend)) {
                storeAJobOfDkron1(backend, way.machine(), flags);
            }
            try (Cluster cluster = Cluster.of(base, 3, 2, Optional.empty(), flags.toArray(String[]::new))) {
                aStoreThatIsAwayAtTheStartIsWaitedFor(cluster, way);
                if (OF_DKRON_1.contains(backend)) {
                    theJobOfDkron1IsListedAndFires(cluster);
                }
                P3aKilledOrStoppedLeaderIsFollowed(cluster, guarded, backend);
                firingsAreHeldWhileTheStoreIsFullOrAway(cluster, guarded, way, backend);
                aStoreThatIsSlowCutOffOrHungIsSurvived(cluster, store, way, backend);
                allComeBackWithWhatTheyHad(cluster, backend);
            }
        }
    }

    /** As Dkron 1.2.5 wrote it, before any server of ours was there. */
    private static void storeAJobOfDkron1(String backend, String machine, List<String> flags) {
        Map<String, String> given = flags.stream()
                .map(flag -> flag.substring(2).split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (first, last) -> last));
        StoreRequest request = new StoreRequest(
                backend,
                List.of(machine),
                "dkron",
                given.getOrDefault("backend-username", ""),
                given.getOrDefault("backend-password", ""),
                StoreRequest.Tls.OFF,
                given.getOrDefault("backend-region", ""),
                "",
                "",
                true,
                Duration.ofSeconds(30));
        String job =
                "{\"name\":\"c160\",\"timezone\":\"\",\"schedule\":\"@every 2s\",\"owner\":\"ops\",\"owner_email\":\"\","
                        + "\"success_count\":3,\"error_count\":1,\"last_success\":\"2019-06-01T12:00:02.104+02:00\","
                        + "\"last_error\":\"0001-01-01T00:00:00Z\",\"disabled\":false,\"tags\":{\"dkron_server\":\"true:1\"},"
                        + "\"retries\":1,\"dependent_jobs\":null,\"parent_job\":\"\",\"processors\":null,\"concurrency\":\"allow\","
                        + "\"executor\":\"shell\",\"executor_config\":{\"command\":\"echo old\"},\"status\":\"success\","
                        + "\"next\":\"2019-06-01T11:00:00Z\"}";
        try (OpenedStore opened = OpenedStore.open(request, Path.of("none"))) { // packed with the command
            assertThat(opened.store().commit(new Batch().put("dkron/jobs/c160", job.getBytes(StandardCharsets.UTF_8))))
                    .isInstanceOf(CommitResult.Committed.class);
        }
    }

    private static void theJobOfDkron1IsListedAndFires(Cluster cluster) {
        for (Node server : cluster.servers()) {
            assertThat(server.api().job("c160").path("owner").asText()).isEqualTo("ops");
        }
        Api api = cluster.leader().api();
        await("the job of Dkron 1 to run on its schedule")
                .atMost(Duration.ofSeconds(30))
                .until(() -> api.job("c160").path("success_count").asInt() > 3);
        assertThat(api.executions("c160")
                        .get(api.executions("c160").size() - 1)
                        .path("trigger")
                        .asText())
                .isEqualTo("schedule");
        assertThat(api.delete("/v1/jobs/c160").status()).isEqualTo(200);
    }

    private static void aStoreThatIsAwayAtTheStartIsWaitedFor(Cluster cluster, TcpProxy way) {
        way.refuse();
        cluster.nodes().forEach(Node::launch);
        for (Node server : cluster.servers()) {
            awaitUnready(server, "no leader: .*" + Pattern.quote(way.machine()));
            assertThat(server.metric("dkron_store_up")).contains(0.0);
        }
        way.pass();
        cluster.awaitWhole();
    }

    /** The one that was killed comes back as nobody that the store lets in, too: it says so, and harms nothing. */
    private static void P3aKilledOrStoppedLeaderIsFollowed(Cluster cluster, GuardedServer guarded, String backend) {
        Scenario scenario = Scenario.begin(cluster, backend + "-leader", Scenario.Loses.SERVERS);
        Node first = cluster.leader();
        first.kill();
        Node second = leaderBut(cluster, first);
        first.launch("--backend-password=" + guarded.wrong().password());
        awaitUnready(first, "(?i)password|token|credentials");
        first.kill();
        first.launch("--backend-tls");
        awaitUnready(first, "(?i)tls|ssl");
        first.kill();
        cluster.restore();
        second.pause();
        leaderBut(cluster, second);
        second.resume(); // whatever it goes on with is refused
        finish(cluster, scenario);
    }

    private static Node leaderBut(Cluster cluster, Node gone) {
        return cluster.leaderOf(
                cluster.servers().stream().filter(s -> s != gone).toList());
    }

    private static void firingsAreHeldWhileTheStoreIsFullOrAway(
            Cluster cluster, GuardedServer guarded, TcpProxy way, String backend) throws Exception {
        Scenario scenario = Scenario.begin(cluster, backend + "-away", Scenario.Loses.NOTHING);
        guarded.refuseWrites().make();
        cluster.servers().forEach(StoreClusterIT::awaitRefusal);
        lasts(PAUSE);
        guarded.takeWrites().make();
        cluster.restore();
        scenario.awaitFirings();
        guarded.server().kill();
        for (Node server : cluster.servers()) {
            awaitUnready(server, "(store|no leader): .*" + Pattern.quote(way.machine()));
            awaitRefusal(server);
            assertThat(server.metric("dkron_store_up")).contains(0.0);
        }
        lasts(PAUSE);
        guarded.server().start();
        finish(cluster, scenario);
        for (Node server : cluster.servers()) {
            assertThat(server.metric("dkron_store_up")).contains(1.0);
        }
        assertThat(cluster.leader().api().delete("/v1/jobs/" + REFUSED).status())
                .as("503 after a write may mean that it was done")
                .isIn(200, 404);
    }

    private static void awaitUnready(Node server, String why) {
        Pattern reason = Pattern.compile(why);
        await(server + " to be up and to say that it is not ready for: " + why)
                .atMost(LONGEST)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .failFast(server + " ended: " + server.console(), () -> !server.alive())
                .until(() -> {
                    Api.Answer answer = server.quick().get("/health/ready");
                    return answer.status() == 503
                            && reason.matcher(answer.text()).find();
                });
    }

    private static void awaitRefusal(Node server) {
        await("a write to " + server + " to be refused")
                .atMost(LONGEST)
                .until(() -> server.api()
                                .post("/v1/jobs", Api.base(REFUSED).toString())
                                .status()
                        == 503);
    }

    private static void aStoreThatIsSlowCutOffOrHungIsSurvived(
            Cluster cluster, StoreServer store, TcpProxy way, String backend) {
        Scenario scenario = Scenario.begin(cluster, backend + "-network", Scenario.Loses.NOTHING);
        way.delay(Duration.ofMillis(100)); // each way
        lasts(PAUSE);
        scenario.awaitFirings();
        way.pass();
        for (int i = 0; i < Distribution.times(4, 40); i++) {
            way.cutBeforeNextAnswer();
            lasts(Duration.ofMillis(ThreadLocalRandom.current().nextInt(500)));
            way.cut();
        }
        way.hang();
        lasts(PAUSE);
        way.pass();
        cluster.restore();
        scenario.awaitFirings();
        store.pause();
        lasts(PAUSE);
        store.resume();
        finish(cluster, scenario);
    }

    /** That the executions of before are there, and that the schedule goes on, is the checker's to say. */
    private static void allComeBackWithWhatTheyHad(Cluster cluster, String backend) {
        Scenario scenario = Scenario.begin(cluster, backend + "-all", Scenario.Loses.ALL);
        cluster.nodes().forEach(Node::kill);
        finish(cluster, scenario);
    }

    /** The fault itself lasts so long: no wait for a condition. */
    private static void lasts(Duration time) {
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() < end; ) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private static void finish(Cluster cluster, Scenario scenario) {
        cluster.restore();
        scenario.awaitFirings();
        scenario.end();
    }
}
