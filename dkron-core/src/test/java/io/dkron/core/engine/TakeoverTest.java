package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.store.Batch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
    void p21AForeignWriteIsNotOverwrittenButReadAgain() {
        bench.save(Bench.every("a", 10));
        Job foreign = bench.job("a");
        Job changed =
                foreign.with(foreign.definition().with().owner("somebody else").build());
        put("dkron/jobs/a", new String(bench.layout.jobs().write(changed), StandardCharsets.UTF_8));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.all(Effect.Reload.class)).hasSize(1);
        assertThat(bench.orders).isEmpty();
        bench.elect(Reason.STORE);
        assertThat(bench.job("a").definition().owner()).isEqualTo("somebody else");
        assertThat(bench.executions("a")).hasSize(1);
    }
}
