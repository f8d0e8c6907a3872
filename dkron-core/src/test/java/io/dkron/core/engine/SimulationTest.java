package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.Job;
import io.dkron.core.job.JobStatus;
import io.dkron.core.store.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Ten minutes of a server's life with crashes, store failures, lost answers and a clock that jumps, many times over. Every
 * seed is one course of events; {@code -Ddkron.simulation.seed=N} repeats one, {@code -Ddkron.simulation.seeds=N} says
 * how many are tried.
 */
class SimulationTest {
    private static final long LONGEST = Duration.ofSeconds(60).toNanos();

    @Test
    void whateverFailsNoFiringIsLostOrDoubledAndEveryPromiseIsKept() {
        Optional<Long> one = Optional.ofNullable(Long.getLong("dkron.simulation.seed"));
        int seeds = Integer.getInteger("dkron.simulation.seeds", 0);
        long first = one.orElseGet(() -> System.nanoTime() & 0xffffffL);
        long start = System.nanoTime();
        int tried = 0;
        long fired = 0;
        long missed = 0;
        long ended = 0;
        long dependents = 0;
        while (one.isPresent() ? tried < 1 : seeds > 0 ? tried < seeds : tried < 200 && within(start)) {
            SimulatedCluster cluster = run(first + tried);
            assertThat(cluster.history.violations).as("seed " + (first + tried)).isEmpty();
            fired += cluster.history.fired;
            missed += cluster.history.missed;
            ended += cluster.history.ended;
            dependents += cluster.history.dependents;
            tried++;
        }
        System.out.printf(
                "simulation: %d seeds from %d: %d fired, %d missed or skipped, %d executions ended, %d dependent%n",
                tried, first, fired, missed, ended, dependents);
        assertThat(fired).isPositive();
    }

    private static boolean within(long start) {
        return System.nanoTime() - start < LONGEST;
    }

    private static SimulatedCluster run(long seed) {
        SimulatedCluster cluster = SimulatedCluster.started(seed);
        SimulatedClient client = new SimulatedClient(cluster);
        cluster.faults.network = true;
        cluster.faults.store = true;
        cluster.store.fates(() -> fate(cluster));
        mischief(cluster, client);
        cluster.simulation.runFor(Duration.ofMinutes(10));
        client.stopped = true;
        quiet(cluster);
        check(cluster, client);
        return cluster;
    }

    private static MemoryStore.Fate fate(SimulatedCluster cluster) {
        if (!cluster.faults.store || !cluster.simulation.oneIn(60)) {
            return MemoryStore.Fate.NORMAL;
        }
        return MemoryStore.Fate.values()[1 + cluster.simulation.random.nextInt(3)];
    }

    private static void mischief(SimulatedCluster cluster, SimulatedClient client) {
        Simulation simulation = cluster.simulation;
        simulation.after(simulation.millis(1_000, 60_000), () -> {
            if (client.stopped) {
                return;
            }
            switch (simulation.random.nextInt(6)) {
                case 0, 1 -> crash(cluster);
                case 2 -> {
                    cluster.store.up(false);
                    simulation.after(simulation.millis(100, 90_000), () -> cluster.store.up(true));
                }
                case 3 -> cluster.stepClock(Duration.ofSeconds(simulation.random.nextInt(-200, 600)));
                case 4 -> {
                    if (simulation.oneIn(4)) {
                        cluster.agent.wipe();
                        cluster.membersChanged();
                    }
                }
                default -> {
                    cluster.agent.alive = false;
                    cluster.membersChanged();
                    simulation.after(simulation.millis(100, 20_000), () -> {
                        cluster.agent.alive = true;
                        cluster.membersChanged();
                    });
                }
            }
            mischief(cluster, client);
        });
    }

    private static void crash(SimulatedCluster cluster) {
        if (cluster.running()) {
            cluster.crash();
            cluster.simulation.after(cluster.simulation.millis(10, 120_000), () -> {
                if (!cluster.running()) {
                    cluster.start();
                }
            });
        }
    }

    /** Everything works again, nothing new is started, and all that was begun ends. */
    private static void quiet(SimulatedCluster cluster) {
        cluster.faults.network = false;
        cluster.faults.store = false;
        cluster.store.up(true);
        cluster.agent.alive = true;
        cluster.simulation.runFor(Duration.ofMinutes(3));
        if (!cluster.running()) {
            cluster.start();
        }
        cluster.membersChanged();
        cluster.simulation.runFor(Duration.ofMinutes(2));
        cluster.agent.failuresInTen = 0;
        int id = 0;
        for (Job job : List.copyOf(cluster.history.jobs().values())) {
            Request request = new Request("end" + id++, false);
            cluster.ask(
                    new Event.Toggle(
                            cluster.engineTime(), request, job.name(), Condition.NONE, Optional.of(Boolean.TRUE)),
                    outcome -> {});
        }
        cluster.simulation.runFor(Duration.ofMinutes(5));
    }

    private static void check(SimulatedCluster cluster, SimulatedClient client) {
        HistoryChecker history = cluster.history;
        client.acknowledged.replaceAll(
                (n, d) -> d.map(j -> j.with().disabled(true).build()));
        client.check();
        cluster.agent.starts.forEach((key, times) -> {
            if (times != 1) {
                history.violation("P2 started " + times + " times: " + key);
            }
        });
        history.jobs().values().forEach(job -> {
            if (job.state().status() == JobStatus.RUNNING || !job.state().live().isEmpty()) {
                history.violation("still running: " + job.state());
            }
            int kept = cluster.executions(job.name().value()).size();
            if (kept > cluster.settings.executionsKept()) {
                history.violation("keeps " + kept + " executions: " + job.name());
            }
        });
        if (!List.copyOf(cluster.readModel.values())
                .equals(List.copyOf(history.jobs().values()))) {
            history.violation("read model " + cluster.readModel.values() + " but stored "
                    + history.jobs().values());
        }
        history.executions().forEach((key, e) -> {
            if (!history.jobs().containsKey(e.job().value())) {
                history.violation("left over: " + key);
            }
        });
    }
}
