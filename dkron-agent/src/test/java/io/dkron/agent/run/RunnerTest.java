package io.dkron.agent.run;

import static io.dkron.agent.run.TestNode.shell;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dkron.core.cluster.Fence;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.executor.ConfigKey;
import io.dkron.core.executor.Executor;
import io.dkron.core.executor.Run;
import io.dkron.core.executor.RunContext;
import io.dkron.core.executor.RunResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerTest {
    @TempDir
    Path directory;

    @Test
    void p1ALowerTermIsRefusedAlsoAfterARestart() {
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.runner.run(new Fence("c1", 5), List.of(shell("true"))))
                    .allMatch(RunAnswer::accepted);
            assertThat(node.runner.list(new Fence("c1", 8)).refusal()).isEmpty();
            assertThat(node.runner.run(new Fence("c1", 7), List.of(shell("true"))))
                    .noneMatch(RunAnswer::accepted);
        }
        try (TestNode node = new TestNode(directory)) {
            assertThat(node.runner.run(new Fence("c1", 7), List.of(shell("true"))))
                    .noneMatch(RunAnswer::accepted);
            assertThat(node.runner.list(new Fence("c1", 7)).refusal()).contains("stale fence");
            assertThat(node.runner.cancel(new Fence("c1", 7), List.of())).isPresent();
            assertThat(node.runner.run(new Fence("c2", 9), List.of(shell("true"))))
                    .noneMatch(RunAnswer::accepted);
            assertThat(node.runner.run(new Fence("c1", 8), List.of(shell("true"))))
                    .allMatch(RunAnswer::accepted);
        }
    }

    @Test
    void p2OneKeyRunsOnceAndEqualIdsOfTwoJobsBothRun() {
        try (TestNode node = new TestNode(directory)) {
            RunOrder order = shell("echo x >> " + directory.resolve("count"));
            RunOrder other = new RunOrder(
                    order.id(),
                    new RunKey("other", order.key().cause(), "n1", 1),
                    order.job(),
                    order.group(),
                    order.executor(),
                    order.config(),
                    order.timeout(),
                    order.deadline());
            assertThat(node.accept(order, order, other)).allMatch(RunAnswer::accepted);
            assertThat(node.accept(order)).allMatch(RunAnswer::accepted);
            node.result(order);
            node.result(other);
            assertThat(directory.resolve("count")).hasContent("x\nx\n");
        }
    }

    /** P11: who lost its journal does not know whether it ran that before. */
    @Test
    void anOrderForAJournalThatTheNodeDoesNotHaveIsRefused() throws Exception {
        try (TestNode node = new TestNode(directory)) {
            RunOrder order = shell("true");
            RunOrder bound = new RunOrder(
                    order.id(),
                    order.key(),
                    order.job(),
                    order.group(),
                    order.executor(),
                    order.config(),
                    order.timeout(),
                    order.deadline(),
                    "lost");
            assertThat(node.accept(bound)).singleElement().satisfies(answer -> {
                assertThat(answer.accepted()).isFalse();
                assertThat(answer.detail()).contains("journal lost");
            });
            assertThat(node.accept(order)).allMatch(RunAnswer::accepted);
        }
    }

    @Test
    void ofMoreRunsThanMayBeUnderWayTheRestIsRefusedAndTakenOnceThereIsRoom() {
        RunnerSettings two = new RunnerSettings(
                directory.resolve("runs"),
                1_000,
                1 << 20,
                directory.resolve("logs"),
                1 << 20,
                2,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        try (TestNode node = new TestNode(directory, two)) {
            String waits = "while ! [ -e " + directory.resolve("go") + " ]; do sleep 0.02; done";
            RunOrder first = shell(waits);
            List<RunAnswer> answers = node.accept(first, shell(waits), shell("true"));
            assertThat(answers).extracting(RunAnswer::accepted).containsExactly(true, true, false);
            assertThat(answers.get(2).detail())
                    .contains("it has 2 runs under way already")
                    .contains("max-runs");
            assertThat(node.accept(first)).as("one that it has").allMatch(RunAnswer::accepted);
            assertThat(node.accept(shell("true"))).noneMatch(RunAnswer::accepted);
            Files.createFile(directory.resolve("go"));
            await("room")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> node.accept(shell("true")).get(0).accepted());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void p19AnOrderAfterItsDeadlineIsRefused() {
        try (TestNode node = new TestNode(directory)) {
            RunOrder order = shell("true");
            RunOrder late = new RunOrder(
                    order.id(),
                    order.key(),
                    order.job(),
                    order.group(),
                    order.executor(),
                    order.config(),
                    order.timeout(),
                    Instant.now().minusSeconds(1));
            assertThat(node.accept(late)).singleElement().satisfies(answer -> {
                assertThat(answer.accepted()).isFalse();
                assertThat(answer.detail()).contains("deadline");
            });
        }
    }

    @Test
    void aStopThatWaitsKillsWhatDoesNotEnd() {
        RunOrder order = shell("sleep 600");
        try (TestNode node = new TestNode(directory)) {
            node.accept(order);
            assertThat(node.runner.stop(Runner.StopMode.WAIT)).isTrue();
            assertThat(node.result(order).error()).isEqualTo("node stopped");
            assertThat(node.accept(shell("true"))).noneMatch(RunAnswer::accepted);
        }
    }

    @Test
    void aStopThatLeavesRunsFindsThemAgainAndEndsWhatRunsInside() {
        RunOrder order = shell("sleep 2; echo done");
        RunOrder inside = TestNode.order("inside");
        try (TestNode node = new TestNode(directory, new Inside())) {
            node.accept(order, inside);
            assertThat(node.runner.stop(Runner.StopMode.LEAVE)).isTrue();
            assertThat(node.result(inside).error()).isEqualTo("node stopped");
        }
        try (TestNode node = new TestNode(directory)) {
            assertThat(TestNode.text(node.result(order))).isEqualTo("done\n");
            assertThat(node.result(inside).state()).isEqualTo(ExecutionState.FAILED);
        }
    }

    /** Runs until it is stopped. */
    private static final class Inside implements Executor {
        @Override
        public String name() {
            return "inside";
        }

        @Override
        public List<ConfigKey> keys() {
            return List.of();
        }

        @Override
        public Run start(RunContext context) {
            CompletableFuture<RunResult> result = new CompletableFuture<>();
            Instant start = context.clock().instant();
            return new Run() {
                @Override
                public CompletionStage<RunResult> result() {
                    return result;
                }

                @Override
                public void stop(StopReason reason) {
                    result.complete(new RunResult(
                            ExecutionState.FAILED, start, context.clock().instant(), "node stopped"));
                }
            };
        }
    }
}
