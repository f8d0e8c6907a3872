package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.job.RetryPolicy;
import io.dkron.core.store.Batch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TakeoverTest {
    private final Bench bench = Bench.led();

    private void put(String key, String json) {
        bench.store.commit(new Batch().put(key, json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void p4EachStartRaisesTheTerm() {
        Takeover.Result first = Takeover.run(bench.store, bench.layout, "n", Reason.DOWN, () -> "x", bench.now);
        Takeover.Result second = Takeover.run(bench.store, bench.layout, "n", Reason.DOWN, () -> "y", bench.now);
        long term = ((Takeover.Result.Taken) first).takeover().record().term();
        assertThat(((Takeover.Result.Taken) second).takeover().record().term()).isEqualTo(term + 1);
        assertThat(((Takeover.Result.Taken) second).takeover().record().clusterId())
                .isEqualTo(((Takeover.Result.Taken) first).takeover().record().clusterId());
    }

    @Test
    void aStoreThatIsAwayIsAFailureToTryAgain() {
        bench.store.up(false);
        assertThat(Takeover.run(bench.store, bench.layout, "n", Reason.DOWN, () -> "x", bench.now))
                .isInstanceOf(Takeover.Result.Failed.class);
    }

    @Tag("C160")
    @Test
    void dataOfDkron1BecomesOursAndWhatItLeftRunningFailsSayingSo() {
        put(
                "dkron/jobs/old",
                "{\"name\":\"old\",\"schedule\":\"@every 10s\",\"executor\":\"shell\",\"success_count\":3}");
        put(
                "dkron/executions/old/1772359000000000000-n",
                "{\"job_name\":\"old\",\"started_at\":\"2026-03-01T09:56:40Z\",\"finished_at\":\"2026-03-01T09:56:41Z\","
                        + "\"success\":true,\"node_name\":\"n\",\"group\":1772359000000000000,\"attempt\":1}");
        put(
                "dkron/executions/old/1772359010000000000-n",
                "{\"job_name\":\"old\",\"started_at\":\"2026-03-01T09:56:50Z\",\"finished_at\":\"0001-01-01T00:00:00Z\","
                        + "\"success\":false,\"node_name\":\"n\",\"group\":1772359010000000000,\"attempt\":1}");
        bench.restart(Reason.DOWN);
        assertThat(bench.executions("old"))
                .extracting(e -> e.state())
                .containsExactly(ExecutionState.SUCCESS, ExecutionState.FAILED);
        assertThat(new String(bench.executions("old").get(1).output().bytes(), StandardCharsets.UTF_8))
                .isEqualTo("outcome unknown: started by Dkron 1.x\n");
        Job job = bench.job("old");
        assertThat(job.state().uid()).startsWith("uid");
        assertThat(job.state().status()).isEqualTo(JobStatus.FAILED);
        assertThat(job.state().successCount()).isEqualTo(3);
        assertThat(job.state().next()).contains(Bench.START.plusSeconds(10));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("old")).hasSize(3);
    }

    @Test
    void aBrokenExecutionOfAnOpenGroupFailsSayingSoWhenItsAgentKnowsNothingOfIt() {
        bench.save(Bench.every("a", 10).retry(new RetryPolicy(2, "", "", 2, 0)));
        bench.save(Bench.every("b", 15));
        bench.pass(Duration.ofSeconds(10));
        ExecutionId id = bench.executions("a").get(0).id();
        put("dkron/executions/a/" + id, "{broken");
        bench.restart(Reason.DOWN);
        assertThat(bench.all(Effect.AskAgent.class)).hasSize(1);
        bench.step(new Event.AgentListed(bench.now, 2, "node1", Long.MAX_VALUE, List.of("j1"), List.of()));
        assertThat(bench.executions("a")).singleElement().satisfies(e -> {
            assertThat(e.id()).isEqualTo(id);
            assertThat(e.state()).isEqualTo(ExecutionState.FAILED);
            assertThat(new String(e.output().bytes(), StandardCharsets.UTF_8)).isEqualTo(Unreadable.REASON + "\n");
        });
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);
        bench.passInSeconds(10);
        assertThat(bench.executions("b")).hasSize(1);
    }

    @Test
    void aBrokenExecutionWhoseAgentStillRunsItEndsByItsReport() {
        bench.save(Bench.every("a", 10));
        bench.pass(Duration.ofSeconds(10));
        RunOrder order = bench.orders.get(0);
        put("dkron/executions/a/" + order.id(), "[]");
        bench.restart(Reason.DOWN);
        List<Event.KnownRun> runs = List.of(new Event.KnownRun(order.key(), false));
        bench.step(new Event.AgentListed(bench.now, 2, "node1", Long.MAX_VALUE, List.of("j1"), runs));
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.RUNNING);
        bench.pass(Duration.ofSeconds(2));
        assertThat(bench.all(Effect.AskAgent.class)).hasSize(2);
        bench.finish(order, ExecutionState.SUCCESS);
        assertThat(bench.executions("a")).singleElement().satisfies(e -> {
            assertThat(e.state()).isEqualTo(ExecutionState.SUCCESS);
            assertThat(e.key()).isEqualTo(order.key());
        });
        assertThat(bench.job("a").state().successCount()).isEqualTo(1);
        assertThat(bench.job("a").state().live()).isEmpty();
        assertThat(bench.acknowledged).containsExactly(order.key());
    }

    @Test
    void brokenJobsRequestsAndPurgesStopNothing() {
        bench.save(Bench.every("a", 10));
        put("dkron/jobs/b", "{\"name\":");
        put("dkron/jobs/c", "{\"name\":\"a\",\"schedule\":\"@every 1s\",\"executor\":\"shell\"}");
        put(bench.layout.keys().requests(Nanos.of(bench.now.plusSeconds(60)), 1, 99), "nonsense");
        put(bench.layout.keys().purges() + "x", "nonsense");
        put(bench.layout.keys().purges() + "No Name", "7");
        bench.restart(Reason.DOWN);
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a")).hasSize(1);
        assertThat(bench.save(Bench.manual("b"))).isInstanceOf(Outcome.Saved.class);
        assertThat(bench.job("b").definition().schedule()).isEqualTo("@manually");
        bench.restart(Reason.DOWN);
        assertThat(bench.run("b")).isInstanceOf(Outcome.RunStarted.class);
    }

    @Test
    void aBrokenExecutionOfDkron1IsLeftOut() {
        put("dkron/jobs/old", "{\"name\":\"old\",\"schedule\":\"@every 10s\",\"executor\":\"shell\"}");
        put("dkron/executions/old/1772359000000000000-n", "{");
        bench.restart(Reason.DOWN);
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("old")).hasSize(1);
    }

    @Test
    void p21AForeignWriteIsNotOverwrittenButReadAgain() {
        bench.save(Bench.every("a", 10));
        Job foreign = bench.job("a");
        Job changed =
                foreign.with(foreign.definition().with().owner("somebody else").build());
        put("dkron/jobs/a", new String(bench.layout.jobs().write(changed), StandardCharsets.UTF_8));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.all(Effect.Reload.class)).hasSize(1);
        assertThat(bench.orders).isEmpty();
        assertThat(bench.all(Effect.Log.class)).anyMatch(l -> l.message().startsWith("foreign write job=a"));
        bench.elect(Reason.STORE);
        assertThat(bench.job("a").definition().owner()).isEqualTo("somebody else");
        assertThat(bench.executions("a")).hasSize(1);
    }

    @Test
    void p21ARequestThatAForeignWriteCameInTheWayOfIsDecidedAgainAndAnsweredOnce() {
        put("dkron/jobs/a", "{\"name\":\"a\",\"schedule\":\"@manually\",\"executor\":\"shell\",\"owner\":\"v1\"}");
        Request request = bench.request();
        bench.step(new Event.Save(
                bench.now, request, Bench.manual("a").owner("us").build(), List.of(), Condition.NONE, false, false));
        assertThat(bench.answers(request)).isEmpty();
        assertThat(bench.job("a").definition().owner()).isEqualTo("v1");
        bench.elect(Reason.STORE);
        assertThat(bench.answers(request))
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Saved.class, s -> assertThat(s.created()).isFalse());
        assertThat(bench.job("a").definition().owner()).isEqualTo("us");
    }

    @Test
    void p21ARequestIsNotDecidedAgainWhenItsClientHasGivenUp() {
        bench.save(Bench.manual("a"));
        put("dkron/jobs/a", "{\"name\":\"a\",\"schedule\":\"@manually\",\"executor\":\"shell\"}");
        Request request = bench.request();
        bench.step(new Event.Run(bench.now, request, new JobName("a"), false));
        bench.now = bench.now.plusSeconds(30);
        bench.elect(Reason.STORE);
        assertThat(bench.answers(request)).singleElement().isInstanceOf(Outcome.Unavailable.class);
        assertThat(bench.executions("a")).isEmpty();
    }

    @Test
    void p21AJobThatDkron1ChangedStaysTheJobThatItWas() {
        bench.save(Bench.every("a", 10).concurrency(io.dkron.core.job.Concurrency.FORBID));
        bench.pass(Duration.ofSeconds(10));
        Job before = bench.job("a");
        RunOrder running = bench.orders.get(0);
        put(
                "dkron/jobs/a",
                "{\"name\":\"a\",\"schedule\":\"@every 10s\",\"executor\":\"shell\",\"concurrency\":\"forbid\"}");
        bench.restart(Reason.DOWN);
        assertThat(bench.job("a").state().uid()).isEqualTo(before.state().uid());
        assertThat(bench.job("a").state().live()).isEqualTo(before.state().live());
        bench.restart(Reason.DOWN);
        bench.pass(Duration.ofSeconds(20));
        assertThat(bench.executions("a")).as("the first still runs").hasSize(1);
        bench.finish(running, ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().successCount()).isEqualTo(1);
    }
}
