package io.dkron.agent.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.agent.gossip.FakePeers;
import io.dkron.agent.gossip.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which server gets results. */
class LeaderReportsTest {
    private final FakePeers peers = new FakePeers("a1", false);
    private final List<String> asked = new ArrayList<>();
    private final CompletableFuture<Optional<String>> silent = new CompletableFuture<>();
    private final LeaderReports reports = new LeaderReports(peers, this::server, results -> Optional.of("taken here"));

    private ReportChannel server(Peer peer) {
        return results -> {
            String name = peer.member().name();
            asked.add(name);
            return name.equals("dead") ? silent : CompletableFuture.completedStage(Optional.empty());
        };
    }

    private Optional<String> delivered(CompletionStage<Optional<String>> delivery) {
        return delivery.toCompletableFuture().join();
    }

    @Test
    void withoutALeaderNothingIsDelivered() {
        assertThat(delivered(reports.deliver(List.of()))).contains("no server leads");
        assertThat(asked).isEmpty();
    }

    @Test
    void theLeaderOfTheMomentGetsThem() {
        peers.put("s1", true, 2);
        peers.put("s2", true, 3);
        peers.lead("s1", 1);
        assertThat(delivered(reports.deliver(List.of()))).isEmpty();
        peers.lead("s2", 2);
        assertThat(delivered(reports.deliver(List.of()))).isEmpty();
        peers.lead("a1", 3);
        assertThat(delivered(reports.deliver(List.of()))).contains("taken here");
        assertThat(asked).containsExactly("s1", "s2");
    }

    @Test
    void aChangeOfTheLeadGivesUpTheOldDeliveryAndOffersAllAtOnce() throws Exception {
        AtomicInteger restarts = new AtomicInteger();
        peers.put("dead", true, 2);
        peers.put("s2", true, 3);
        peers.lead("dead", 1);
        try (AutoCloseable watch = reports.onLead(restarts::incrementAndGet)) {
            assertThat(restarts).hasValue(1);
            CompletionStage<Optional<String>> old = reports.deliver(List.of());
            peers.put("a2", false, 4);
            assertThat(restarts).as("another member changes nothing").hasValue(1);
            assertThat(old.toCompletableFuture()).isNotDone();
            peers.lead("s2", 2);
            assertThat(delivered(old)).contains("the lead changed");
            assertThat(restarts).hasValue(2);
        }
    }
}
