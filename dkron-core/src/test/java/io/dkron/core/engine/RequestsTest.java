package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.problem.Problem;
import io.dkron.core.store.MemoryStore.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private final Bench bench = Bench.led();

    private Event.Save save(Request request, JobDefinition.Builder job, Condition condition, boolean dryRun) {
        return new Event.Save(bench.now, request, job.build(), List.of(), condition, false, dryRun);
    }

    @Test
    void aSaveIsAnsweredWhenItIsStored() {
        bench.holdCommits = true;
        Request request = bench.request();
        bench.step(save(request, Bench.every("a", 10), Condition.NONE, false));
        assertThat(bench.answers(request)).isEmpty();
        bench.releaseCommits();
        Outcome.Saved saved = (Outcome.Saved) bench.answer(request);
        assertThat(saved.created()).isTrue();
        assertThat(saved.job()).isEqualTo(bench.job("a"));
        assertThat(saved.job().state().revision()).isEqualTo(1);
    }

    @Test
    void f03SavingAgainKeepsThePhaseUnlessTheScheduleChanged() {
        bench.save(Bench.every("a", 20));
        bench.now = bench.now.plusSeconds(7);
        bench.save(Bench.every("a", 20).owner("x"));
        JobState kept = bench.job("a").state();
        assertThat(kept.next()).contains(Bench.START.plusSeconds(20));
        assertThat(kept.revision()).isEqualTo(2);
        bench.save(Bench.every("a", 30));
        assertThat(bench.job("a").state().next()).contains(Bench.START.plusSeconds(37));
    }

    @Test
    void aFiringThatIsDueIsNotLostByASaveThatComesFirst() {
        bench.save(Bench.every("a", 10));
        bench.now = bench.now.plusSeconds(10);
        bench.save(Bench.every("a", 60));
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.job("a").state().next()).contains(Bench.START.plusSeconds(70));
    }

    @Test
    void nextFollowsDisabledAndTogglingKeepsTheGrid() {
        bench.save(Bench.every("a", 20));
        bench.toggle("a");
        assertThat(bench.job("a").state().next()).isEmpty();
        bench.passInSeconds(45);
        bench.toggle("a");
        assertThat(bench.job("a").state().next()).contains(Bench.START.plusSeconds(60));
        assertThat(bench.job("a").state().missedCount()).isZero();
    }

    @Test
    void conditionsOnTheRevisionHold() {
        bench.save(Bench.manual("a"));
        Request request = bench.request();
        bench.step(save(request, Bench.manual("a"), Condition.ABSENT, false));
        assertThat(bench.answer(request)).isInstanceOf(Outcome.RevisionMismatch.class);
        Request stale = bench.request();
        bench.step(save(stale, Bench.manual("a"), Condition.revision(7), false));
        assertThat(bench.answer(stale)).isInstanceOf(Outcome.RevisionMismatch.class);
        Request right = bench.request();
        bench.step(save(right, Bench.manual("a"), Condition.revision(1), false));
        assertThat(bench.answer(right)).isInstanceOf(Outcome.Saved.class);
    }

    @Test
    void aDryRunStoresNothing() {
        Request request = bench.request();
        long before = bench.store.commits();
        bench.step(save(request, Bench.every("a", 10), Condition.NONE, true));
        assertThat(((Outcome.Checked) bench.answer(request)).job().state().next())
                .contains(Bench.START.plusSeconds(10));
        assertThat(bench.store.commits()).isEqualTo(before);
        assertThat(bench.find("a")).isEmpty();
    }

    @Test
    void parentsMustExistAndMakeNoCycle() {
        assertThat(bench.save(Bench.manual("b").parent(new JobName("a"))))
                .isEqualTo(new Outcome.ParentNotFound(new JobName("a")));
        assertThat(bench.find("b")).isEmpty();
        bench.save(Bench.manual("a"));
        bench.save(Bench.manual("b").parent(new JobName("a")));
        bench.save(Bench.manual("c").parent(new JobName("b")));
        assertThat(bench.save(Bench.manual("a").parent(new JobName("c"))))
                .isEqualTo(new Outcome.Invalid(List.of(new Problem("parent_job", "makes a cycle: a -> c -> b -> a"))));
    }

    @Test
    void aNameThatIsRefusedTodayStaysUsableWhereItIsStored() {
        Request request = bench.request();
        Problem bad = new Problem("name", "name contains illegal character");
        bench.step(new Event.Save(
                bench.now, request, Bench.manual("A").build(), List.of(bad), Condition.NONE, false, false));
        assertThat(bench.answer(request)).isEqualTo(new Outcome.Invalid(List.of(bad)));
    }

    @Test
    void aJobWithDependentsIsDeletedOnlyWithThem() {
        bench.save(Bench.manual("a"));
        bench.save(Bench.manual("b").parent(new JobName("a")));
        bench.save(Bench.manual("c").parent(new JobName("b")));
        assertThat(bench.delete("a", false))
                .isEqualTo(new Outcome.HasDependents(new JobName("a"), List.of(new JobName("b"))));
        Outcome.Deleted deleted = (Outcome.Deleted) bench.delete("a", true);
        assertThat(deleted.others()).containsExactly(new JobName("c"), new JobName("b"));
        assertThat(bench.find("a")).isEmpty();
        assertThat(bench.find("c")).isEmpty();
        assertThat(bench.delete("a", false)).isInstanceOf(Outcome.JobNotFound.class);
    }

    @Test
    void aJobOfAnEarlierLeadIsDeletedWithExecutionsThatWereNotListedYet() {
        bench.save(Bench.manual("a"));
        bench.save(Bench.manual("a-b"));
        bench.run("a");
        bench.run("a-b");
        bench.finishAll(ExecutionState.SUCCESS);
        bench.restart(Reason.DOWN);
        assertThat(bench.delete("a", false)).isInstanceOf(Outcome.Deleted.class);
        assertThat(bench.executions("a")).isEmpty();
        assertThat(bench.executions("a-b")).hasSize(1);
        assertThat(bench.store.list("dkron/_dkron/purges/", "", 10).entries()).isEmpty();
    }

    @Test
    void p16ARepeatedRunStartsNothingAlsoAtTheNextLeader() {
        bench.save(Bench.manual("a"));
        Request request = new Request("key-1", true);
        bench.step(new Event.Run(bench.now, request, new JobName("a"), false));
        long group = ((Outcome.RunStarted) bench.answer(request)).group();
        bench.restart(Reason.DOWN);
        bench.step(new Event.Run(bench.now, request, new JobName("a"), false));
        Outcome.Repeated repeated = (Outcome.Repeated) bench.answer(request);
        assertThat(repeated.before().group()).hasValue(group);
        assertThat(bench.executions("a")).hasSize(1);
        bench.save(Bench.manual("b"));
        bench.step(new Event.Run(bench.now, request, new JobName("b"), false));
        assertThat(bench.answer(request)).isInstanceOf(Outcome.KeyReused.class);
    }

    @Test
    void p16RequestsAreForgottenAfterTheirTime() {
        bench.save(Bench.manual("a"));
        Request client = new Request("key-1", true);
        bench.step(new Event.Run(bench.now, client, new JobName("a"), false));
        bench.pass(Duration.ofHours(23));
        bench.step(new Event.Run(bench.now, client, new JobName("a"), false));
        assertThat(bench.answer(client)).isInstanceOf(Outcome.Repeated.class);
        bench.pass(Duration.ofHours(2));
        assertThat(bench.store.list("dkron/_dkron/requests/", "", 10).entries()).isEmpty();
        bench.step(new Event.Run(bench.now, client, new JobName("a"), false));
        assertThat(bench.answer(client)).isInstanceOf(Outcome.RunStarted.class);
    }

    @Test
    void p16AnUnknownOutcomeIsUnavailableAndSafeToRepeat() {
        for (Fate fate : List.of(Fate.LOST_APPLIED, Fate.LOST_DROPPED, Fate.FAILED)) {
            String name = "job-" + fate.ordinal();
            Request request = new Request("key-" + fate, true);
            bench.store.fates(() -> fate);
            bench.step(save(request, Bench.manual(name), Condition.ABSENT, false));
            assertThat(bench.answer(request)).isInstanceOf(Outcome.Unavailable.class);
            assertThat(bench.all(Effect.Reload.class)).isNotEmpty();
            bench.step(save(bench.request(), Bench.manual("x"), Condition.NONE, false));
            assertThat(bench.all(Effect.Answer.class)
                            .get(bench.all(Effect.Answer.class).size() - 1)
                            .outcome())
                    .isInstanceOf(Outcome.NoLeader.class);
            bench.store.fates(() -> Fate.NORMAL);
            bench.elect(Reason.STORE);
            bench.step(save(request, Bench.manual(name), Condition.ABSENT, false));
            assertThat(bench.answer(request).done()).as(fate.name()).isTrue();
            assertThat(bench.job(name).state().revision()).isEqualTo(1);
        }
    }

    @Test
    void runsAreRefusedForDisabledJobsAndWithoutTarget() {
        bench.save(Bench.manual("a").disabled(true));
        bench.save(Bench.manual("b").tags(java.util.Map.of("role", "nobody")));
        assertThat(bench.run("a")).isInstanceOf(Outcome.JobDisabled.class);
        assertThat(bench.run("b")).isInstanceOf(Outcome.NoTarget.class);
        assertThat(bench.executions("b")).isEmpty();
        assertThat(bench.run("c")).isInstanceOf(Outcome.JobNotFound.class);
        Request v1 = bench.request();
        bench.step(new Event.Run(bench.now, v1, new JobName("a"), true));
        assertThat(bench.answer(v1)).isInstanceOf(Outcome.RunStarted.class);
    }

    @Test
    void deletingExecutionsKeepsUnfinishedOnesAndTheStatus() {
        bench.save(Bench.manual("a"));
        bench.run("a");
        bench.finishAll(ExecutionState.SUCCESS);
        bench.run("a");
        bench.restart(Reason.DOWN);
        Request request = bench.request();
        bench.step(new Event.DeleteExecutions(bench.now, request, new JobName("a")));
        JobState state =
                ((Outcome.ExecutionsDeleted) bench.answer(request)).job().state();
        assertThat(state.successCount()).isZero();
        assertThat(state.lastSuccess()).isEmpty();
        assertThat(bench.executions("a")).hasSize(1);
    }

    @Test
    void restoreStoresParentsFirstSaysSoInThatOrderAndTakesCountersOver() {
        Job child = new Job(
                Bench.manual("child").parent(new JobName("parent")).build(),
                JobState.created("x", bench.now).with().successCount(5).build());
        Job parent = new Job(Bench.manual("parent").build(), JobState.created("y", bench.now));
        Job other = new Job(Bench.manual("other").build(), parent.state());
        Job last = new Job(Bench.manual("last").build(), parent.state());
        Request request = bench.request();
        bench.step(new Event.Restore(bench.now, request, List.of(other, child, parent, last), false));
        assertThat(((Outcome.Restored) bench.answer(request)).items())
                .extracting(i -> i.job().value())
                .containsExactly("other", "parent", "child", "last");
        assertThat(bench.job("child").state().successCount()).isEqualTo(5);
        assertThat(bench.job("child").state().uid()).isNotEqualTo("x");
        Request missing = bench.request();
        bench.step(new Event.Restore(
                bench.now,
                missing,
                List.of(new Job(Bench.manual("z").parent(new JobName("none")).build(), parent.state())),
                false));
        assertThat(((Outcome.Invalid) bench.answer(missing)).problems())
                .extracting(Problem::field)
                .containsExactly("jobs[0].parent_job");
    }

    @Test
    void pausedRefusesNewJobsAlsoAfterARestartAndRunsGoOn() {
        bench.save(Bench.manual("a"));
        bench.step(new Event.Pause(bench.now, bench.request(), true));
        bench.restart(Reason.DOWN);
        assertThat(bench.save(Bench.manual("b"))).isInstanceOf(Outcome.Paused.class);
        assertThat(bench.run("a")).isInstanceOf(Outcome.RunStarted.class);
        bench.step(new Event.Pause(bench.now, bench.request(), false));
        assertThat(bench.save(Bench.manual("b"))).isInstanceOf(Outcome.Saved.class);
    }

    @Test
    void aRunAtCreationIsRecordedWithTheSave() {
        Request request = bench.request();
        bench.step(
                new Event.Save(bench.now, request, Bench.manual("a").build(), List.of(), Condition.NONE, true, false));
        assertThat(((Outcome.Saved) bench.answer(request)).group()).isPresent();
        assertThat(bench.orders).hasSize(1);
        assertThat(Optional.of(bench.executions("a").get(0).trigger().text())).contains("create");
    }
}
