package io.dkron.agent.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.RunOrder;
import io.dkron.core.execution.RunReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose clock is not the wall clock, as a server's is after the wall clock was stepped (protocol P17). */
class ClockTest {
    @TempDir
    Path directory;

    private volatile Duration offset = Duration.ZERO;
    private final InstantSource clock = () -> Instant.now().plus(offset);

    @Test
    void p17DeadlinesAndInstantsAreByTheNodesClockWhenTheWallClockIsAheadOfIt() {
        offset = Duration.ofHours(-1);
        runsAndIsDatedByTheClock();
    }

    @Test
    void p17DeadlinesAndInstantsAreByTheNodesClockWhenTheWallClockIsBehindIt() {
        offset = Duration.ofHours(1);
        runsAndIsDatedByTheClock();
    }

    @Test
    void p17ARunFoundAgainIsDatedByTheClockToo() {
        offset = Duration.ofHours(-1);
        RunOrder order = due(TestNode.shell("sleep 0.4"));
        Instant recorded = clock.instant();
        try (TestNode node = new TestNode(directory, TestNode.settings(directory), clock)) {
            assertThat(node.accept(order).get(0).accepted()).isTrue();
            org.awaitility.Awaitility.await().until(() -> node.runner.running() == 1);
        }
        try (TestNode node = new TestNode(directory, TestNode.settings(directory), clock)) {
            RunReport report = node.result(order);
            assertThat(report.finishedAt()).isAfterOrEqualTo(report.startedAt()).isBeforeOrEqualTo(clock.instant());
            assertThat(report.startedAt()).isAfter(recorded.minusSeconds(1));
        }
    }

    private void runsAndIsDatedByTheClock() {
        try (TestNode node = new TestNode(directory, TestNode.settings(directory), clock)) {
            Instant recorded = clock.instant();
            RunReport report = node.run(due(TestNode.shell("sleep 0.3")));
            assertThat(report.state()).isEqualTo(ExecutionState.SUCCESS);
            assertThat(report.startedAt()).isAfterOrEqualTo(recorded);
            assertThat(report.finishedAt()).isAfter(report.startedAt()).isBeforeOrEqualTo(clock.instant());
        }
    }

    private RunOrder due(RunOrder order) {
        return new RunOrder(
                order.id(),
                order.key(),
                order.job(),
                order.group(),
                order.executor(),
                order.config(),
                Optional.empty(),
                clock.instant().plusSeconds(10));
    }
}
