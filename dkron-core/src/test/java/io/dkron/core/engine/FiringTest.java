package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.Concurrency;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.Misfire;
import io.dkron.core.job.MisfirePolicy;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.job.MissedFirings.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FiringTest {
    private final Bench bench = Bench.led();

    @Test
    void aFiringIsRecordedBeforeItIsDispatched() {
        bench.save(Bench.every("a", 10));
        bench.holdCommits = true;
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.orders).isEmpty();
        bench.releaseCommits();
        assertThat(bench.orders).hasSize(1);
        assertThat(bench.executions("a")).singleElement().satisfies(e -> {
            assertThat(e.state()).isEqualTo(ExecutionState.RUNNING);
            assertThat(e.scheduledAt()).contains(Bench.START.plusSeconds(10));
            assertThat(e.trigger()).isEqualTo(Trigger.SCHEDULE);
        });
        assertThat(bench.job("a").state().next()).contains(Bench.START.plusSeconds(20));
    }

    @Test
    void p4OneCommitIsInFlightAndTheNextTakesAllThatCameMeanwhile() {
        bench.save(Bench.every("a", 1));
        bench.save(Bench.every("b", 2));
        bench.holdCommits = true;
        bench.pass(Duration.ofSeconds(1));
        bench.pass(Duration.ofSeconds(1));
        bench.pass(Duration.ofSeconds(1));
        assertThat(bench.held).hasSize(1);
        long before = bench.store.commits();
        bench.releaseCommits();
        assertThat(bench.store.commits() - before).isEqualTo(2);
        assertThat(bench.orders).hasSize(4);
    }

    @Test
    void p4AStaleLeadersCommitIsRefusedAndItBeginsAnew() {
        bench.save(Bench.every("a", 10));
        Takeover.run(bench.store, bench.layout, "node2", Reason.NO_LEADER, () -> "other", bench.now);
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.orders).isEmpty();
        assertThat(bench.executions("a")).isEmpty();
        assertThat(bench.all(Effect.Reload.class)).hasSize(1);
    }

    @Test
    void p2JobsDueInOneTurnHaveRunKeysOfTheirOwn() {
        for (int i = 0; i < 500; i++) {
            bench.save(Bench.every("job" + i, 10));
        }
        bench.pass(Duration.ofSeconds(10));
        List<RunKey> keys = bench.orders.stream().map(RunOrder::key).distinct().toList();
        assertThat(keys).hasSize(500);
        assertThat(bench.orders.stream().map(RunOrder::job).distinct()).hasSize(500);
    }

    @Test
    void f13FiveThousandJobsDueAtOneSecondAllRunAndEnd() {
        int jobs = 5_000;
        for (int i = 0; i < jobs; i++) {
            bench.effects.clear(); // answers are looked for among all of them
            bench.save(Bench.every("job" + i, 10));
        }
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.orders).hasSize(jobs);
        bench.finishAll(ExecutionState.SUCCESS);
        for (int i = 0; i < jobs; i++) {
            String name = "job" + i;
            assertThat(bench.executions(name))
                    .as(name)
                    .singleElement()
                    .satisfies(e -> assertThat(e.state()).isEqualTo(ExecutionState.SUCCESS));
        }
    }

    @Test
    void p2TheNewestGroupHasTheGreatestNumberAlsoAfterTheClockWentBack() {
        bench.save(Bench.manual("a"));
        long first = ((Outcome.RunStarted) bench.run("a")).group();
        bench.now = bench.now.minusSeconds(100);
        long second = ((Outcome.RunStarted) bench.run("a")).group();
        assertThat(second).isEqualTo(first + 1);
        assertThat(bench.executions("a")).extracting(Execution::id).doesNotHaveDuplicates();
    }

    @Test
    void f11AClockSetBackRepeatsNoFiring() {
        bench.save(Bench.every("a", 10));
        bench.pass(Duration.ofSeconds(10));
        bench.now = bench.now.minusSeconds(90);
        bench.restart(Reason.DOWN);
        bench.passInSeconds(95);
        assertThat(bench.executions("a")).hasSize(1);
        bench.passInSeconds(5);
        assertThat(bench.executions("a")).hasSize(2);
    }

    @Test
    void p18AfterAGapTheNewestRunsAndTheOthersAreOneMissedRecord() {
        bench.save(Bench.every("a", 10));
        bench.now = bench.now.plusSeconds(65);
        bench.restart(Reason.DOWN);
        assertThat(bench.executions("a"))
                .extracting(e -> e.scheduledAt().orElseThrow())
                .containsExactly(Bench.START.plusSeconds(60));
        JobState state = bench.job("a").state();
        assertThat(state.missed())
                .containsExactly(
                        new MissedFirings(Reason.DOWN, 5, Bench.START.plusSeconds(10), Bench.START.plusSeconds(50)));
        assertThat(state.missedCount()).isEqualTo(5);
        assertThat(state.next()).contains(Bench.START.plusSeconds(70));
    }

    @Test
    void p18BeyondTheGraceNothingRunsAndNothingIsSilent() {
        bench.save(Bench.every("a", 3600));
        bench.now = bench.now.plusSeconds(3661);
        bench.restart(Reason.NO_LEADER);
        assertThat(bench.executions("a")).isEmpty();
        assertThat(bench.job("a").state().missed())
                .containsExactly(new MissedFirings(
                        Reason.NO_LEADER, 1, Bench.START.plusSeconds(3600), Bench.START.plusSeconds(3600)));
    }

    @Test
    void p18SkipRunsNoneAndAllRunsThoseWithinGraceAndLimit() {
        bench.save(Bench.every("skip", 10).misfire(new MisfirePolicy(Misfire.SKIP, 100, "")));
        bench.save(Bench.every("all", 10).misfire(new MisfirePolicy(Misfire.ALL, 3, "5m")));
        bench.save(Bench.every("graced", 10).misfire(new MisfirePolicy(Misfire.ALL, 100, "25s")));
        bench.now = bench.now.plusSeconds(65);
        bench.restart(Reason.DOWN);
        assertThat(bench.executions("skip")).isEmpty();
        assertThat(bench.job("skip").state().missedCount()).isEqualTo(6);
        assertThat(bench.executions("all"))
                .extracting(e -> e.scheduledAt().orElseThrow())
                .containsExactly(Bench.START.plusSeconds(40), Bench.START.plusSeconds(50), Bench.START.plusSeconds(60));
        assertThat(bench.job("all").state().missedCount()).isEqualTo(3);
        assertThat(bench.executions("graced")).hasSize(3);
    }

    @Test
    void aLittleLateIsNoMisfireWhileTheNodeLeads() {
        bench.save(Bench.every("a", 1).misfire(new MisfirePolicy(Misfire.SKIP, 100, "")));
        bench.pass(Duration.ofMillis(3200));
        assertThat(bench.executions("a")).hasSize(3);
        assertThat(bench.job("a").state().missedCount()).isZero();
    }

    @Test
    void aStallIsAMisfire() {
        bench.save(Bench.every("a", 10));
        bench.pass(Duration.ofSeconds(38));
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.job("a").state().missed())
                .containsExactly(
                        new MissedFirings(Reason.MISFIRE, 2, Bench.START.plusSeconds(10), Bench.START.plusSeconds(20)));
    }

    @Test
    void f06TwoHundredDaysOfEverySecondCostOneDecision() {
        bench.save(Bench.every("a", 1));
        bench.pass(Duration.ofDays(200));
        JobState state = bench.job("a").state();
        assertThat(state.missedCount() + bench.executions("a").size())
                .isEqualTo(Duration.ofDays(200).toSeconds());
        assertThat(state.missed()).hasSize(1);
        assertThat(state.next()).contains(bench.now.plusSeconds(1));
    }

    @Test
    void p18HeldFiringsRunOrAreMissedWhenTheStoreIsBack() {
        bench.save(Bench.every("a", 10));
        bench.store.up(false);
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.orders).isEmpty();
        bench.now = bench.now.plusSeconds(25);
        bench.store.up(true);
        bench.elect(Reason.STORE);
        assertThat(bench.executions("a"))
                .extracting(e -> e.scheduledAt().orElseThrow())
                .containsExactly(Bench.START.plusSeconds(30));
        assertThat(bench.job("a").state().missed())
                .containsExactly(
                        new MissedFirings(Reason.STORE, 2, Bench.START.plusSeconds(10), Bench.START.plusSeconds(20)));
    }

    @Test
    void f18ForbidSkipsAndCountsWhileAnExecutionIsUnfinished() {
        bench.save(Bench.every("a", 1).concurrency(Concurrency.FORBID));
        bench.passInSeconds(4);
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.job("a").state().skippedCount()).isEqualTo(3);
        assertThat(bench.job("a").state().missed())
                .containsExactly(
                        new MissedFirings(Reason.FORBID, 3, Bench.START.plusSeconds(2), Bench.START.plusSeconds(4)));
        assertThat(bench.job("a").state().missedCount()).isZero();
        bench.finishAll(ExecutionState.SUCCESS);
        bench.passInSeconds(1);
        assertThat(bench.executions("a")).hasSize(2);
    }

    @Test
    void f16ForbidHoldsAcrossARestart() {
        bench.save(Bench.every("a", 5).concurrency(Concurrency.FORBID));
        bench.passInSeconds(5);
        bench.restart(Reason.DOWN);
        bench.passInSeconds(5);
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.job("a").state().skippedCount()).isEqualTo(1);
    }

    @Test
    void f17AManualRunIgnoresForbid() {
        bench.save(Bench.manual("a").concurrency(Concurrency.FORBID));
        assertThat(bench.run("a")).isInstanceOf(Outcome.RunStarted.class);
        assertThat(bench.run("a")).isInstanceOf(Outcome.RunStarted.class);
    }

    @Test
    void f20AFiringWithoutATargetIsAFailedExecutionThatSaysSo() {
        bench.save(Bench.every("a", 10).tags(Map.of("role", "nobody")));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a")).singleElement().satisfies(e -> {
            assertThat(e.state()).isEqualTo(ExecutionState.FAILED);
            assertThat(e.node()).isEqualTo("node1");
            assertThat(new String(e.output().bytes())).isEqualTo("no target nodes found to run job a\n");
        });
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
    }

    @Test
    void nothingFiresBeforeStartsAtOrAfterExpiresAt() {
        bench.save(Bench.every("a", 10)
                .startsAt(Optional.of(Bench.START.plusSeconds(25)))
                .expiresAt(Optional.of(Bench.START.plusSeconds(45))));
        assertThat(bench.job("a").state().next()).contains(Bench.START.plusSeconds(30));
        bench.passInSeconds(90);
        assertThat(bench.executions("a"))
                .extracting(e -> e.scheduledAt().orElseThrow())
                .containsExactly(Bench.START.plusSeconds(30), Bench.START.plusSeconds(40));
        assertThat(bench.job("a").state().next()).isEmpty();
        assertThat(bench.job("a").state().missedCount()).isZero();
    }

    @Test
    void theLoopIsWokenForTheNextFiringAlsoWhenATickCameTooEarly() {
        bench.save(Bench.every("a", 10));
        bench.effects.clear();
        bench.pass(Duration.ofMillis(9_999));
        assertThat(bench.all(Effect.WakeAt.class)).extracting(Effect.WakeAt::at).contains(Bench.START.plusSeconds(10));
    }

    @Test
    void f04TheIntervalKeepsItsPhaseAcrossARestart() {
        bench.save(Bench.every("a", 30));
        bench.now = bench.now.plusSeconds(20);
        bench.restart(Reason.DOWN);
        bench.passInSeconds(10);
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.executions("a").get(0).scheduledAt()).contains(Instant.parse("2026-03-01T10:00:30Z"));
    }
}
