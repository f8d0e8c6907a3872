package io.dkron.agent.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.dkron.agent.gossip.FakePeers;
import io.dkron.agent.rpc.RpcClients;
import io.dkron.agent.rpc.RpcServer;
import io.dkron.core.cluster.MemberStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clocks that are apart. */
class ClockOffsetsTest {
    private final ScheduledThreadPoolExecutor workers = new ScheduledThreadPoolExecutor(4);
    private final RpcClients clients = new RpcClients(workers);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        clients.close();
        workers.shutdownNow();
    }

    private static InstantSource ahead(Duration by) {
        return () -> Instant.now().plus(by);
    }

    private int member(InstantSource wall, InstantSource engine) {
        RpcServer server = RpcServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(new ClockService(wall, engine)),
                workers);
        open.add(server);
        return server.port();
    }

    private ClockOffsets offsets(FakePeers peers, LeaderClock clock) {
        ClockOffsets offsets =
                new ClockOffsets(peers, clients, workers, InstantSource.system(), System::nanoTime, clock);
        open.add(offsets);
        offsets.start();
        return offsets;
    }

    private static LeaderClock clock() {
        return new LeaderClock(InstantSource.system(), System::nanoTime);
    }

    @Test
    void aServerKnowsHowFarEachOtherServerIs() {
        FakePeers peers = new FakePeers("s1", true);
        InstantSource fast = ahead(Duration.ofSeconds(90));
        InstantSource slow = ahead(Duration.ofSeconds(-7));
        peers.put("fast", true, member(fast, fast));
        peers.put("slow", true, member(slow, slow));
        peers.put("agent", false, member(fast, fast));
        ClockOffsets offsets = offsets(peers, clock());
        await("both").until(() -> offsets.offsets().size() == 2);
        assertThat(offsets.offsets()).containsOnlyKeys("fast", "slow");
        for (String name : List.of("fast", "slow")) {
            Offset offset = offsets.offsets().get(name);
            assertThat(offset.seconds()).isCloseTo(name.equals("fast") ? 90 : -7, within(offset.errorBound() + 0.001));
            assertThat(offset.beyond(1)).isTrue();
        }
        assertThat(offsets.servers(Duration.ofSeconds(10))).containsOnlyKeys("fast", "slow");
        peers.status("fast", MemberStatus.FAILED);
        await("the failed one is forgotten")
                .untilAsserted(() -> assertThat(offsets.offsets()).containsOnlyKeys("slow"));
    }

    @Test
    void p17AnAgentWithAWrongClockGoesByTheLeadersTime() {
        FakePeers peers = new FakePeers("a1", false);
        InstantSource wall = ahead(Duration.ofHours(1));
        // The leader's wall clock was stepped an hour ahead; it still decides by the time before.
        peers.put("s1", true, member(wall, InstantSource.system()));
        InstantSource wrong = ahead(Duration.ofDays(-2));
        LeaderClock clock = new LeaderClock(wrong, System::nanoTime);
        ClockOffsets offsets = new ClockOffsets(peers, clients, workers, wrong, System::nanoTime, clock);
        open.add(offsets);
        offsets.start();
        assertThat(clock.follows()).isFalse();
        peers.lead("s1", 1);
        await("the leader's time").until(clock::follows);
        assertThat(Duration.between(clock.instant(), Instant.now()).abs()).isLessThan(Duration.ofSeconds(1));
        assertThat(offsets.offsets().get("s1").seconds()).isCloseTo(49 * 3600, within(1.0));
    }

    @Test
    void p19AStoppedProcessWakesWithTheLeadersTime() {
        AtomicLong nanos = new AtomicLong();
        Instant start = Instant.parse("2030-01-01T00:00:00Z");
        LeaderClock clock = new LeaderClock(() -> start.minusSeconds(500), nanos::get);
        clock.heard(new Sample(start.minusSeconds(500), 2_000_000, start, start, 0, nanos.get()));
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(Duration.between(start.plusSeconds(30), clock.instant()).abs())
                .isLessThanOrEqualTo(Duration.ofMillis(1));
    }

    @Test
    void smallDifferencesAreDrawnNearAndLargeOnesTaken() {
        AtomicLong nanos = new AtomicLong();
        Instant start = Instant.parse("2030-01-01T00:00:00Z");
        LeaderClock clock = new LeaderClock(InstantSource.system(), nanos::get);
        clock.heard(new Sample(start, 0, start, start, 0, 0));
        clock.heard(new Sample(start, 0, start.plusMillis(100), start.plusMillis(100), 0, 0));
        assertThat(clock.instant()).isEqualTo(start.plusMillis(50));
        clock.heard(new Sample(start, 0, start.plusSeconds(9), start.plusSeconds(9), 0, 0));
        assertThat(clock.instant()).isEqualTo(start.plusSeconds(9));
        Sample blurred = new Sample(
                start,
                20_000_000_000L,
                start.plusSeconds(5),
                start.plusSeconds(5),
                0,
                Duration.ofSeconds(1).toNanos());
        clock.heard(blurred);
        nanos.set(Duration.ofSeconds(1).toNanos());
        assertThat(clock.instant()).as("no better than what is known").isEqualTo(start.plusSeconds(10));
    }
}
