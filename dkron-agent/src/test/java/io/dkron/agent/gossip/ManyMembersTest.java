package io.dkron.agent.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.cluster.MemberStatus;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How gossip behaves with more members than a member talks to. {@code -Ddkron.members=100} for the figures. */
class ManyMembersTest {
    private static final int MEMBERS = Integer.getInteger("dkron.members", 12);
    private static final Duration GIVE_UP = Duration.ofSeconds(60);

    @Test
    void allLearnOfAllAndOfTheEndOfOne() throws Exception {
        try (Nodes nodes = new Nodes()) {
            long begin = System.nanoTime();
            GossipTiming lan = GossipTiming.of("lan", 1);
            Gossip first = nodes.node("server")
                    .server()
                    .cluster("x")
                    .timing(lan)
                    .key(Encryption.none())
                    .start();
            List<Gossip> all = new ArrayList<>(List.of(first));
            for (int i = 1; i < MEMBERS; i++) {
                all.add(nodes.node("agent-" + i)
                        .timing(lan)
                        .retry(Duration.ofSeconds(5))
                        .join(first)
                        .start());
            }
            await().atMost(GIVE_UP)
                    .untilAsserted(() -> assertThat(all).allMatch(g -> g.all().size() == MEMBERS));
            report("joined", begin);

            idle();

            begin = System.nanoTime();
            first.update(p -> p.with(Map.of("new", "yes")));
            await().atMost(GIVE_UP)
                    .pollInterval(Duration.ofMillis(5))
                    .untilAsserted(() -> assertThat(all)
                            .allMatch(g -> g.named("server")
                                    .orElseThrow()
                                    .attribute("new")
                                    .isPresent()));
            report("told all", begin);

            begin = System.nanoTime();
            Gossip killed = all.remove(MEMBERS / 2);
            String name = killed.self().member().name();
            killed.kill();
            await().atMost(GIVE_UP)
                    .pollInterval(Duration.ofMillis(5))
                    .untilAsserted(() -> assertThat(all).allMatch(g -> Nodes.seen(g, name) == MemberStatus.FAILED));
            report("failure known", begin);
            assertThat(nodes.fatal).isEmpty();
            assertThat(all)
                    .allMatch(g ->
                            g.all().stream().filter(p -> p.member().alive()).count() == MEMBERS - 1);
        }
    }

    /** Prints what the members cost while nothing happens, where somebody asked for it. */
    private static void idle() throws InterruptedException {
        int seconds = Integer.getInteger("dkron.idle", 0);
        if (seconds > 0) {
            var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            Thread.sleep(seconds * 1000L); // a measurement, not a wait for something
            long before = system.getProcessCpuTime();
            Thread.sleep(seconds * 1000L);
            System.out.printf(
                    "idle: %.1f %% of a core, %d threads%n",
                    (system.getProcessCpuTime() - before) / 1e7 / seconds,
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }
    }

    private static void report(String what, long begin) {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.printf(
                "%d members, %s: %d ms, CPU since start %d ms%n",
                MEMBERS, what, (System.nanoTime() - begin) / 1_000_000, system.getProcessCpuTime() / 1_000_000);
    }
}
