package io.dkron.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.Member;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.job.MissedFirings.Reason;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Steps that do not fit into one batch of the store (protocol P5). The store of these tests throws at one too large. */
class PartsTest {
    private static final Limits CONSUL = new Limits(64, 512 << 10, 512 << 10);
    private static final Limits SMALLEST = new Limits(32, 256 << 10, 128 << 10);

    private final Bench bench = Bench.led(CONSUL);

    private void nodes(int count) {
        Member[] nodes = IntStream.range(0, count)
                .mapToObj(i -> bench.member("node" + (1000 + i)))
                .toArray(Member[]::new);
        bench.members(nodes);
    }

    /** Performs so many of the commits that follow, and has the server die before the next. */
    private void dieAfter(int commits) {
        for (int i = 0; i < commits; i++) {
            bench.commit(bench.held.remove(0));
        }
        bench.holdCommits = false;
        bench.orders.clear();
        bench.restart(Reason.DOWN);
    }

    @Test
    void p5AFiringWithMoreTargetsThanABatchHoldsRunsOnEach() {
        nodes(200);
        bench.save(Bench.every("a", 10));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a")).hasSize(200);
        assertThat(bench.orders).hasSize(200);
        assertThat(bench.store.get(bench.layout.keys().todo())).isEmpty();
        bench.finishAll(ExecutionState.SUCCESS);
        assertThat(bench.job("a").state().successCount()).isEqualTo(200);
        assertThat(bench.job("a").state().live()).isEmpty();
    }

    @Test
    void p5ACrashBetweenThePartsOfAFiringLosesNoTargetAndFiresNothingTwice() {
        for (int parts = 1; parts < 4; parts++) {
            Bench bench = Bench.led(CONSUL);
            Member[] nodes = IntStream.range(0, 200)
                    .mapToObj(i -> bench.member("node" + (1000 + i)))
                    .toArray(Member[]::new);
            bench.members(nodes);
            bench.save(Bench.every("a", 10));
            bench.holdCommits = true;
            bench.pass(Duration.ofSeconds(10));
            for (int i = 0; i < parts; i++) {
                bench.commit(bench.held.remove(0));
            }
            int recorded = bench.executions("a").size();
            assertThat(recorded).isBetween(1, 199);
            assertThat(bench.store.get(bench.layout.keys().todo())).isPresent();
            bench.holdCommits = false;
            bench.orders.clear();
            bench.restart(Reason.DOWN);
            assertThat(bench.executions("a")).hasSize(200);
            assertThat(bench.store.get(bench.layout.keys().todo())).isEmpty();
            for (Member node : nodes) {
                bench.step(new Event.AgentListed(bench.now, 2, node.name(), Long.MAX_VALUE, List.of("j1"), List.of()));
            }
            assertThat(bench.orders)
                    .extracting(o -> o.key())
                    .doesNotHaveDuplicates()
                    .hasSize(200);
            assertThat(bench.executions("a"))
                    .extracting(e -> e.group())
                    .containsOnly(bench.job("a").state().lastGroup());
        }
    }

    @Test
    void p5ARunByHandIsDoneFromItsFirstPartOn() {
        nodes(200);
        bench.save(Bench.manual("a"));
        bench.holdCommits = true;
        Request request = bench.request();
        bench.step(new Event.Run(bench.now, request, new JobName("a"), false));
        dieAfter(1);
        bench.step(new Event.Run(bench.now, request, new JobName("a"), false));
        assertThat(bench.answer(request)).isInstanceOf(Outcome.Repeated.class);
        assertThat(bench.executions("a")).hasSize(200);
    }

    @Test
    void p5DependentsFollowThoughTheLeaderDiesBetweenThem() {
        bench.save(Bench.manual("a"));
        for (int i = 0; i < 100; i++) {
            bench.save(Bench.manual("child" + (100 + i)).parent(new JobName("a")));
        }
        bench.run("a");
        bench.holdCommits = true;
        bench.finishAll(ExecutionState.SUCCESS);
        dieAfter(2);
        for (int i = 0; i < 100; i++) {
            assertThat(bench.executions("child" + (100 + i)))
                    .as("child" + (100 + i))
                    .hasSize(1);
        }
        assertThat(bench.store.get(bench.layout.keys().todo())).isEmpty();
    }

