package io.dkron.ejb.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Fence;
import io.dkron.core.engine.Event;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeptLogsTest {
    private final Map<String, Set<String>> kept = new HashMap<>(Map.of("n1", new HashSet<>(Set.of("a", "b"))));
    private final List<String> dropped = new ArrayList<>();
    private Optional<Fence> lead = Optional.of(new Fence("c", 3));
    private Optional<Set<String>> wanted = Optional.of(Set.of("a", "b"));
    private final KeptLogs looks = new KeptLogs(new Calls(), () -> lead, () -> List.of("n1", "away"), () -> wanted);

    @Test
    @DisplayName("keep_logs: outputs of jobs that are gone at two looks in a row are deleted, on members that answer")
    void whatIsGoneTwiceInARowGoes() {
        looks.run();
        wanted = Optional.of(Set.of("b"));
        looks.run();
        assertThat(dropped).isEmpty();
        looks.run();
        assertThat(dropped).containsExactly("n1 3 a");
        assertThat(kept.get("n1")).containsExactly("b");
        looks.run();
        assertThat(dropped).hasSize(1);
    }

    @Test
    void aJobThatIsKnownAMomentLaterKeepsItsOutputs() {
        wanted = Optional.of(Set.of("b"));
        looks.run();
        wanted = Optional.of(Set.of("a", "b"));
        looks.run();
        wanted = Optional.of(Set.of("b"));
        looks.run();
        assertThat(dropped).isEmpty();
    }

    @Test
    void whoDoesNotLeadOrDoesNotKnowTheJobsDeletesNothing() {
        wanted = Optional.empty();
        looks.run();
        looks.run();
        wanted = Optional.of(Set.of());
        looks.run();
        lead = Optional.empty();
        looks.run();
        lead = Optional.of(new Fence("c", 5));
        looks.run();
        assertThat(dropped).isEmpty();
        looks.run();
        assertThat(dropped).singleElement().asString().startsWith("n1 5 ");
    }

    private final class Calls implements AgentCalls {
        @Override
        public CompletionStage<Optional<Set<String>>> keptLogs(Fence fence, String node, Set<String> drop) {
            if (!kept.containsKey(node)) {
                return CompletableFuture.completedStage(Optional.empty());
            }
            if (!drop.isEmpty()) {
                dropped.add(node + " " + fence.term() + " " + String.join(",", drop));
                kept.get(node).removeAll(drop);
            }
            return CompletableFuture.completedStage(Optional.of(Set.copyOf(kept.get(node))));
        }

        @Override
        public CompletionStage<List<Event.Handover>> run(Fence fence, String node, List<RunOrder> orders) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletionStage<Listing> list(Fence fence, String node) {
            throw new AssertionError("not asked");
        }

        @Override
        public CompletionStage<Optional<String>> cancel(Fence fence, String node, List<RunKey> keys) {
            throw new AssertionError("not asked");
        }

        @Override
        public void acknowledge(String node, List<RunKey> keys) {
            throw new AssertionError("not asked");
        }
    }
}
