package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.engine.SimulatedCluster.Sabotage;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.Misfire;
import io.dkron.core.job.MisfirePolicy;
import io.dkron.core.store.Limits;
import io.dkron.core.store.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Minutes of a cluster's life with everything failing that can, many times over. Every seed is one course of events;
 * {@code -Ddkron.simulation.seed=N} repeats one, {@code -Ddkron.simulation.seeds=N} says how many are tried.
 */
class SimulationTest {
    /** Of histories without a rule, of which one in twenty or so is bad enough to show that. */
    private static final int MOST_TRIED = 600;

    private static final Limits SMALLEST = new Limits(32, 256 << 10, 128 << 10);
    private static final long LONGEST = Duration.ofSeconds(60).toNanos();

    @Test
    void whateverFailsNoFiringIsLostOrDoubledAndEveryPromiseIsKept() {
        Optional<Long> one = Optional.ofNullable(Long.getLong("dkron.simulation.seed"));
        int seeds = Integer.getInteger("dkron.simulation.seeds", 0);
        // The usual run tries the same courses each time; new ones are for the runs that ask for a number of them.
        long first = one.orElseGet(() -> seeds > 0 ? System.nanoTime() & 0xffffffL : 1);
        long start = System.nanoTime();
        long[] sums = new long[11];
        int tried = 0;
        while (one.isPresent() ? tried < 1 : seeds > 0 ? tried < seeds : tried < 200 && within(start)) {
            SimulatedCluster cluster = run(first + tried, Sabotage.NONE);
            HistoryChecker seen = cluster.history;
            assertThat(seen.violations).as("seed " + (first + tried)).isEmpty();
            long[] counts = {
                seen.fired,
                seen.missed,
                seen.ended,
                seen.dependents,
                seen.starts,
                seen.lost,
                seen.replaced,
                cluster.elections,
                seen.parts,
                seen.foreign,
                seen.told
            };
            for (int i = 0; i < counts.length; i++) {
                sums[i] += counts[i];
            }
            tried++;
        }
        System.out.printf(
                "simulation: %d seeds from %d: %d fired, %d missed or skipped, %d executions ended, %d dependent, "
                        + "%d processes, %d lost, %d given to another node, %d elections, "
                        + "%d batches with a part of a step, %d foreign writes, %d messages%n",
                tried, first, sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7], sums[8], sums[9],
                sums[10]);
        assertThat(sums[0]).isPositive();
    }

    @ParameterizedTest
    @EnumSource(names = {"FENCE", "BINDING", "JOURNAL_NAMES", "RESULT_ONCE", "TODO", "OUTBOX"})
    void aRuleThatIsNotKeptIsNoticed(Sabotage rule) {
        long first = System.nanoTime() & 0xffffffL;
        for (int tried = 0; tried < MOST_TRIED; tried++) {
            List<String> violations;
            try {
                violations = run(first + tried, rule).history.violations;
            } catch (RuntimeException e) { // without the rule even the store can make no sense
                return;
            }
            if (!violations.isEmpty()) {
                System.out.printf(
                        "without %s, seed %d, try %d: %s%n", rule, first + tried, tried + 1, violations.get(0));
                return;
            }
        }
        assertThat(rule)
                .as("%d seeds from %d went well without it", MOST_TRIED, first)
                .isEqualTo(Sabotage.NONE);
    }

    /** P1: a leader is stopped between the record and the order, and goes on when another has decided on the record. */
    @ParameterizedTest
    @EnumSource(names = {"NONE", "AGENT_FENCE"})
    void aStoppedLeadersOrderIsRefusedAndWouldBeNoticedIfItWereNot(Sabotage rule) {
        SimulatedCluster cluster = new SimulatedCluster(7, 3, 2, rule);
        cluster.simulation.runFor(Duration.ofSeconds(3));
        JobDefinition job = Bench.every("a", 5)
                .tags(Map.of("role", "dkron:1"))
                .misfire(new MisfirePolicy(Misfire.ONCE, 1, "1s"))
                .build();
        Request request = new Request("r", false);
        cluster.raftLeader.ask(
                now -> new Event.Save(now, request, job, List.of(), Condition.NONE, false, false), outcome -> {});
        cluster.simulation.runFor(Duration.ofSeconds(7));
        long before = cluster.history.starts;
        cluster.stopAtDispatch = true;
        cluster.simulation.runFor(Duration.ofMinutes(2));
        assertThat(before).isPositive();
        assertThat(cluster.elections).isEqualTo(2);
        if (rule == Sabotage.NONE) {
            assertThat(cluster.history.violations).isEmpty();
            assertThat(cluster.history.starts).isGreaterThan(before);
        } else {
            assertThat(cluster.history.violations).anyMatch(v -> v.startsWith("P1 started though recorded as ended"));
        }
    }

    private static boolean within(long start) {
        return System.nanoTime() - start < LONGEST;
    }

    static SimulatedCluster run(long seed, Sabotage sabotage) {
        int servers = seed % 5 == 0 ? 1 : seed % 5 == 1 ? 2 : seed % 5 == 2 ? 5 : 3;
        boolean small = seed % 6 == 1 || sabotage == Sabotage.TODO; // more targets than fit into a batch
        SimulatedCluster cluster =
                new SimulatedCluster(seed, servers, small ? 28 : 2, small ? SMALLEST : Limits.NONE, sabotage);
        cluster.simulation.runFor(Duration.ofSeconds(3));
        SimulatedClient client = new SimulatedClient(cluster);
        cluster.network.faulty = true;
        cluster.store.fates(() -> fate(cluster));
        Mischief mischief = new Mischief(cluster);
        Optional<ForeignWriter> foreign =
                seed % 4 == 1 ? Optional.of(new ForeignWriter(cluster, client)) : Optional.empty();
        cluster.simulation.runFor(Duration.ofMinutes(small ? 3 : 8)); // with many targets more happens in less time
        client.stopped = true;
        foreign.ifPresent(f -> f.stopped = true);
        mischief.stop();
        if (foreign.isPresent()) { // a takeover reads what no commit met
            cluster.servers.forEach(SimulatedServer::kill);
            cluster.servers.forEach(SimulatedServer::start);
        }
        quiet(cluster);
        check(cluster, client);
        return cluster;
    }

    private static MemoryStore.Fate fate(SimulatedCluster cluster) {
        if (!cluster.network.faulty || !cluster.simulation.oneIn(60)) {
            return MemoryStore.Fate.NORMAL;
        }
        return MemoryStore.Fate.values()[1 + cluster.simulation.random.nextInt(3)];
    }

    /** Everything works again, nothing new is started, and all that was begun ends. */
    private static void quiet(SimulatedCluster cluster) {
        cluster.network.faulty = false;
        cluster.simulation.runFor(Duration.ofMinutes(3));
        cluster.jobsFail = false;
        int id = 0;
        for (Job job : List.copyOf(cluster.history.jobs().values())) {
            Request request = new Request("end" + id++, false);
            cluster.ask(
                    now -> new Event.Toggle(now, request, job.name(), Condition.NONE, Optional.of(Boolean.TRUE)),
                    outcome -> {});
        }
        // A clock that is set back by up to ten minutes takes the engine's waits with it.
        cluster.simulation.runFor(Duration.ofMinutes(16));
    }

    private static void check(SimulatedCluster cluster, SimulatedClient client) {
        HistoryChecker history = cluster.history;
        client.acknowledged.replaceAll(
                (n, d) -> d.map(j -> j.with().disabled(true).build()));
        client.check();
        history.checkDelivered();
        history.jobs().values().forEach(job -> {
            if (job.state().status() == JobStatus.RUNNING || !job.state().live().isEmpty()) {
                history.violation("still running: " + job.state());
            }
            int kept = cluster.executions(job.name().value()).size();
            int late = cluster.store.limits().equals(SMALLEST) ? 60 : 0; // two groups' worth may wait for the next run
            if (kept > cluster.settings.executionsKept() + late) {
                history.violation("keeps " + kept + " executions: " + job.name());
            }
        });
        if (!List.copyOf(cluster.raftLeader.readModel.values())
                .equals(List.copyOf(history.jobs().values()))) {
            history.violation("read model " + cluster.raftLeader.readModel.values() + " but stored "
                    + history.jobs().values());
        }
        history.executions().forEach((key, e) -> {
            if (!history.jobs().containsKey(e.job().value())) {
                history.violation("left over: " + key);
            }
        });
    }
}
