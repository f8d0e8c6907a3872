package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.job.NotifyOn;
import io.dkron.core.job.RetryPolicy;
import io.dkron.core.notification.Notice;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** P24: what is told of executions, when, and that it survives. */
class OutboxTest {
    private final Bench bench = bench(NoticeRules.NONE.on(Set.of(Channel.WEBHOOK)));

    private static Bench bench(NoticeRules rules) {
        Bench bench = Bench.led();
        bench.settings = bench.settings.telling(rules);
        bench.restart(Reason.DOWN);
        return bench;
    }

    private static Bench bench(Channel... channels) {
        return bench(NoticeRules.NONE.on(Set.of(channels)));
    }

    private static void run(Bench bench, String job, ExecutionState end) {
        bench.run(job);
        bench.finishAll(end);
    }

    private static List<Notice> told(Bench bench) {
        return bench.all(Effect.Notify.class).stream()
                .map(Effect.Notify::notice)
                .toList();
    }

    private static void answer(Bench bench, String error) {
        Effect.Notify last =
                bench.all(Effect.Notify.class).stream().reduce((a, b) -> b).orElseThrow();
        bench.step(new Event.Notified(bench.now, last.key(), Optional.of(error).filter(e -> !e.isEmpty())));
    }

    private static List<String> waiting(Bench bench) {
        return bench.store.list(bench.layout.keys().notices(), "", 1_000).entries().stream()
                .map(e -> e.key())
                .toList();
    }

    @Test
    void withoutAChannelNothingIsWrittenForIt() {
        Bench plain = Bench.led();
        plain.save(Bench.manual("a").ownerEmail("o@example.org"));
        run(plain, "a", ExecutionState.FAILED);
        assertThat(told(plain)).isEmpty();
        assertThat(waiting(plain)).isEmpty();
        assertThat(plain.all(Effect.Commit.class)).hasSize(3); // save, run, result
    }

