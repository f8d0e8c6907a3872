package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.Concurrency;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.job.RetryPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An execution whose node is out of reach may still run: nothing follows it until that is known to be over. */
class LostTest {
    private final Bench bench = Bench.led();

    /** Runs on node2, and node2 goes away for so long that it is lost. */
    private RunOrder lost(JobDefinition.Builder job) {
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.save(job.tags(Map.of("n", "node2")));
        bench.pass(Duration.ofSeconds(10));
        bench.members(bench.member("node1"), bench.member("node2", MemberStatus.FAILED));
        bench.passInSeconds(59);
        assertThat(first().state()).isEqualTo(ExecutionState.RUNNING);
        bench.passInSeconds(1);
        assertThat(first().state()).isEqualTo(ExecutionState.LOST);
        RunOrder order = bench.orders.get(0);
        bench.orders.clear();
        return order;
    }

    private Execution first() {
        return bench.executions("a").get(0);
    }

    private static JobDefinition.Builder forbidding() {
        return Bench.every("a", 10).concurrency(Concurrency.FORBID).retry(new RetryPolicy(2, "1s", "10s", 1, 0));
    }

    private void back() {
        bench.members(bench.member("node1"), bench.member("node2"));
    }

    private void listed(List<Event.KnownRun> runs, String... journals) {
        long term = bench.all(Effect.AskAgent.class).stream()
                .reduce((a, b) -> b)
                .orElseThrow()
                .fence()
                .term();
        bench.step(new Event.AgentListed(bench.now, term, "node2", Long.MAX_VALUE, List.of(journals), runs));
    }

