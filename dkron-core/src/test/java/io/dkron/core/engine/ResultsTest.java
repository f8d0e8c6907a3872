package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.LogLimits;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.KeepLogs;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.job.RetryPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private final Bench bench = Bench.led();

    private static RetryPolicy retries(int times, String delay) {
        return new RetryPolicy(times, delay, "60s", 2, 0);
    }

    @Test
    void p17NothingStartsBeforeItWasRecordedWhateverTheAgentsClockSays() {
        bench.save(Bench.every("a", 10));
        bench.pass(Duration.ofSeconds(10));
        RunReport behind = bench.report(bench.orders.get(0), ExecutionState.SUCCESS);
        Instant started = bench.now.minusSeconds(300);
        bench.step(new Event.Reported(
                bench.now,
                "node1",
                List.of(new RunReport(
                        behind.id(),
                        behind.key(),
                        behind.job(),
                        behind.state(),
                        started,
                        started.plusSeconds(4),
                        "",
                        behind.output()))));
        assertThat(bench.executions("a")).singleElement().satisfies(e -> {
            assertThat(e.startedAt()).isEqualTo(bench.now);
            assertThat(e.finishedAt()).contains(bench.now.plusSeconds(4));
        });
    }

    @Test
    void aResultIsStoredWithCountersStatusAndThenAcknowledged() {
        bench.save(Bench.manual("a"));
        bench.run("a");
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.RUNNING);
        bench.holdCommits = true;
        bench.finishAll(ExecutionState.FAILED);
        assertThat(bench.acknowledged).isEmpty();
        bench.releaseCommits();
        assertThat(bench.acknowledged).hasSize(1);
        JobState state = bench.job("a").state();
        assertThat(state.errorCount()).isEqualTo(1);
        assertThat(state.status()).isEqualTo(JobStatus.FAILED);
        assertThat(state.live()).isEmpty();
        assertThat(state.recent())
                .singleElement()
                .satisfies(r -> assertThat(r.status()).isEqualTo(JobStatus.FAILED));
        assertThat(new String(bench.executions("a").get(0).output().bytes())).isEqualTo("exit status 1\nhello\n");
        assertThat(bench.all(Effect.GroupEnded.class))
                .singleElement()
                .satisfies(g -> assertThat(g.job().state().status()).isEqualTo(JobStatus.FAILED));
    }

    @Test
    void p19AResultThatComesTwiceCountsOnce() {
        bench.save(Bench.manual("a"));
        bench.run("a");
        RunOrder order = bench.orders.get(0);
        bench.finish(order, ExecutionState.SUCCESS);
        bench.finish(order, ExecutionState.SUCCESS);
        bench.restart(Reason.DOWN);
        bench.finish(order, ExecutionState.FAILED);
        assertThat(bench.job("a").state().successCount()).isEqualTo(1);
        assertThat(bench.job("a").state().errorCount()).isZero();
        assertThat(bench.acknowledged).containsExactly(order.key(), order.key(), order.key());
    }

    @Tag("F25")
    @Test
    void p19AResultOfADeletedJobOrItsNamesakeIsAcknowledgedAndDropped() {
        bench.save(Bench.manual("a"));
        bench.run("a");
        RunOrder old = bench.orders.get(0);
        bench.delete("a", false);
        bench.finish(old, ExecutionState.SUCCESS);
        bench.save(Bench.manual("a"));
        bench.run("a");
        bench.finish(old, ExecutionState.SUCCESS);
        assertThat(bench.acknowledged).containsExactly(old.key(), old.key());
        assertThat(bench.job("a").state().successCount()).isZero();
        assertThat(bench.executions("a")).hasSize(1);
    }

    @Test
    void aFailedAttemptIsRepeatedInItsGroupAndOnlyTheLastAttemptCounts() {
        bench.save(Bench.manual("a").retry(retries(2, "3s")));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        assertThat(bench.executions("a"))
                .extracting(Execution::state)
                .containsExactly(ExecutionState.FAILED, ExecutionState.WAITING);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.RUNNING);
        bench.pass(Duration.ofMillis(2999));
        assertThat(bench.orders).isEmpty();
        bench.pass(Duration.ofMillis(1));
        assertThat(bench.orders)
                .singleElement()
                .satisfies(o -> assertThat(o.key().attempt()).isEqualTo(2));
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.SUCCESS);
        assertThat(bench.executions("a"))
                .extracting(Execution::group)
                .containsOnly(bench.executions("a").get(0).group());
        assertThat(bench.executions("a")).extracting(Execution::trigger).containsExactly(Trigger.MANUAL, Trigger.RETRY);
        assertThat(bench.job("a").state().successCount()).isEqualTo(1);
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);
    }

    @Tag("F24")
    @Test
    void p24ARetryInItsPauseSurvivesTheLeaderAndRunsOnce() {
        bench.save(Bench.manual("a").retry(retries(1, "10s")));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        bench.now = bench.now.plusSeconds(4);
        bench.restart(Reason.DOWN);
        bench.passInSeconds(5);
        assertThat(bench.orders).isEmpty();
        bench.passInSeconds(5);
        assertThat(bench.orders).hasSize(1);
    }

    @Test
    void f23ARetryWhoseNodeIsGoneFailsSayingSo() {
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.save(Bench.manual("a").tags(Map.of("n", "node2")).retry(retries(1, "10s")));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        bench.members(bench.member("node1"));
        bench.passInSeconds(10);
        assertThat(bench.orders).isEmpty();
        Execution second = bench.executions("a").get(1);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(new String(second.output().bytes(), StandardCharsets.UTF_8)).contains("node node2 is gone");
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
        assertThat(bench.job("a").state().live()).isEmpty();
    }

    @Test
    void aRetryOfAJobDisabledMeanwhileIsDropped() {
        bench.save(Bench.manual("a").retry(retries(1, "10s")));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        bench.toggle("a");
        bench.passInSeconds(20);
        assertThat(bench.orders).isEmpty();
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
        assertThat(bench.job("a").state().live()).isEmpty();
    }

    @Test
    void aRetryOfAJobDeletedMeanwhileIsDroppedAndLogged() {
        bench.save(Bench.manual("a").retry(retries(1, "10s")));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        bench.delete("a", false);
        bench.passInSeconds(20);
        assertThat(bench.orders).isEmpty();
        assertThat(bench.all(Effect.Log.class))
                .anyMatch(l -> l.message().startsWith("retry dropped, the job was deleted job=a execution="));
    }

    @Test
    @DisplayName(
            "P24: processors replace the output; past their deadline the original is stored, and the execution says so")
    void p24ProcessorsReplaceTheOutputAndPastTheirDeadlineTheOriginalIsStored() {
        bench.save(Bench.manual("a").processors(Map.of("log", new TreeMap<>())));
        bench.run("a");
        bench.finishAll(ExecutionState.SUCCESS);
        Effect.Process process = bench.all(Effect.Process.class).get(0);
        bench.step(new Event.Processed(
                bench.now,
                process.execution().key(),
                Optional.of(OutputTail.whole("in the log".getBytes())),
                List.of()));
        assertThat(new String(bench.executions("a").get(0).output().bytes())).isEqualTo("in the log");
        assertThat(bench.executions("a").get(0).processorErrors()).isEmpty();
        bench.run("a");
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.executions("a").get(1).state()).isEqualTo(ExecutionState.RUNNING);
        bench.passInSeconds(32);
        Execution late = bench.executions("a").get(1);
        assertThat(late.state()).isEqualTo(ExecutionState.SUCCESS);
        assertThat(new String(late.output().bytes())).isEqualTo("hello\n");
        assertThat(late.processorErrors()).containsExactly("processors took longer than 30s");
    }

    @Test
    @DisplayName("keep_logs: the order tells the agent how much of the output to keep")
    void ordersSayHowMuchOfAnOutputIsKept() {
        bench.save(Bench.manual("a").keepLogs(Optional.of(new KeepLogs("1.5KB", "2h"))));
        bench.save(Bench.manual("b").keepLogs(Optional.of(new KeepLogs("", ""))));
        bench.save(Bench.manual("c"));
        List.of("a", "b", "c").forEach(bench::run);
        assertThat(bench.orders)
                .extracting(RunOrder::keep)
                .containsExactly(
                        Optional.of(new LogLimits(Optional.of(1_536L), Optional.of(Duration.ofHours(2)))),
                        Optional.of(new LogLimits(Optional.empty(), Optional.empty())),
                        Optional.empty());
    }

    @Test
    @DisplayName("F64: what went wrong with an output is stored with the result, which stays as it is")
    void f64ErrorsOfProcessorsAreStoredWithTheResult() {
        bench.save(Bench.manual("a").processors(Map.of("files", new TreeMap<>())));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        Effect.Process process = bench.all(Effect.Process.class).get(0);
        bench.step(new Event.Processed(
                bench.now, process.execution().key(), Optional.empty(), List.of("files: cannot write")));
        Execution stored = bench.executions("a").get(0);
        assertThat(stored.state()).isEqualTo(ExecutionState.FAILED);
        assertThat(new String(stored.output().bytes())).isEqualTo("exit status 1\nhello\n");
        assertThat(stored.processorErrors()).containsExactly("files: cannot write");
    }

    @Test
    void f26DependentsStartOnceInTheCommitThatEndsTheirParentsGroup() {
        bench.save(Bench.manual("a"));
        bench.save(Bench.manual("b").parent(new JobName("a")));
        bench.save(Bench.manual("c").parent(new JobName("a")).disabled(true));
        bench.run("a");
        long before = bench.store.commits();
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.store.commits() - before).isEqualTo(1);
        assertThat(bench.executions("b"))
                .singleElement()
                .satisfies(e -> assertThat(e.trigger()).isEqualTo(Trigger.DEPENDENT));
        assertThat(bench.executions("c")).isEmpty();
        bench.run("a");
        bench.orders.remove(0); // b's
        bench.finishAll(ExecutionState.FAILED);
        assertThat(bench.executions("b")).hasSize(1);
    }

    @Test
    void anEphemeralJobGoesAfterItsWholeGroupSucceededWithItsExecutions() {
        bench.save(Bench.manual("a").ephemeral(true).retry(retries(1, "1s")));
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        assertThat(bench.find("a")).isPresent();
        bench.passInSeconds(1);
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.find("a")).isEmpty();
        assertThat(bench.executions("a")).isEmpty();
        assertThat(bench.all(Effect.GroupEnded.class))
                .singleElement()
                .satisfies(g -> assertThat(g.job().state().status()).isEqualTo(JobStatus.SUCCESS));
    }

    @Test
    void f46TheOldestExecutionsGoButNeverAnUnfinishedOneAndNeverThoseOfALongerName() {
        bench.settings = bench.settings.keeping(3);
        bench.restart(Reason.DOWN);
        bench.save(Bench.manual("a"));
        bench.save(Bench.manual("a-b"));
        bench.run("a-b");
        bench.run("a"); // stays unfinished
        bench.orders.clear();
        for (int i = 0; i < 6; i++) {
            bench.now = bench.now.plusSeconds(1);
            bench.run("a");
            bench.finishAll(ExecutionState.SUCCESS);
        }
        assertThat(bench.executions("a")).hasSize(3);
        assertThat(bench.executions("a").get(0).state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(bench.executions("a").get(2).startedAt()).isEqualTo(bench.now);
        assertThat(bench.executions("a-b")).hasSize(1);
        bench.restart(Reason.DOWN);
        bench.now = bench.now.plusSeconds(1);
        bench.run("a");
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.executions("a")).hasSize(3);
    }

    @Test
    void cancelEndsWaitingExecutionsAtOnceAndRunningOnesByTheirAgent() {
        bench.save(Bench.manual("a").retry(retries(3, "10s")));
        bench.save(Bench.manual("b").parent(new JobName("a")));
        bench.run("a");
        Request request = bench.request();
        bench.step(new Event.CancelExecutions(bench.now, request, new JobName("a"), Optional.empty()));
        assertThat(bench.answer(request)).isInstanceOf(Outcome.Cancelling.class);
        assertThat(bench.all(Effect.Cancel.class)).hasSize(1);
        bench.restart(Reason.DOWN);
        bench.finishAll(ExecutionState.FAILED); // not repeated: somebody wanted it to end
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.executions("b")).isEmpty();
        bench.run("a");
        bench.finishAll(ExecutionState.FAILED);
        Request waiting = bench.request();
        bench.step(new Event.CancelExecutions(bench.now, waiting, new JobName("a"), Optional.empty()));
        assertThat(((Outcome.Cancelling) bench.answer(waiting)).executions())
                .extracting(Execution::state)
                .containsExactly(ExecutionState.CANCELLED);
        assertThat(bench.job("a").state().live()).isEmpty();
        Request again = bench.request();
        bench.step(new Event.CancelExecutions(bench.now, again, new JobName("a"), Optional.empty()));
        assertThat(bench.answer(again)).isInstanceOf(Outcome.NotRunning.class);
    }

    @Test
    void p1AndP11AnExecutionOfAnEarlierLeadIsDecidedByItsAgentAlone() {
        bench.save(Bench.manual("adopted"));
        bench.save(Bench.manual("lost"));
        bench.save(Bench.manual("never"));
        bench.loseDispatches = true;
        bench.run("adopted");
        bench.run("never");
        RunOrder adopted = bench.orders.get(0);
        bench.orders.clear();
        bench.restart(Reason.DOWN);
        assertThat(bench.orders).isEmpty();
        long term = bench.all(Effect.AskAgent.class).get(0).fence().term();
        bench.step(new Event.AgentListed(bench.now, term - 1, "node1", Long.MAX_VALUE, List.of("j1"), List.of()));
        assertThat(bench.orders).as("an answer given to an earlier term").isEmpty();
        bench.step(new Event.AgentListed(
                bench.now,
                term,
                "node1",
                Long.MAX_VALUE,
                List.of("j1"),
                List.of(new Event.KnownRun(adopted.key(), false))));
        assertThat(bench.orders).extracting(o -> o.job().value()).containsExactly("never");
        bench.run("lost");
        bench.restart(Reason.DOWN);
        bench.step(new Event.AgentListed(bench.now, term + 1, "node1", Long.MAX_VALUE, List.of("j2"), List.of()));
        assertThat(bench.executions("lost").get(0).state()).isEqualTo(ExecutionState.FAILED);
        assertThat(new String(bench.executions("lost").get(0).output().bytes())).startsWith("outcome unknown");
    }

    @Test
    void p11AnOrderWithoutAnAnswerStaysBoundToItsNode() {
        bench.save(Bench.manual("a"));
        bench.loseDispatches = true;
        bench.run("a");
        Effect.Dispatch dispatch = bench.all(Effect.Dispatch.class).get(0);
        bench.handed(dispatch, Event.Handover.Result.UNKNOWN);
        assertThat(bench.all(Effect.AskAgent.class)).hasSize(1);
        bench.step(new Event.AgentListed(
                bench.now, dispatch.fence().term(), "node1", Long.MAX_VALUE, List.of("j1"), List.of()));
        assertThat(bench.orders)
                .extracting(RunOrder::key)
                .containsExactly(
                        dispatch.orders().get(0).key(), dispatch.orders().get(0).key());
        assertThat(bench.executions("a").get(0).state()).isEqualTo(ExecutionState.RUNNING);
    }

    @Test
    void anUnreachableNodeIsTriedForTenSecondsThenTheExecutionFails() {
        bench.save(Bench.manual("a"));
        bench.loseDispatches = true;
        bench.run("a");
        int tries = 0;
        while (bench.executions("a").get(0).state() == ExecutionState.RUNNING && tries < 20) {
            List<Effect.Dispatch> sent = bench.all(Effect.Dispatch.class);
            bench.handed(sent.get(sent.size() - 1), Event.Handover.Result.NOT_SENT);
            bench.passInSeconds(1);
            tries++;
        }
        assertThat(tries).isBetween(10, 12);
        assertThat(bench.executions("a").get(0).state()).isEqualTo(ExecutionState.FAILED);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
    }
}
