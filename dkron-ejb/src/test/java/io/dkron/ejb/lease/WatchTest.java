package io.dkron.ejb.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.LeaderRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P3: when the lead that a store names is over. */
class WatchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final LeaderRecord LEAD =
            new LeaderRecord("cluster", 3, "other", "nonce", 7, Instant.parse("2026-01-01T00:00:00Z"));

    private final Set<String> gone = new HashSet<>();
    private final Set<String> yielded = new HashSet<>();
    private final Watch watch = new Watch(Duration.ofSeconds(10), "own"::equals, new Watch.Others() {
        @Override
        public boolean gone(String node) {
            return gone.contains(node);
        }

        @Override
        public boolean yielded(String node, long term) {
            return yielded.contains(node + term);
        }
    });

    @Tag("F44")
    @Test
    void P3aFenceThatStandsStillForTenSecondsIsOver() {
        long start = Long.MAX_VALUE - SECOND; // a monotonic clock may overflow
        watch.saw(Optional.of(LEAD), start);
        assertThat(watch.over(start + 10 * SECOND - 1)).isEmpty();
        assertThat(watch.over(start + 10 * SECOND))
                .hasValueSatisfying(why -> assertThat(why).contains("other", "10 s"));
    }

    @Test
    void P3eachChangeOfTheFenceBeginsTheTimeAnewAndItsOwnInstantSaysNothing() {
        watch.saw(Optional.of(LEAD), 0);
        watch.saw(Optional.of(LEAD.next(LEAD.beat())), 9 * SECOND);
        assertThat(watch.over(18 * SECOND)).isEmpty();
        watch.saw(Optional.of(LEAD.next(LEAD.beat())), 18 * SECOND);
        assertThat(watch.over(19 * SECOND)).isPresent();
    }

    @Test
    void whoCouldNotLookDoesNotCountThatTimeAsSilence() {
        watch.saw(Optional.of(LEAD), 0);
        watch.blind(9 * SECOND);
        watch.saw(Optional.of(LEAD), 12 * SECOND);
        assertThat(watch.over(18 * SECOND)).isEmpty();
        assertThat(watch.over(19 * SECOND)).isPresent();
    }

    @Test
    void P3aLeaderThatIsGoneOrGaveUpIsOverAtOnce() {
        watch.saw(Optional.of(LEAD), 0);
        yielded.add("other2");
        assertThat(watch.over(1)).as("an older lead was given up").isEmpty();
        yielded.add("other3");
        assertThat(watch.over(1)).isPresent();
        yielded.clear();
        gone.add("other");
        assertThat(watch.over(1)).isPresent();
    }

    @Test
    void nobodysLeadAndItsOwnAreOverAtOnceButNotBeforeTheStoreWasSeen() {
        assertThat(watch.over(99 * SECOND)).isEmpty();
        watch.saw(Optional.empty(), 0);
        assertThat(watch.over(1)).isPresent();
        watch.saw(Optional.of(LEAD.succeeded("node", "own", LEAD.beat())), 2);
        assertThat(watch.own()).isTrue();
        assertThat(watch.over(3)).isPresent();
    }

    @Test
    void aLeadThatNobodyHoldsIsOverAtOnce() {
        watch.saw(Optional.of(LEAD.succeeded("other", LeaderRecord.NOBODY, LEAD.beat())), 0);
        assertThat(watch.over(1)).isPresent();
    }
}
