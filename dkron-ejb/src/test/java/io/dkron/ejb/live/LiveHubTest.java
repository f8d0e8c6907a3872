package io.dkron.ejb.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.job.JobName;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveHubTest {
    private final AtomicInteger woken = new AtomicInteger();
    private final LiveHub hub = new LiveHub(Runnable::run);
    private long sequence;

    @BeforeEach
    void lead() {
        hub.replaced(7, 0);
    }

    @Test
    void aWatcherSeesWhatComesAfterItInOrder() {
        publish("a");
        EventSubscription watcher = watch(Optional.empty());
        publish("b");
        publish("c");
        assertThat(jobs(watcher)).containsExactly("b", "c");
        assertThat(woken).hasValue(1);
    }

    @Test
    void anIdOfThisTermContinuesWithoutGapOrRepetition() {
        publish("a");
        EventId seen = hub.newest();
        publish("b");
        publish("c");
        EventSubscription watcher = watch(Optional.of(seen));
        publish("d");
        assertThat(jobs(watcher)).containsExactly("b", "c", "d");
    }

    @Test
    void p25AnIdOfAnotherTermGetsReset() {
        publish("a");
        assertThat(watch(Optional.of(new EventId(6, 1))).drain())
                .extracting(LiveEvent::type)
                .containsExactly(LiveEvent.Type.RESET);
    }

    @Test
    void p25AnIdThatIsNoLongerKeptGetsReset() {
        publish("first");
        EventId seen = hub.newest();
        for (int i = 0; i <= LiveHub.KEPT; i++) {
            publish("j" + i);
        }
        assertThat(watch(Optional.of(seen)).drain()).extracting(LiveEvent::type).containsExactly(LiveEvent.Type.RESET);
    }

    @Test
    void p25ASlowWatcherGetsOneResetInPlaceOfWhatItMissed() {
        EventSubscription watcher = watch(Optional.empty());
        for (int i = 0; i <= EventSubscription.CAPACITY; i++) {
            publish("j" + i);
        }
        assertThat(watcher.drain()).extracting(LiveEvent::type).containsExactly(LiveEvent.Type.RESET);
    }

    @Test
    void aNewTermTellsWatchersToReadAnew() {
        EventSubscription watcher = watch(Optional.empty());
        hub.publish(8, 0, List.of());
        assertThat(watcher.drain()).extracting(e -> e.id().toString()).containsExactly("8.0");
    }

    @Test
    void p25ACommitOfMoreEventsThanAreKeptIsOneReset() {
        EventSubscription watcher = watch(Optional.empty());
        LiveEvent.Draft draft = new LiveEvent.Draft(LiveEvent.Type.JOB, new JobName("a"), "{}");
        hub.publish(7, ++sequence, java.util.Collections.nCopies(LiveHub.KEPT + 1, draft));
        EventId reset = watcher.drain().get(0).id();
        publish("b");
        assertThat(jobs(watch(Optional.of(reset)))).containsExactly("b");
    }

    @Test
    void whatIsOfNoCommitComesAgainToWhoGoesOn() {
        publish("a");
        EventId seen = hub.newest();
        hub.tell(LiveEvent.Type.MEMBER, "{}");
        hub.tell(LiveEvent.Type.CLUSTER, "{}");
        publish("b");
        EventSubscription watcher = watch(Optional.of(seen));
        assertThat(watcher.drain())
                .extracting(LiveEvent::type)
                .containsExactly(
                        LiveEvent.Type.MEMBER, LiveEvent.Type.CLUSTER, LiveEvent.Type.JOB, LiveEvent.Type.CLUSTER);
        assertThat(hub.newest()).isEqualTo(new EventId(7, 2 * EventId.PER_COMMIT + 1));
    }

    @Test
    void aFilterKeepsOneJobAndSomeTypes() {
        EventSubscription watcher = hub.subscribe(
                        new EventFilter(Optional.of(new JobName("b")), Set.of(LiveEvent.Type.EXECUTION)),
                        Optional.empty(),
                        woken::incrementAndGet)
                .orElseThrow();
        publish("a");
        publish("b");
        publish(LiveEvent.Type.EXECUTION, "b");
        assertThat(watcher.drain()).extracting(LiveEvent::type).containsExactly(LiveEvent.Type.EXECUTION);
    }

    @Test
    void aClosedWatcherIsForgotten() {
        EventSubscription watcher = watch(Optional.empty());
        watcher.close();
        publish("a");
        assertThat(watcher.drain()).isEmpty();
        assertThat(hub.watchers()).isZero();
    }

    @Test
    void idsThatAreNoneAreNoIds() {
        for (String text : List.of("", ".", "1", "1.", ".1", "x.1", "1.x", "-1.2", "1.99999999999999999999")) {
            assertThat(EventId.parse(text)).as(text).isEmpty();
        }
        assertThat(EventId.parse("12.34")).contains(new EventId(12, 34));
    }

    private EventSubscription watch(Optional<EventId> after) {
        return hub.subscribe(EventFilter.ALL, after, woken::incrementAndGet).orElseThrow();
    }

    private void publish(String job) {
        publish(LiveEvent.Type.JOB, job);
    }

    private void publish(LiveEvent.Type type, String job) {
        hub.publish(7, ++sequence, List.of(new LiveEvent.Draft(type, new JobName(job), "{}")));
    }

    private static List<String> jobs(EventSubscription watcher) {
        return watcher.drain().stream().map(e -> e.job().orElseThrow().value()).toList();
    }
}
