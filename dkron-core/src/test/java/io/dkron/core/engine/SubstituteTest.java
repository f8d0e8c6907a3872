package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.engine.Event.Handover.Result;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.MissedFirings.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Another member runs it only where the first certainly does not, and the job asked for a number of members. */
class SubstituteTest {
    private static final Map<String, String> ONE = Map.of("role", "web:1");

    private final Bench bench = Bench.led();

    private void members(int count) {
        io.dkron.core.cluster.Member[] all = new io.dkron.core.cluster.Member[count];
        for (int i = 0; i < count; i++) {
            all[i] = bench.member("node" + (i + 1), Map.of("role", "web"));
        }
        bench.members(all);
    }

    private Effect.Dispatch lastSent() {
        List<Effect.Dispatch> sent = bench.all(Effect.Dispatch.class);
        return sent.get(sent.size() - 1);
    }

    @Test
    void p11AnExplicitRefusalLetsAnotherRunItAndBothAreRecorded() {
        members(3);
        bench.save(Bench.every("a", 10).tags(ONE));
        bench.loseDispatches = true;
        bench.pass(Duration.ofSeconds(10));
        Effect.Dispatch first = lastSent();
        bench.handed(first, Result.REFUSED);
        Effect.Dispatch second = lastSent();
        assertThat(second.node()).isNotEqualTo(first.node());
        List<Execution> both = bench.executions("a");
        assertThat(both)
                .extracting(Execution::group)
                .hasSize(2)
                .containsOnly(both.get(0).group());
        assertThat(both).extracting(Execution::attempt).containsOnly(1);
        assertThat(both.get(0).state()).isEqualTo(ExecutionState.FAILED);
        assertThat(new String(both.get(0).output().bytes(), StandardCharsets.UTF_8))
                .isEqualTo("node " + first.node() + " refused the run: test; node " + second.node()
                        + " runs it instead\n");
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.RUNNING);

        bench.restart(Reason.DOWN);
        bench.finish(second.orders().get(0), ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.SUCCESS);
        assertThat(bench.job("a").state().successCount()).isEqualTo(1);
        assertThat(bench.job("a").state().errorCount()).isZero();
    }

    @Test
    void p11WhenAllRefuseItFailsAtTheLastAndEachWasAskedOnce() {
        members(3);
        bench.refuseDispatches = true;
        bench.save(Bench.every("a", 10).tags(ONE));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a"))
                .extracting(Execution::node)
                .containsExactlyInAnyOrder("node1", "node2", "node3");
        assertThat(bench.executions("a")).extracting(Execution::state).containsOnly(ExecutionState.FAILED);
        assertThat(bench.job("a").state().errorCount()).isEqualTo(1);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.FAILED);
        assertThat(bench.job("a").state().live()).isEmpty();
    }

    @Test
    void p11AnOrderThatWasNotSentGoesToAnotherAtOnce() {
        members(2);
        bench.save(Bench.every("a", 10).tags(ONE));
        bench.loseDispatches = true;
        bench.pass(Duration.ofSeconds(10));
        Effect.Dispatch first = lastSent();
        bench.handed(first, Result.NOT_SENT);
        assertThat(lastSent().node()).isNotEqualTo(first.node());
    }

    @Test
    void p11AnOrderOfUnknownFateStaysBoundEvenIfALaterCopyIsRefusedUntilNoneCanArrive() {
        members(2);
        bench.save(Bench.every("a", 10).tags(ONE));
        bench.loseDispatches = true;
        bench.pass(Duration.ofSeconds(10));
        Effect.Dispatch first = lastSent();
        long term = first.fence().term();
        bench.handed(first, Result.UNKNOWN);
        bench.step(new Event.AgentListed(bench.now, term, first.node(), Long.MAX_VALUE, List.of("j1"), List.of()));
        assertThat(lastSent().orders().get(0).key())
                .as("the same run key")
                .isEqualTo(first.orders().get(0).key());
        bench.handed(lastSent(), Result.REFUSED);
        bench.passInSeconds(9);
        assertThat(bench.executions("a").get(0).state()).isEqualTo(ExecutionState.RUNNING);
        bench.passInSeconds(6);
        bench.step(new Event.AgentListed(bench.now, term, first.node(), Long.MAX_VALUE, List.of("j1"), List.of()));
        assertThat(bench.executions("a").get(0).state()).isEqualTo(ExecutionState.FAILED);
        assertThat(lastSent().node()).isNotEqualTo(first.node());
    }

    @Test
    void p11ACopyThatArrivedAfterAllIsAdopted() {
        members(2);
        bench.save(Bench.manual("a").tags(ONE));
        bench.loseDispatches = true;
        bench.run("a");
        Effect.Dispatch first = lastSent();
        RunOrder order = first.orders().get(0);
        long term = first.fence().term();
        bench.handed(first, Result.UNKNOWN);
        bench.step(new Event.AgentListed(bench.now, term, first.node(), Long.MAX_VALUE, List.of("j1"), List.of()));
        bench.handed(lastSent(), Result.REFUSED);
        bench.passInSeconds(15);
        bench.step(new Event.AgentListed(
                bench.now,
                term,
                first.node(),
                Long.MAX_VALUE,
                List.of("j1"),
                List.of(new Event.KnownRun(order.key(), false))));
        assertThat(bench.executions("a"))
                .singleElement()
                .satisfies(e -> assertThat(e.state()).isEqualTo(ExecutionState.RUNNING));
    }

    @Test
    void p11AJobForAllOfThemHasNoOther() {
        members(2);
        bench.refusing.add("node1");
        bench.save(Bench.every("a", 10).tags(Map.of("role", "web")));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a")).hasSize(2);
        bench.finish(
                bench.orders.stream()
                        .filter(o -> o.key().node().equals("node2"))
                        .findFirst()
                        .orElseThrow(),
                ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.PARTIALLY_FAILED);
    }

    @Test
    void p11OneOfManyTakesNoPlaceTwice() {
        members(3);
        bench.refusing.add("node1");
        bench.save(Bench.every("a", 10).tags(Map.of("role", "web:2")));
        for (int i = 0; i < 20; i++) {
            bench.pass(Duration.ofSeconds(10));
            Set<String> nodes = new HashSet<>();
            assertThat(bench.orders)
                    .hasSize(2)
                    .allSatisfy(o -> assertThat(nodes.add(o.key().node())).isTrue());
            bench.finishAll(ExecutionState.SUCCESS);
        }
        assertThat(bench.job("a").state().status()).isEqualTo(JobStatus.SUCCESS);
    }
}