    @Test
    void aResultAndItsNoticeAreOneCommitAndNobodyIsToldBefore() {
        bench.save(Bench.manual("a"));
        bench.run("a");
        bench.holdCommits = true;
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.held).hasSize(1);
        assertThat(bench.held.get(0).batch().writes().keySet())
                .anyMatch(k -> k.startsWith(bench.layout.keys().notices()))
                .anyMatch(k -> k.startsWith("dkron/executions/a/"));
        assertThat(told(bench)).isEmpty();
        bench.releaseCommits();
        assertThat(told(bench)).singleElement().satisfies(n -> {
            assertThat(n.moment()).isEqualTo(Moment.END);
            assertThat(n.subject().success()).isTrue();
            assertThat(n.subject().lines()).hasSize(1);
        });
    }

    @Test
    void aDeliveryIsShownAtTheExecutionAndLeavesTheOutbox() {
        bench.save(Bench.manual("a"));
        run(bench, "a", ExecutionState.FAILED);
        answer(bench, "");
        assertThat(waiting(bench)).isEmpty();
        Execution stored = bench.executions("a").get(0);
        assertThat(stored.notifications())
                .containsExactly(new Notification(Channel.WEBHOOK, Moment.END, true, 1, bench.now, ""));
        assertThat(new String(stored.output().bytes())).isEqualTo("exit status 1\nhello\n");
    }

    @Test
    void f66AFailedTryIsRepeatedTwiceAfterAPauseAndThenGivenUpWhileDependentsRun() {
        bench.save(Bench.manual("a"));
        bench.save(JobDefinition.named("child").parent(new JobName("a")).executor("shell"));
        run(bench, "a", ExecutionState.SUCCESS);
        assertThat(bench.orders).hasSize(1); // the dependent waits for no message
        answer(bench, "HTTP 500");
        assertThat(told(bench)).hasSize(1);
        bench.pass(Duration.ofSeconds(5));
        assertThat(told(bench)).hasSize(2);
        answer(bench, "HTTP 500");
        bench.pass(Duration.ofSeconds(29));
        assertThat(told(bench)).hasSize(2);
        bench.pass(Duration.ofSeconds(1));
        answer(bench, "HTTP 503");
        bench.pass(Duration.ofMinutes(5));
        assertThat(told(bench)).hasSize(3);
        assertThat(bench.executions("a").get(0).notifications())
                .singleElement()
                .satisfies(n -> assertThat(n.error()).isEqualTo("HTTP 503"))
                .satisfies(n -> assertThat(n.delivered()).isFalse())
                .satisfies(n -> assertThat(n.tries()).isEqualTo(3));
        assertThat(waiting(bench)).isEmpty();
        assertThat(bench.all(Effect.Log.class))
                .filteredOn(l -> l.message().contains("notification given up"))
                .hasSize(1);
    }

    @Test
    void theNextLeaderSendsAgainWhatWasNotConfirmedAndKeepsThePause() {
        bench.save(Bench.manual("a"));
        run(bench, "a", ExecutionState.SUCCESS);
        bench.restart(Reason.DOWN);
        assertThat(told(bench)).hasSize(2);
        assertThat(told(bench).get(1).idempotencyKey())
                .isEqualTo(told(bench).get(0).idempotencyKey());
        answer(bench, "no");
        bench.restart(Reason.DOWN);
        assertThat(told(bench)).hasSize(2);
        bench.pass(Duration.ofSeconds(5));
        assertThat(told(bench)).hasSize(3);
        assertThat(told(bench).get(2).tries()).isEqualTo(1);
    }

    @Test
    void anAnswerThatComesTwiceCountsOnce() {
        bench.save(Bench.manual("a"));
        run(bench, "a", ExecutionState.SUCCESS);
        bench.restart(Reason.DOWN);
        answer(bench, "");
        answer(bench, "late answer to the first lead");
        assertThat(bench.executions("a").get(0).notifications()).hasSize(1);
    }

    @Test
    void aRepeatedAttemptIsNotTold() {
        bench.save(Bench.manual("a").retry(new RetryPolicy(1, "2s", "60s", 2, 0)));
        run(bench, "a", ExecutionState.FAILED);
        assertThat(told(bench)).isEmpty();
        bench.pass(Duration.ofSeconds(2));
        bench.finishAll(ExecutionState.FAILED);
        assertThat(told(bench))
                .singleElement()
                .satisfies(n -> assertThat(n.subject().lines()).hasSize(2));
    }

    @Test
    void f68WhatIsToldFollowsNotifyOn() {
        bench.save(Bench.manual("always"));
        bench.save(Bench.manual("failure").notifyOn(NotifyOn.FAILURE));
        bench.save(Bench.manual("change").notifyOn(NotifyOn.CHANGE));
        for (ExecutionState end :
                List.of(ExecutionState.SUCCESS, ExecutionState.FAILED, ExecutionState.FAILED, ExecutionState.SUCCESS)) {
            for (String job : List.of("always", "failure", "change")) {
                run(bench, job, end);
                bench.pass(Duration.ofSeconds(1));
            }
        }
        assertThat(outcomes("always")).containsExactly(true, false, false, true);
        assertThat(outcomes("failure")).containsExactly(false, false);
        assertThat(outcomes("change")).containsExactly(false, true);
    }

    private List<Boolean> outcomes(String job) {
        return told(bench).stream()
                .filter(n -> n.subject().job().value().equals(job))
                .map(n -> n.subject().success())
                .toList();
    }

    @Test
    void aChangeIsToldOnceForAGroupByAnExecutionThatShowsIt() {
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.save(Bench.manual("a").notifyOn(NotifyOn.CHANGE));
        bench.run("a");
        bench.finish(bench.orders.get(0), ExecutionState.FAILED);
        assertThat(told(bench)).isEmpty();
        bench.finish(bench.orders.get(1), ExecutionState.SUCCESS);
        assertThat(told(bench)).singleElement().satisfies(n -> {
            assertThat(n.subject().node()).isEqualTo(bench.orders.get(0).key().node());
            assertThat(n.subject().success()).isFalse();
            assertThat(n.subject().lines()).hasSize(2);
        });
    }

    @Test
    void aCancelledExecutionIsToldOnlyWhereEverythingIs() {
        for (NotifyOn on : NotifyOn.values()) {
            bench.save(Bench.manual(on.text()).notifyOn(on));
            run(bench, on.text(), ExecutionState.CANCELLED);
        }
        assertThat(told(bench))
                .singleElement()
                .satisfies(n -> assertThat(n.subject().job().value()).isEqualTo("always"))
                .satisfies(n -> assertThat(n.subject().state()).isEqualTo(ExecutionState.CANCELLED));
    }

    @Test
    void mailNeedsAnAddressAndCronitorIsToldOfEveryStartAndEnd() {
        Bench many = bench(Channel.MAIL, Channel.WEBHOOK, Channel.PRE_WEBHOOK, Channel.CRONITOR);
        many.save(Bench.manual("a").notifyOn(NotifyOn.FAILURE));
        many.save(Bench.manual("b").ownerEmail("x@example.org, y@example.org"));
        run(many, "a", ExecutionState.SUCCESS);
        run(many, "b", ExecutionState.SUCCESS);
        assertThat(told(many).stream()
                        .map(n -> n.subject().job() + " " + n.channel().text() + " "
                                + n.moment().text()))
                .containsExactlyInAnyOrder(
                        "a pre-webhook start",
                        "a cronitor start",
                        "a cronitor end",
                        "b pre-webhook start",
                        "b cronitor start",
                        "b cronitor end",
                        "b webhook end",
                        "b mail end");
        assertThat(told(many).stream().filter(n -> n.channel() == Channel.MAIL))
                .singleElement()
                .satisfies(n -> assertThat(n.recipient()).isEqualTo("x@example.org, y@example.org"));
    }

    @Test
    void aStartThatIsConfirmedWhileItRunsStaysShownWhenItEnds() {
        Bench pre = bench(Channel.PRE_WEBHOOK);
        pre.save(Bench.manual("a"));
        pre.run("a");
        answer(pre, "");
        assertThat(pre.executions("a").get(0).state()).isEqualTo(ExecutionState.RUNNING);
        assertThat(pre.executions("a").get(0).notifications()).hasSize(1);
        pre.finishAll(ExecutionState.SUCCESS);
        Execution ended = pre.executions("a").get(0);
        assertThat(ended.success()).isTrue();
        assertThat(ended.notifications()).hasSize(1);
    }

    @Test
    void aStartThatIsConfirmedAfterTheEndIsShownWithTheOutput() {
        Bench pre = bench(Channel.PRE_WEBHOOK);
        pre.save(Bench.manual("a"));
        run(pre, "a", ExecutionState.SUCCESS);
        answer(pre, "");
        Execution ended = pre.executions("a").get(0);
        assertThat(ended.notifications()).hasSize(1);
        assertThat(new String(ended.output().bytes())).isEqualTo("hello\n");
    }

    @Test
    void f66AnEphemeralJobGoesAtOnceAndItsExecutionWhenAllIsTold() {
        Bench both = bench(Channel.PRE_WEBHOOK, Channel.WEBHOOK);
        both.save(Bench.manual("a").ephemeral(true));
        run(both, "a", ExecutionState.SUCCESS);
        assertThat(both.find("a")).isEmpty();
        assertThat(both.executions("a"))
                .singleElement()
                .satisfies(e -> assertThat(new String(e.output().bytes())).isEqualTo("hello\n"));
        both.restart(Reason.DOWN);
        List<Effect.Notify> again = both.all(Effect.Notify.class).subList(2, 4);
        both.step(new Event.Notified(both.now, again.get(0).key(), Optional.empty()));
        assertThat(both.executions("a")).hasSize(1);
        both.restart(Reason.DOWN);
        answer(both, "");
        assertThat(both.executions("a")).isEmpty();
        assertThat(waiting(both)).isEmpty();
    }

    @Test
    void deletedAndPrunedExecutionsStayUntilTheyAreTold() {
        bench.settings = bench.settings.keeping(1);
        bench.restart(Reason.DOWN);
        bench.save(Bench.manual("a"));
        run(bench, "a", ExecutionState.SUCCESS);
        bench.pass(Duration.ofSeconds(1));
        run(bench, "a", ExecutionState.SUCCESS);
        assertThat(bench.executions("a")).hasSize(2); // one is to be pruned
        bench.delete("a", false);
        assertThat(bench.executions("a")).hasSize(2);
        for (Effect.Notify sent : bench.all(Effect.Notify.class)) {
            bench.step(new Event.Notified(bench.now, sent.key(), Optional.empty()));
        }
        assertThat(bench.executions("a")).isEmpty();
        assertThat(waiting(bench)).isEmpty();
    }

    @Test
    void aLostExecutionIsToldAsFailedAndAgainOnlyIfItSucceededAfterAll() {
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.save(Bench.manual("a").tags(Map.of("n", "node2")));
        bench.run("a");
        bench.members(bench.member("node1"));
        bench.passInSeconds(61);
        assertThat(told(bench))
                .singleElement()
                .satisfies(n -> assertThat(n.subject().state()).isEqualTo(ExecutionState.LOST));
        answer(bench, "");
        assertThat(bench.executions("a").get(0).notifications()).hasSize(1);
        assertThat(bench.executions("a").get(0).output().bytes()).isNotEmpty();
        bench.members(bench.member("node1"), bench.member("node2"));
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(told(bench)).hasSize(2);
        assertThat(told(bench).get(1).moment()).isEqualTo(Moment.LATE);
        answer(bench, "");
        assertThat(bench.executions("a").get(0).notifications())
                .extracting(Notification::moment)
                .containsExactly(Moment.END, Moment.LATE);
    }

    @Test
    void aRunningExecutionWhoseJobSomebodyElseDeletedIsNotReadForEver() {
        Bench pre = bench(Channel.PRE_WEBHOOK);
        pre.save(Bench.manual("a"));
        pre.run("a");
        assertThat(pre.store.commit(new Batch().delete("dkron/jobs/a"))).isNotNull();
        pre.restart(Reason.DOWN);
        answer(pre, "");
        pre.passInSeconds(10);
        assertThat(waiting(pre)).isEmpty();
        assertThat(pre.all(Effect.ReadExecution.class)).hasSizeLessThan(10);
    }

    @Test
    void p21WhatSomebodyElseDeletedDoesNotComeBackByWhatIsToldOfIt() {
        Bench pre = bench(Channel.PRE_WEBHOOK);
        pre.save(Bench.manual("a"));
        pre.run("a");
        String execution = "dkron/executions/a/" + pre.executions("a").get(0).id();
        assertThat(pre.store.commit(new Batch().delete("dkron/jobs/a").delete(execution)))
                .isNotNull();
        answer(pre, "");
        assertThat(pre.all(Effect.Reload.class)).hasSize(1);
        assertThat(pre.executions("a")).isEmpty();
    }

    @Test
    void p21WhatIsLeftOfADeletedJobForItsMessagesIsNotTheHistoryOfAnotherOneOfThatName() {
        bench.save(Bench.manual("a"));
        run(bench, "a", ExecutionState.SUCCESS);
        String uid = bench.job("a").state().uid();
        bench.delete("a", false);
        assertThat(bench.executions("a")).hasSize(1); // until it is told
        String job = "{\"name\":\"a\",\"schedule\":\"@every 1h\",\"executor\":\"shell\"}"; // by Dkron 1.x
        assertThat(bench.store.commit(new Batch().put("dkron/jobs/a", job.getBytes(StandardCharsets.UTF_8))))
                .isNotNull();
        bench.restart(Reason.DOWN);
        assertThat(bench.job("a").state().uid()).isNotEqualTo(uid).startsWith("uid");
        answer(bench, "");
        assertThat(bench.executions("a")).isEmpty();
        assertThat(waiting(bench)).isEmpty();
    }

    @Test
    void noMoreAreHandedOutThanTheReceiverMayHaveAtATimeAndTheOldestAreDroppedBeyondTheBound() {
        Bench few = bench(new NoticeRules(Set.of(Channel.WEBHOOK), List.of(), 1, 5));
        few.save(Bench.manual("a"));
        for (int i = 0; i < 7; i++) {
            run(few, "a", ExecutionState.SUCCESS);
            few.pass(Duration.ofSeconds(1));
        }
        assertThat(told(few)).hasSize(1);
        assertThat(few.all(Effect.NoticeDropped.class)).hasSize(2);
        assertThat(waiting(few)).hasSize(5);
        for (int i = 0; i < 5; i++) {
            answer(few, "");
        }
        assertThat(waiting(few)).isEmpty();
        List<Execution> all = few.executions("a");
        assertThat(all.stream().map(e -> e.notifications().size())).containsExactly(1, 0, 0, 1, 1, 1, 1);
    }

    @Test
    void aStoreWithTheSmallestBatchesTakesThemToo() {
        Bench small = Bench.led(new Limits(32, 256 << 10, 128 << 10));
        small.settings = small.settings.telling(NoticeRules.NONE.on(Set.of(Channel.values())));
        small.restart(Reason.DOWN);
        small.members(java.util.stream.IntStream.rangeClosed(1, 40)
                .mapToObj(i -> small.member("node" + i))
                .toArray(io.dkron.core.cluster.Member[]::new));
        small.save(Bench.manual("a").ownerEmail("o@example.org").ephemeral(true));
        run(small, "a", ExecutionState.SUCCESS);
        for (Notice ignored : told(small)) {
            small.all(Effect.Notify.class)
                    .forEach(n -> small.step(new Event.Notified(small.now, n.key(), Optional.empty())));
        }
        assertThat(small.find("a")).isEmpty();
        assertThat(waiting(small)).isEmpty();
        assertThat(small.executions("a")).isEmpty();
        assertThat(told(small)).hasSize(5 * 40);
    }
}
