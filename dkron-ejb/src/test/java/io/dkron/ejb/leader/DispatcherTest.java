package io.dkron.ejb.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Fence;
import io.dkron.core.engine.Effect;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.JobName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DispatcherTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000);
    private static final RunKey KEY = new RunKey("uid", "due:1", "node1", 1);

    private final List<RunOrder> sent = new ArrayList<>();
    private final List<Event> told = new ArrayList<>();
    private final FakeAuthority authority = new FakeAuthority();
    private Instant now = NOW;
    private final Dispatcher dispatcher = new Dispatcher(
            new Calls(), authority, Runnable::run, () -> now, event -> told.add(event.apply(now)), nanos -> {});

    @Test
    void p1OrdersGoOutWhileTheLeadIsFresh() {
        authority.holds = true;
        dispatcher.dispatch(effect());
        assertThat(sent).hasSize(1);
        assertThat(authority.asked).hasValue(0);
    }

    @Test
    void p1AfterAPauseTheLeadIsConfirmedFirst() {
        authority.confirmsAt = 3;
        dispatcher.dispatch(effect());
        assertThat(authority.asked).hasValue(3);
        assertThat(sent).hasSize(1);
    }

    @Test
    void p1WhoLostTheLeadHandsNothingOut() {
        authority.lost = true;
        dispatcher.dispatch(effect());
        assertThat(sent).isEmpty();
        assertThat(told).isEmpty(); // one who may not lead must not make the engine choose another node
    }

    @Test
    void ordersThatNobodyWouldTakeAnyMoreAreGivenBack() {
        now = NOW.plusSeconds(11);
        dispatcher.dispatch(effect());
        assertThat(sent).isEmpty();
        assertThat(told)
                .singleElement()
                .isInstanceOfSatisfying(
                        Event.Dispatched.class,
                        d -> assertThat(d.handovers())
                                .extracting(Event.Handover::result)
                                .containsExactly(Event.Handover.Result.NOT_SENT));
    }

    private static Effect.Dispatch effect() {
        return new Effect.Dispatch(
                new Fence("c", 1),
                "node1",
                List.of(new RunOrder(
                        new ExecutionId(1, "node1"),
                        KEY,
                        new JobName("a"),
                        1,
                        "shell",
                        new TreeMap<>(),
                        Optional.empty(),
                        NOW.plusSeconds(10))));
    }

    private static final class FakeAuthority implements Authority {
        private final AtomicInteger asked = new AtomicInteger();
        private boolean holds;
        private boolean lost;
        private int confirmsAt = Integer.MAX_VALUE;

        @Override
        public boolean holds() {
            return holds;
        }

        @Override
        public boolean confirm() {
            return asked.incrementAndGet() >= confirmsAt;
        }

        @Override
        public boolean lost() {
            return lost;
        }
    }

    private final class Calls implements AgentCalls {
        @Override
        public CompletionStage<List<Event.Handover>> run(Fence fence, String node, List<RunOrder> orders) {
            sent.addAll(orders);
            return CompletableFuture.completedStage(List.of());
        }

        @Override
        public CompletionStage<Listing> list(Fence fence, String node) {
            return CompletableFuture.completedStage(Listing.failed("not asked here"));
        }

        @Override
        public CompletionStage<Optional<String>> cancel(Fence fence, String node, List<RunKey> keys) {
            return CompletableFuture.completedStage(Optional.empty());
        }

        @Override
        public CompletionStage<Optional<Set<String>>> keptLogs(Fence fence, String node, Set<String> drop) {
            return CompletableFuture.completedStage(Optional.of(Set.of()));
        }

        @Override
        public void acknowledge(String node, List<RunKey> keys) {
            sent.clear();
        }
    }
}