    @Test
    void p5ACascadeIsFinishedByTheNextLeader() {
        bench.save(Bench.manual("a"));
        for (int i = 0; i < 100; i++) {
            bench.save(Bench.manual("child" + (100 + i)).parent(new JobName("a")));
        }
        bench.holdCommits = true;
        bench.step(new Event.Delete(bench.now, bench.request(), new JobName("a"), Condition.NONE, true));
        bench.commit(bench.held.remove(0));
        assertThat(bench.find("a")).as("goes last").isPresent();
        assertThat(bench.find("child100")).isEmpty();
        dieAfter(0);
        List<Job> left = new ArrayList<>();
        bench.layout.jobs(bench.store).forEach(j -> left.add(j.value()));
        assertThat(left).isEmpty();
    }

    @Test
    void withoutLimitsAStepOfAnySizeIsOneBatch() {
        Bench bench = Bench.led();
        bench.members(IntStream.range(0, 200)
                .mapToObj(i -> bench.member("node" + (1000 + i)))
                .toArray(Member[]::new));
        bench.save(Bench.every("a", 10));
        int before = bench.all(Effect.Commit.class).size();
        bench.pass(Duration.ofSeconds(10));
        List<Effect.Commit> commits = bench.all(Effect.Commit.class);
        assertThat(commits).hasSize(before + 1);
        assertThat(commits.get(before).batch().writes())
                .hasSize(202)
                .doesNotContainKey(bench.layout.keys().todo());
    }

    @Test
    void anOutputIsCutToWhatTheStoreTakes() {
        Bench bench = Bench.led(SMALLEST);
        bench.save(Bench.manual("a"));
        bench.run("a");
        RunOrder order = bench.orders.get(0);
        RunReport report = bench.report(order, ExecutionState.SUCCESS);
        byte[] printed = new byte[250_000];
        bench.step(new Event.Reported(
                bench.now,
                "node1",
                List.of(new RunReport(
                        report.id(),
                        report.key(),
                        report.job(),
                        report.state(),
                        report.startedAt(),
                        report.finishedAt(),
                        "",
                        OutputTail.whole(printed)))));
        OutputTail stored = bench.executions("a").get(0).output();
        assertThat(stored.size()).isEqualTo(250_000);
        assertThat(stored.bytes().length).isBetween(64 << 10, 96 << 10);
    }

    @Test
    void aDefinitionThatTheStoreCannotHoldIsRefusedByItsLargestField() {
        Bench bench = Bench.led(SMALLEST);
        Outcome outcome = bench.save(Bench.manual("a")
                .owner("ops")
                .executorConfig(new java.util.TreeMap<>(Map.of("command", "x".repeat(60_000)))));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Invalid.class,
                        invalid -> assertThat(invalid.problems())
                                .singleElement()
                                .satisfies(p -> {
                                    assertThat(p.field()).isEqualTo("executor_config");
                                    assertThat(p.message())
                                            .contains("too large for the store")
                                            .contains("57344");
                                }));
        assertThat(bench.find("a")).isEmpty();
    }

    @Test
    void moreThanTheStoreCanNameIsRecordedAsFailedSayingSo() {
        Bench bench = Bench.led(SMALLEST);
        bench.members(IntStream.range(0, 2_000)
                .mapToObj(i -> bench.member("node" + (1000 + i)))
                .toArray(Member[]::new));
        bench.save(Bench.every("a", 10));
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a")).singleElement().satisfies(e -> {
            assertThat(e.state()).isEqualTo(ExecutionState.FAILED);
            assertThat(new String(e.output().bytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("2000 more executions")
                    .contains("too many for the store");
        });
    }

    @Test
    void whatIsLeftToDoReadsAsItWasWritten() {
        List<Todo> todos = List.of(
                new Todo.Start(
                        new JobName("a"),
                        "u",
                        7,
                        io.dkron.core.execution.Trigger.DEPENDENT,
                        "parent:x:1",
                        java.util.Optional.of(Bench.START),
                        Bench.START.plusNanos(5),
                        List.of(new Todo.Start.Target("n\"1", "j"), new Todo.Start.Target("n2", ""))),
                new Todo.Follow(new JobName("p"), "v", 9, "a"),
                new Todo.Remove(new JobName("r"), "w", true));
        assertThat(TodoJson.CODEC.read(TodoJson.CODEC.write(todos))).isEqualTo(todos);
    }

    @Test
    void aBrokenRecordOfWhatIsLeftStopsNothing() {
        bench.save(Bench.every("a", 10));
        bench.store.commit(
                new Batch().put(bench.layout.keys().todo(), "{".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        bench.restart(Reason.DOWN);
        assertThat(bench.store.get(bench.layout.keys().todo())).isEmpty();
        bench.pass(Duration.ofSeconds(10));
        assertThat(bench.executions("a")).hasSize(1);
    }
}
