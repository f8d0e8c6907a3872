package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.cli.store.OpenedStore;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.StoreRequest;
import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import io.dkron.tests.support.Api;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.Node;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three servers and two agents on each store that others operate: the leader killed, the store killed, the store hung, every
 * node killed at once, all under load, and the checker finds nothing. The usual run takes two stores, profile {@code long} takes them all.
 */
class StoreClusterIT {
    private static final Duration PAUSE = Duration.ofSeconds(Distribution.longRuns() ? 30 : 5);
    private static final Set<String> USUAL = Set.of("etcd", "postgres");
    private static final Set<String> OF_DKRON_1 = Set.of("etcd", "consul", "zookeeper", "redis", "dynamodb");

    @TempDir
    Path base;

    static Stream<String> backends() {
        return sources()
                .map(StoreServerSource::backend)
                .filter(backend -> Distribution.longRuns() || USUAL.contains(backend))
                .sorted();
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
    void nothingIsLostOrDoubledWhateverDies(String backend) {
        StoreServerSource source =
                sources().filter(s -> s.backend().equals(backend)).findFirst().orElseThrow();
        try (StoreServer store = source.create()) {
            store.start();
            List<String> flags = new ArrayList<>(source.flags());
            flags.addAll(List.of(
                    "--backend=" + backend,
                    "--backend-machine=" + store.machine(),
                    "--backend-timeout=2s",
                    "--misfire-grace=3s",
                    "--agent-lost-after=8s",
                    "--executions-kept=1000000"));
            if (OF_DKRON_1.contains(backend)) {
                storeAJobOfDkron1(backend, store.machine(), source.flags());
            }
            try (Cluster cluster = Cluster.of(base, 3, 2, Optional.empty(), flags.toArray(String[]::new))) {
                cluster.start();
                if (OF_DKRON_1.contains(backend)) {
                    theJobOfDkron1IsListedAndFires(cluster);
                }
                P3aKilledLeaderIsFollowed(cluster, backend);
                firingsAreHeldWhileTheStoreIsAway(cluster, store, backend);
                aHungStoreIsSurvived(cluster, store, backend);
                allComeBackWithWhatTheyHad(cluster, backend);
            }
        }
    }

    /** As Dkron 1.2.5 wrote it, before any server of ours was there. */
    private static void storeAJobOfDkron1(String backend, String machine, List<String> flags) {
        Map<String, String> given = flags.stream()
                .map(flag -> flag.substring(2).split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
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

    private static void P3aKilledLeaderIsFollowed(Cluster cluster, String backend) {
        Scenario scenario = Scenario.begin(cluster, backend + "-leader", Scenario.Loses.SERVERS);
        Node first = cluster.leader();
        first.kill();
        Node second = cluster.leaderOf(
                cluster.servers().stream().filter(s -> s != first).toList());
        assertThat(second).isNotSameAs(first);
        finish(cluster, scenario);
    }

    private static void firingsAreHeldWhileTheStoreIsAway(Cluster cluster, StoreServer store, String backend) {
        Scenario scenario = Scenario.begin(cluster, backend + "-away", Scenario.Loses.NOTHING);
        store.kill();
        for (Node server : cluster.servers()) {
            await(server + " to say that its store is away")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> server.alive() && server.status("/health/ready") == 503);
            await("a write to " + server + " to be refused")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> server.api()
                                    .post("/v1/jobs", Api.base("c158-refused").toString())
                                    .status()
                            == 503);
        }
        lasts(PAUSE);
        store.start();
        finish(cluster, scenario);
        assertThat(cluster.leader().api().delete("/v1/jobs/c158-refused").status())
                .as("503 after a write may mean that it was done")
                .isIn(200, 404);
    }

    private static void aHungStoreIsSurvived(Cluster cluster, StoreServer store, String backend) {
        Scenario scenario = Scenario.begin(cluster, backend + "-hung", Scenario.Loses.NOTHING);
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
