package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.store.StoreServer;
import io.dkron.core.store.StoreServerSource;
import io.dkron.tests.support.Cluster;
import io.dkron.tests.support.Distribution;
import io.dkron.tests.support.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three servers and two agents on each store that others operate: the leader killed, the store killed, the store hung, all
 * under load, and the checker finds nothing. The usual run takes two stores, profile {@code long} takes them all.
 */
class StoreClusterIT {
    private static final Duration PAUSE = Duration.ofSeconds(Distribution.longRuns() ? 30 : 5);
    private static final Set<String> USUAL = Set.of("etcd", "postgres");

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
            try (Cluster cluster = Cluster.of(base, 3, 2, Optional.empty(), flags.toArray(String[]::new))) {
                cluster.start();
                P3aKilledLeaderIsFollowed(cluster, backend);
                firingsAreHeldWhileTheStoreIsAway(cluster, store, backend);
                aHungStoreIsSurvived(cluster, store, backend);
            }
        }
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
        }
        lasts(PAUSE);
        store.start();
        finish(cluster, scenario);
    }

    private static void aHungStoreIsSurvived(Cluster cluster, StoreServer store, String backend) {
        Scenario scenario = Scenario.begin(cluster, backend + "-hung", Scenario.Loses.NOTHING);
        store.pause();
        lasts(PAUSE);
        store.resume();
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
