package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Fence;
import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.cluster.Progress;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.job.RetryPolicy;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A store that goes back in time under a leader, or while none led (protocol P14). */
class RollbackTest {
    private final Bench bench = Bench.led();

    private Takeover.Result take(Claim claim) {
        return Takeover.run(bench.store, bench.layout, claim, () -> "x" + System.nanoTime(), bench.now);
    }

    /** The store as it was: what was put since is taken back. */
    private void goBack(List<Entry> before) {
        Batch batch = new Batch();
        bench.store.list("", "", 1_000).entries().forEach(e -> batch.delete(e.key()));
        before.forEach(e -> batch.put(e.key(), e.value()));
        bench.store.commit(batch);
    }

    private List<Entry> all() {
        return bench.store.list("", "", 1_000).entries();
    }

    private Takeover.Result.RolledBack rolledBack() {
        List<Entry> before = all();
        bench.pass(Duration.ofSeconds(10));
        bench.finishAll(ExecutionState.SUCCESS);
        goBack(before);
        bench.pass(Duration.ofSeconds(10)); // the next firing cannot be stored
        Effect.Reload reload = bench.all(Effect.Reload.class).get(0);
        Takeover.Result result = take(Claim.of("node1", Reason.STORE).seen(reload.seen()));
        assertThat(result).isInstanceOf(Takeover.Result.RolledBack.class);
        return (Takeover.Result.RolledBack) result;
    }

    @Test
    void p14AStoreThatShowsLessThanTheLeaderSawIsNotLed() {
        bench.save(Bench.every("a", 10));
        List<Entry> before = all();
        Takeover.Result.RolledBack back = rolledBack();
        assertThat(back.seen().sequence()).isGreaterThan(back.shown().sequence());
        assertThat(all())
                .extracting(Entry::key)
                .isEqualTo(before.stream().map(Entry::key).toList());
        bench.step(new Event.RolledBack(bench.now, back));
        int runs = bench.orders.size();
        bench.pass(Duration.ofSeconds(60));
        assertThat(bench.orders).hasSize(runs);
        assertThat(bench.run("a")).isInstanceOf(Outcome.NoLeader.class);
    }

    @Test
    void p14AnOperatorsAcceptanceRaisesTheTermAndRecordsTheGapAsMissed() {
        bench.save(Bench.every("a", 10));
        Takeover.Result.RolledBack back = rolledBack();
        bench.step(new Event.RolledBack(bench.now, back));
        Request request = bench.request();
        bench.step(new Event.AcceptRollback(bench.now, request));
        Effect.Reload accepted = bench.all(Effect.Reload.class).get(1);
        assertThat(accepted.accepted()).isTrue();
        assertThat(bench.answers(request)).isEmpty();
        Progress agent = new Progress(accepted.seen().clusterId(), 41, 0);
        Takeover.Result result = take(Claim.of("node1", Reason.STORE)
                .seen(accepted.seen())
                .seen(agent)
                .accept());
        Takeover takeover = ((Takeover.Result.Taken) result).takeover();
        assertThat(takeover.record().term()).isEqualTo(42);
        bench.orders.clear();
        bench.step(new Event.Elected(bench.now, takeover));
        assertThat(bench.answer(request)).isEqualTo(new Outcome.RollbackAccepted(42));
        assertThat(bench.orders).as("what ran of the gap nobody knows").isEmpty();
        assertThat(bench.job("a").state().missed()).singleElement().satisfies(m -> {
            assertThat(m.reason()).isEqualTo(Reason.ROLLBACK);
            assertThat(m.count()).isEqualTo(2);
        });
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.orders).hasSize(1);
    }

    @Test
    void p14WhatRanWhenTheStoreWasCopiedAndEndedSinceIsNotRepeated() {
        bench.save(Bench.manual("a").retry(new RetryPolicy(2, "1s", "10s", 1, 0)));
        bench.run("a");
        RunOrder order = bench.orders.get(0);
        List<Entry> before = all();
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.acknowledged).containsExactly(order.key());
        goBack(before);
        bench.step(new Event.Elected(
                bench.now, ((Takeover.Result.Taken) take(Claim.of("node1", Reason.ROLLBACK))).takeover()));
        bench.orders.clear();
        Effect.AskAgent asked = bench.all(Effect.AskAgent.class).get(0);
        bench.step(new Event.AgentListed(
                bench.now, asked.fence().term(), "node1", asked.question(), List.of("j1"), List.of()));
        assertThat(bench.executions("a"))
                .singleElement()
                .satisfies(e -> assertThat(e.state()).isEqualTo(ExecutionState.FAILED))
                .satisfies(e -> assertThat(new String(e.output().bytes(), StandardCharsets.UTF_8))
                        .startsWith("outcome unknown"));
        bench.passInSeconds(30);
        assertThat(bench.orders).isEmpty();
    }

    @Test
    void p14AnEmptiedStoreIsOneThatWentBack() {
        assertThat(take(Claim.of("n", Reason.DOWN).seen(new Progress("c", 3, 0))))
                .as("another cluster's progress says nothing of this one")
                .isInstanceOf(Takeover.Result.Taken.class);
        goBack(List.of());
        assertThat(take(Claim.of("n", Reason.DOWN).seen(new Progress("c", 3, 0))))
                .isInstanceOf(Takeover.Result.RolledBack.class);
        Takeover.Result accepted =
                take(Claim.of("n", Reason.DOWN).seen(new Progress("c", 3, 0)).accept());
        LeaderRecord record = ((Takeover.Result.Taken) accepted).takeover().record();
        assertThat(record.clusterId()).isEqualTo("c");
        assertThat(record.term()).isEqualTo(4);
    }

    @Test
    void p14AnAgentThatSawAHigherTermThanTheStoreStopsTheLead() {
        bench.save(Bench.every("a", 10));
        Fence fence = Records.LEADER
                .read(bench.store
                        .get(bench.layout.keys().leader())
                        .orElseThrow()
                        .value())
                .fence();
        bench.holdCommits = true;
        bench.step(new Event.AgentAhead(bench.now, "node1", new Fence(fence.clusterId(), fence.term() + 5)));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.held)
                .singleElement()
                .satisfies(c -> assertThat(c.batch().writes()).hasSize(1));
        bench.releaseCommits(); // the store takes it, so it does not know the higher term
        Effect.Reload reload = bench.all(Effect.Reload.class).get(0);
        assertThat(reload.seen().term()).isEqualTo(fence.term() + 5);
        assertThat(take(Claim.of("node1", Reason.STORE).seen(reload.seen())))
                .isInstanceOf(Takeover.Result.RolledBack.class);
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.orders).isEmpty();
    }

    @Test
    void p14AHigherTermOfAnotherClusterMeansNothing() {
        bench.save(Bench.every("a", 10));
        bench.step(new Event.AgentAhead(bench.now, "node1", new Fence("other", 99)));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.orders).hasSize(1);
    }

    @Test
    void withoutARollbackThereIsNothingToAccept() {
        Request request = bench.request();
        bench.step(new Event.AcceptRollback(bench.now, request));
        assertThat(bench.answer(request)).isInstanceOf(Outcome.NotRolledBack.class);
        assertThat(bench.all(Effect.Reload.class)).isEmpty();
        assertThat(Optional.of(bench.run("a"))).containsInstanceOf(Outcome.JobNotFound.class);
    }
}
