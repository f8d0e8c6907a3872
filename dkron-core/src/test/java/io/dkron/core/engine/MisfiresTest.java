package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.engine.Timetable.Span;
import io.dkron.core.job.Misfire;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every 10 s, from 10 s on; seconds since {@link Bench#START} (protocol P18). */
class MisfiresTest {
    private static final Timetable TENS =
            new ScheduleTimetables(ZoneOffset.UTC).of(Bench.every("a", 10).build(), Bench.START);

    private static Instant at(int second) {
        return Bench.START.plusSeconds(second);
    }

    private static List<Instant> instants(int... seconds) {
        return IntStream.of(seconds).mapToObj(MisfiresTest::at).toList();
    }

    private static Span missed(int count, int first, int last) {
        return new Span(count, at(first), at(last));
    }

    /** Judges the instants from 10 s to {@code until}. */
    private static Misfires.Verdict judge(int until, int lateUpTo, int oldest, Misfire policy, int limit) {
        return Misfires.judge(TENS, at(10), at(until), at(lateUpTo), at(oldest), policy, limit);
    }

    @Test
    void whatIsOnTimeRunsUnderEveryPolicy() {
        for (Misfire policy : Misfire.values()) {
            Misfires.Verdict verdict = judge(30, 0, 0, policy, 0);
            assertThat(verdict.fire()).isEqualTo(instants(10, 20, 30));
            assertThat(verdict.missed()).isEqualTo(Span.NONE);
        }
    }

    @Test
    void onceRunsTheNewestLateOneAndMissesTheOthers() {
        Misfires.Verdict verdict = judge(65, 65, 0, Misfire.ONCE, 100);
        assertThat(verdict.fire()).isEqualTo(instants(60));
        assertThat(verdict.missed()).isEqualTo(missed(5, 10, 50));
    }

    @Test
    void onceRunsNoLateOneBesideOneThatIsOnTime() {
        Misfires.Verdict verdict = judge(60, 55, 0, Misfire.ONCE, 100);
        assertThat(verdict.fire()).isEqualTo(instants(60));
        assertThat(verdict.missed()).isEqualTo(missed(5, 10, 50));
    }

    @Test
    void skipRunsNoLateOne() {
        Misfires.Verdict verdict = judge(60, 45, 0, Misfire.SKIP, 100);
        assertThat(verdict.fire()).isEqualTo(instants(50, 60));
        assertThat(verdict.missed()).isEqualTo(missed(4, 10, 40));
    }

    @Test
    void allRunsTheNewestWithinTheLimitAndWhatIsOnTimeBeside() {
        assertThat(judge(65, 65, 0, Misfire.ALL, 100).fire()).isEqualTo(instants(10, 20, 30, 40, 50, 60));
        Misfires.Verdict verdict = judge(60, 45, 0, Misfire.ALL, 2);
        assertThat(verdict.fire()).isEqualTo(instants(30, 40, 50, 60));
        assertThat(verdict.missed()).isEqualTo(missed(2, 10, 20));
    }

    @Test
    void aLimitOfNoneMissesAllThatAreLate() {
        Misfires.Verdict verdict = judge(65, 65, 0, Misfire.ALL, 0);
        assertThat(verdict.fire()).isEmpty();
        assertThat(verdict.missed()).isEqualTo(missed(6, 10, 60));
    }

    @Test
    void theGraceIncludesItsEdge() {
        assertThat(judge(65, 65, 60, Misfire.ONCE, 100).fire()).isEqualTo(instants(60));
        assertThat(judge(65, 65, 61, Misfire.ONCE, 100).fire()).isEmpty();
        assertThat(judge(65, 65, 61, Misfire.ONCE, 100).missed()).isEqualTo(missed(6, 10, 60));
        assertThat(judge(65, 65, 40, Misfire.ALL, 100).fire()).isEqualTo(instants(40, 50, 60));
        assertThat(judge(65, 65, 41, Misfire.ALL, 100).fire()).isEqualTo(instants(50, 60));
    }

    @Test
    void anInstantAtTheEdgeOfLateIsLate() {
        assertThat(judge(60, 60, 0, Misfire.SKIP, 100).fire()).isEmpty();
        assertThat(judge(60, 59, 0, Misfire.SKIP, 100).fire()).isEqualTo(instants(60));
    }

    @Test
    void aLongGapCostsNoMoreThanTheLimit() {
        Timetable seconds =
                new ScheduleTimetables(ZoneOffset.UTC).of(Bench.every("b", 1).build(), Bench.START);
        Instant until = Bench.START.plus(Duration.ofDays(3650));
        Misfires.Verdict verdict =
                Misfires.judge(seconds, MisfiresTest.at(1), until, until, Bench.START, Misfire.ALL, 3);
        assertThat(verdict.fire()).containsExactly(until.minusSeconds(2), until.minusSeconds(1), until);
        assertThat(verdict.missed().count()).isEqualTo(Duration.ofDays(3650).toSeconds() - 3);
    }

    @Test
    void everyInstantHasOneVerdictWhateverTheBounds() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            int until = random.nextInt(10, 200);
            Misfire policy = Misfire.values()[random.nextInt(3)];
            Misfires.Verdict verdict =
                    judge(until, random.nextInt(0, 220), random.nextInt(0, 220), policy, random.nextInt(5));
            assertThat(verdict.fire().size() + verdict.missed().count()).isEqualTo(until / 10);
            assertThat(verdict.fire()).isSorted().doesNotHaveDuplicates();
            if (verdict.missed().count() > 0 && !verdict.fire().isEmpty()) {
                assertThat(verdict.missed().last()).isBefore(verdict.fire().get(0));
            }
        }
    }
}