    @Tag("F29")
    @Test
    void p12ALostExecutionCountsAsFailedButStillHoldsBackForbidAndItsRetry() {
        lost(forbidding());
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);
        assertThat(bench.all(Effect.GroupEnded.class)).hasSize(1);
        long skipped = bench.job("a").state().skippedCount();
        bench.passInSeconds(100);
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.job("a").state().skippedCount()).isEqualTo(skipped + 10);
        bench.restart(Reason.DOWN);
        bench.passInSeconds(20);
        assertThat(bench.executions("a")).as("the next leader knows of it").hasSize(1);
    }

    @Tag("F15")
    @Tag("F29")
    @Test
    void p12ALateResultTakesItsPlaceAndFreesTheJob() {
        RunOrder order = lost(forbidding());
        bench.save(Bench.manual("child").parent(new JobName("a")).tags(Map.of("n", "node1")));
        bench.finish(order, ExecutionState.SUCCESS);
        assertThat(first().state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.SUCCESS);
        assertThat(bench.job("a").state().successCount()).isEqualTo(1);
        assertThat(bench.job("a").state().errorCount()).isZero();
        assertThat(bench.job("a").state().live()).isEmpty();
        assertThat(bench.acknowledged).containsExactly(order.key());
        assertThat(bench.executions("child")).hasSize(1);
        back();
        bench.passInSeconds(10);
        assertThat(bench.executions("a")).hasSize(2);
    }

    @Test
    void p12TheNextAttemptFollowsOnlyWhenTheNodeReportedTheFirstAsEnded() {
        RunOrder order = lost(forbidding());
        back();
        listed(List.of(new Event.KnownRun(order.key(), false)), "j1");
        bench.passInSeconds(30);
        assertThat(bench.orders).as("it still runs").isEmpty();
        bench.finish(order, ExecutionState.FAILED);
        bench.passInSeconds(1);
        assertThat(bench.orders)
                .singleElement()
                .satisfies(o -> assertThat(o.key()).isEqualTo(order.key().next()));
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);
    }

    @Test
    void p12ANodeThatComesBackWithoutEverHavingHeardOfItMayRepeatIt() {
        bench.loseDispatches = true;
        RunOrder order = lost(forbidding());
        back();
        listed(List.of(), "j1");
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(first())).startsWith("never started");
        bench.passInSeconds(1);
        assertThat(bench.orders)
                .singleElement()
                .satisfies(o -> assertThat(o.key()).isEqualTo(order.key().next()));
    }

    @Tag("F15")
    @Test
    void p12ANodeThatLostItsJournalFreesTheJobButNoAttemptFollows() {
        lost(forbidding());
        bench.journal = "j2";
        back();
        listed(List.of(), "j2");
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(first())).startsWith("outcome unknown");
        bench.passInSeconds(10);
        assertThat(bench.executions("a")).hasSize(2);
        assertThat(bench.executions("a").get(1).attempt()).isEqualTo(1);
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);
    }

    @Test
    void p11WhatANodeTookAndDoesNotKnowAfterARestartHasFailedAndIsNotRepeated() {
        RunOrder order = startedAnew(false);
        assertThat(bench.all(Effect.AskAgent.class)).hasSize(1);
        listed(List.of(), "j2", "j1");
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(first()))
                .isEqualTo("outcome unknown: the journal of node node2 was replaced or is an old copy\n");
        bench.passInSeconds(5);
        assertThat(bench.orders).isEmpty();
        bench.finish(order, ExecutionState.SUCCESS);
        assertThat(bench.acknowledged).containsExactly(order.key());
    }

    @Test
    void p11WhatANodeStillKnowsAfterARestartRunsOn() {
        RunOrder order = startedAnew(false);
        listed(List.of(new Event.KnownRun(order.key(), false)), "j2", "j1");
        assertThat(first().state()).isEqualTo(ExecutionState.RUNNING);
        bench.finish(order, ExecutionState.SUCCESS);
        assertThat(first().state()).isEqualTo(ExecutionState.SUCCESS);
    }

    @Test
    void p11AnOrderWithoutAnAnswerIsSentAgainToTheSameJournalStartedAnewButNotToAnOldCopy() {
        RunOrder order = startedAnew(true);
        listed(List.of(), "j2", "j1");
        assertThat(bench.orders).containsExactly(order.forJournal("j2"));
        assertThat(first().journal()).isEqualTo("j2");
        bench.handed(bench.all(Effect.Dispatch.class).get(1), Event.Handover.Result.UNKNOWN);
        bench.journal = "j3";
        back();
        listed(List.of(), "j3", "j0");
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(first())).startsWith("outcome unknown");
    }

    @Test
    void p11AnOrderForAnEarlierStartOfAJournalIsSentAgainForThePresentOne() {
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.save(Bench.manual("a").tags(Map.of("n", "node2")));
        bench.loseDispatches = true;
        bench.run("a");
        RunOrder order = bench.orders.get(0);
        bench.orders.clear();
        bench.handed(bench.all(Effect.Dispatch.class).get(0), Event.Handover.Result.OTHER_JOURNAL);
        assertThat(bench.orders).as("the node is asked first").isEmpty();
        listed(List.of(), "j2", "j1");
        assertThat(bench.orders).containsExactly(order.forJournal("j2"));
        assertThat(first().journal()).isEqualTo("j2");
    }

    @Test
    void p11AnAnswerToAnEarlierQuestionDecidesNothing() {
        startedAnew(false);
        Effect.AskAgent asked = bench.all(Effect.AskAgent.class).get(0);
        long before = asked.question() - 1;
        bench.step(new Event.AgentListed(
                bench.now, asked.fence().term(), "node2", before, List.of("j2", "j1"), List.of()));
        assertThat(first().state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(bench.all(Effect.AskAgent.class)).as("asked again").hasSize(2);
    }

    /** Runs on node2, or may if its answer is lost, and node2 is started again. */
    private RunOrder startedAnew(boolean unanswered) {
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.save(Bench.manual("a").tags(Map.of("n", "node2")));
        bench.loseDispatches = unanswered;
        bench.run("a");
        if (unanswered) {
            bench.handed(bench.all(Effect.Dispatch.class).get(0), Event.Handover.Result.UNKNOWN);
        }
        RunOrder order = bench.orders.get(0);
        bench.orders.clear();
        bench.journal = "j2";
        back();
        return order;
    }

    @Test
    void p12AnOperatorWhoRemovesTheNodeFreesTheJob() {
        RunOrder order = lost(forbidding());
        bench.step(new Event.MemberRemoved(bench.now, "node1"));
        bench.members(bench.member("node1"));
        assertThat(first().state()).as("gone from gossip is not removed").isEqualTo(ExecutionState.LOST);
        bench.step(new Event.MemberRemoved(bench.now, "node2"));
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
        assertThat(text(first())).isEqualTo("outcome unknown: node node2 was removed\n");
        assertThat(bench.job("a").state().live()).isEmpty();
        bench.finish(order, ExecutionState.SUCCESS);
        assertThat(first().state()).as("too late").isEqualTo(ExecutionState.FAILED);
        assertThat(bench.acknowledged).containsExactly(order.key());
    }

    @Test
    void p12RemovingANodeEndsWhatRunsThereAtOnce() {
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.save(forbidding().tags(Map.of("n", "node2")));
        bench.pass(Duration.ofSeconds(10));
        bench.members(bench.member("node1"));
        bench.step(new Event.MemberRemoved(bench.now, "node2"));
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
    }

    @Test
    void p12TheJobsOwnLimitFreesItAlsoAfterATakeover() {
        lost(forbidding().lostAfter("30s"));
        bench.passInSeconds(10);
        bench.restart(Reason.DOWN);
        bench.passInSeconds(19);
        assertThat(first().state()).isEqualTo(ExecutionState.LOST);
        bench.passInSeconds(1);
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
    }

    @Test
    void p12ALimitSetWhileItIsLostCounts() {
        lost(forbidding());
        bench.passInSeconds(10);
        bench.save(forbidding().tags(Map.of("n", "node2")).lostAfter("12s"));
        bench.passInSeconds(2);
        assertThat(first().state()).isEqualTo(ExecutionState.FAILED);
    }

    @Test
    void p12ALostExecutionCanBeCancelledAndIsWhenItsNodeIsBack() {
        RunOrder order = lost(forbidding());
        Request request = bench.request();
        bench.step(new Event.CancelExecutions(bench.now, request, new JobName("a"), Optional.empty()));
        assertThat(bench.answer(request)).isInstanceOf(Outcome.Cancelling.class);
        back();
        listed(List.of(new Event.KnownRun(order.key(), false)), "j1");
        assertThat(bench.all(Effect.Cancel.class)).isNotEmpty();
        bench.finish(order, ExecutionState.CANCELLED);
        assertThat(first().state()).isEqualTo(ExecutionState.CANCELLED);
        assertThat(bench.job("a").state().errorCount()).isZero();
    }

    @Test
    void p1ANodeThatGossipShowsButThatDoesNotAnswerLosesWhatIsAskedForAfterAMinute() {
        bench.save(Bench.manual("a"));
        bench.run("a");
        bench.restart(Reason.DOWN);
        for (int i = 0; i < 59; i++) {
            bench.step(new Event.AgentUnreachable(bench.now, "node1", "test"));
            bench.passInSeconds(1);
        }
        assertThat(first().state()).isEqualTo(ExecutionState.RUNNING);
        bench.passInSeconds(1);
        bench.step(new Event.AgentUnreachable(bench.now, "node1", "test"));
        assertThat(first().state()).isEqualTo(ExecutionState.LOST);
    }

    @Test
    void aChangeOfMembersAsksOnlyThoseThatChanged() {
        bench.save(Bench.manual("a"));
        bench.run("a");
        bench.effects.clear();
        for (int i = 0; i < 100; i++) {
            bench.members(bench.member("node1"), bench.member("agent" + i));
        }
        assertThat(bench.effects).isEmpty();
    }

    private static String text(Execution execution) {
        return new String(execution.output().bytes(), StandardCharsets.UTF_8);
    }
}
