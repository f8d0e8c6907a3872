package io.dkron.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.tests.cluster.Evidence.Lead;
import io.dkron.tests.cluster.Evidence.Line;
import io.dkron.tests.cluster.Evidence.Missed;
import io.dkron.tests.cluster.Evidence.Run;
import io.dkron.tests.cluster.Evidence.Told;
import io.dkron.tests.cluster.Evidence.View;
import io.dkron.tests.cluster.Evidence.Watched;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The checker finds what it is there for: each history here is right but for one thing. */
class HistoryCheckTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Run> runs = new ArrayList<>();
    private final List<Missed> missed = new ArrayList<>();
    private final List<Line> written = new ArrayList<>();
    private final List<Lead> leads = new ArrayList<>();
    private final Map<String, String> jobs = new TreeMap<>(Map.of("j", "{\"name\":\"j\"}"));
    private OptionalInt targets = OptionalInt.of(1);
    private boolean mayFail;
    private boolean alone;
    private Told told = Told.nothing();
    private View other;
    private long gone;

    HistoryCheckTest() {
        fires(0, "a1");
        fires(1, "a2");
        fires(3, "a1");
        missed.add(new Missed("j", "no-leader", 1, at(2), at(2)));
        leads.add(new Lead("s1", 1, at(0)));
        leads.add(new Lead("s2", 2, at(2)));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private void fires(int second, String node) {
        String token = second + "-" + node;
        runs.add(run(second, node, "success", Optional.of(token)));
        written.add(new Line("j", token, node, false, second));
        written.add(new Line("j", token, node, true, second));
    }

    private static Run run(int second, String node, String state, Optional<String> token) {
        return new Run(
                "j",
                "id-" + second + "-" + node + "-" + state,
                node,
                100 + second,
                1,
                Optional.of(at(second)),
                state,
                token,
                state.equals("success") ? "" : "outcome unknown");
    }

    private View view() {
        long good = runs.stream().filter(Run::succeeded).count();
        long unrun = missed.stream().mapToLong(Missed::count).sum() + gone;
        return new View(
                new TreeMap<>(jobs),
                Map.of("j", good),
                Map.of("j", runs.size() - good),
                Map.of("j", unrun),
                List.copyOf(runs),
                List.copyOf(missed));
    }

    private List<String> faults() {
        Map<String, View> servers = new TreeMap<>(Map.of("s1", view()));
        servers.put("s2", other == null ? view() : other);
        return HistoryCheck.faults(new Evidence(
                List.of(new Watched("j", Duration.ofSeconds(1), targets, mayFail, alone)),
                written,
                servers,
                told,
                leads));
    }

    private void finds(String what) {
        assertThat(faults()).anySatisfy(f -> assertThat(f).contains(what));
    }

    @Test
    void aRightHistoryHasNoFaults() {
        assertThat(faults()).isEmpty();
    }

    @Test
    void aSilentFiringIsFound() {
        missed.clear();
        finds("4 due from " + at(0) + " to " + at(3) + ", but 3 fired and 0 are recorded as missed; silent: [" + at(2));
    }

    @Test
    void aCounterThatSaysOtherThanTheRecordsIsFound() {
        gone = 1;
        finds("its counters say that 2 did not run, its records 1");
    }

    @Test
    void ofRecordsThatAreGoneTheCounterHolds() {
        long second = 4;
        while (missed.size() < View.KEPT) { // each second one skipped, one fired
            missed.add(new Missed("j", "forbid", 1, START.plusSeconds(second), START.plusSeconds(second)));
            fires((int) second + 1, "a1");
            second += 2;
        }
        missed.remove(0);
        gone = 1;
        missed.add(new Missed("j", "forbid", 1, START.plusSeconds(second), START.plusSeconds(second)));
        assertThat(faults()).isEmpty();
        gone = 0;
        finds("but " + runs.size() + " fired and 100 are recorded as missed");
    }

    @Test
    void aFiringThatRanAndIsMissedIsFound() {
        missed.set(0, new Missed("j", "no-leader", 2, at(2), at(3)));
        finds("fired and is recorded as missed");
    }

    @Test
    void aMissedRecordThatCountsTooManyIsFound() {
        missed.set(0, new Missed("j", "no-leader", 5, at(2), at(2)));
        finds("at most 1 instants lie in");
    }

    @Test
    void aMissedRecordWithoutReasonIsFound() {
        missed.set(0, new Missed("j", "", 1, at(2), at(2)));
        finds("missed without a reason");
    }

    @Test
    void aFiringOffTheGridIsFound() {
        missed.add(new Missed("j", "down", 1, at(4).plusMillis(500), at(4).plusMillis(500)));
        finds("is not on its grid");
    }

    @Test
    void aFiringOnTooManyNodesIsFound() {
        fires(3, "a3");
        finds("has 2 targets, not 1");
    }

    @Test
    void aFiringTwiceOnOneNodeIsFound() {
        String token = "again";
        runs.add(new Run("j", "id-again", "a1", 103, 1, Optional.of(at(3)), "success", Optional.of(token), ""));
        written.add(new Line("j", token, "a1", false, 9));
        written.add(new Line("j", token, "a1", true, 9));
        finds("twice on a1");
    }

    @Test
    void aFiringInTwoGroupsIsFound() {
        runs.add(new Run("j", "id-x", "a2", 999, 1, Optional.of(at(3)), "failed", Optional.empty(), "why"));
        finds("was recorded twice");
    }

    @Test
    void aProcessThatNobodyKnowsIsFound() {
        written.add(new Line("j", "stranger", "a1", false, 9));
        finds("1 processes ran on a1 that no execution shows");
    }

    @Test
    void aProcessOfAnExecutionWithoutOutputIsExplained() {
        mayFail = true;
        runs.add(run(4, "a1", "lost", Optional.empty()));
        written.add(new Line("j", "stranger", "a1", false, 9));
        assertThat(faults()).isEmpty();
    }

    @Test
    void aRunThatAnotherNodeTookOverIsNoTargetAndHasNoProcess() {
        View right = view();
        runs.add(new Run(
                "j",
                "id-moved",
                "a3",
                103,
                1,
                Optional.of(at(3)),
                "failed",
                Optional.empty(),
                "no way; node a1 runs it instead"));
        other = new View(right.jobs(), right.success(), right.failures(), right.unrun(), runs, right.missed());
        assertThat(HistoryCheck.faults(new Evidence(
                        List.of(new Watched("j", Duration.ofSeconds(1), targets, mayFail, alone)),
                        written,
                        Map.of("s1", other),
                        told,
                        leads)))
                .isEmpty();
        written.add(new Line("j", "stranger", "a3", false, 9));
        finds("1 processes ran on a3 that no execution shows, and only 0");
    }

    @ParameterizedTest
    @CsvSource({"3, false", "2, true"})
    void aRunThatNobodyOrderedMayFailOnlyIfNoServerLedForTheGrace(int seconds, boolean found) {
        Run first = runs.get(0);
        runs.set(
                0,
                new Run(
                        first.job(),
                        first.id(),
                        first.node(),
                        first.group(),
                        1,
                        first.due(),
                        "failed",
                        Optional.empty(),
                        "never started: recorded at " + at(0) + ", and no server led until " + at(seconds) + "\n"));
        written.removeIf(line -> Optional.of(line.token()).equals(first.token()));
        if (found) {
            finds("nothing should fail it");
        } else {
            assertThat(faults()).isEmpty();
            written.add(new Line("j", "stranger", "a1", false, 9));
            finds("1 processes ran on a1 that no execution shows");
        }
    }

    @Test
    void aProcessOnAnotherNodeIsFound() {
        written.set(0, new Line("j", "0-a1", "a9", false, 0));
        finds("is of a1, but ran on a9");
    }

    @Test
    void aSuccessWhoseProcessNeverEndedIsFound() {
        written.remove(1);
        finds("never ended");
    }

    @Test
    void oneProcessInTwoExecutionsIsFound() {
        runs.add(run(4, "a1", "success", Optional.of("0-a1")));
        finds("in two executions");
    }

    @Test
    void aTokenWrittenTwiceIsFound() {
        written.add(written.get(0));
        finds("was written twice");
    }

    @Test
    void aFailureIsFoundUnlessANodeWasTakenAway() {
        runs.add(run(4, "a1", "lost", Optional.empty()));
        finds("nothing should fail it");
    }

    @Test
    void anExecutionThatNeverEndsIsFound() {
        runs.add(run(4, "a1", "running", Optional.empty()));
        finds("never ended");
    }

    @Test
    void aFollowerThatDisagreesIsFound() {
        View right = view();
        other = new View(
                right.jobs(),
                right.success(),
                right.failures(),
                right.unrun(),
                right.runs().subList(1, 3),
                right.missed());
        finds("s1 and s2 disagree on executions");
    }

    @Test
    void aLostWriteIsFound() {
        told = new Told(Set.of("gone"), Set.of("j"), Map.of("j", 7L), Map.of(), Map.of(), Map.of());
        finds("acknowledged job gone is lost");
        finds("acknowledged deletion of j is lost");
        finds("change 7 was acknowledged, stored is -1");
        jobs.put("j", "{\"name\":\"j\",\"owner\":\"n8\"}");
        told = new Told(Set.of("j"), Set.of("gone"), Map.of("j", 7L), Map.of(), Map.of(), Map.of());
        assertThat(faults()).isEmpty();
    }

    @Test
    void aRunByHandThatIsLostOrDoubledIsFound() {
        told = new Told(Set.of(), Set.of(), Map.of(), Map.of(), Map.of("j", Map.of("k", 5L)), Map.of("j", 1));
        finds("which is not there");
        told = new Told(Set.of(), Set.of(), Map.of(), Map.of(), Map.of("j", Map.of("k", 5L)), Map.of("j", 0));
        runs.add(new Run("j", "id-h", "a1", 5, 1, Optional.empty(), "success", Optional.of("h"), ""));
        written.add(new Line("j", "h", "a1", false, 9));
        written.add(new Line("j", "h", "a1", true, 9));
        finds("0 runs by hand were asked for, 1 happened");
    }

    @Test
    void aChangeWhoseOutcomeNobodyKnewMayComeLate() {
        jobs.put("j", "{\"name\":\"j\",\"owner\":\"n6\"}");
        told = new Told(Set.of(), Set.of(), Map.of("j", 7L), Map.of("j", Set.of(6L)), Map.of(), Map.of());
        assertThat(faults()).isEmpty();
    }

    @Test
    void anOverlapIsFoundWhereThereMustBeNone() {
        alone = true;
        assertThat(faults()).isEmpty();
        written.set(1, new Line("j", "0-a1", "a1", true, 2));
        finds("must never overlap");
    }

    @Test
    void aTermWithTwoLeadsIsFound() {
        leads.add(new Lead("s3", 2, at(2)));
        finds("term 2 has two leads, of s2 and s3");
    }

    @Test
    void aTermThatGoesBackIsFound() {
        leads.add(new Lead("s3", 3, at(0)));
        finds("term 3 began at");
    }
}
