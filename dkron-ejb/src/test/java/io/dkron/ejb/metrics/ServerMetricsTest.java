package io.dkron.ejb.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.core.cluster.MemberStatus;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
    private final ServerMetrics metrics = new ServerMetrics();

    @Test
    void theClusterIsInItUnderDkronsNames() {
        metrics.clockOffsets(() -> Map.of("b\"1", Duration.ofMillis(-1_500), "a1", Duration.ofNanos(250_000)));
        metrics.memberChanged(MemberChange.JOIN);
        metrics.memberChanged(MemberChange.JOIN);
        metrics.memberChanged(MemberChange.FAILED);
        metrics.leadAcquired();
        metrics.electionFailed();

        assertThat(metrics.text().lines())
                .contains(
                        "# TYPE dkron_clock_offset_seconds gauge",
                        "dkron_clock_offset_seconds{node=\"a1\"} 0.00025",
                        "dkron_clock_offset_seconds{node=\"b\\\"1\"} -1.5",
                        "dkron_agent_event_received_member_join 2",
                        "dkron_agent_event_received_member_failed 1",
                        "dkron_agent_event_received_member_leave 0",
                        "dkron_agent_leadership_acquired 1",
                        "dkron_agent_leadership_lost 0",
                        "dkron_agent_election_failure 1")
                .doesNotHaveDuplicates();
    }

    @Test
    void theTextHasEveryNameOnceWithItsType() {
        metrics.gauge("dkron_jobs", "Jobs.", () -> 3);
        metrics.members(MemberStatus.ALIVE, () -> 1);
        metrics.members(MemberStatus.FAILED, () -> 0);
        metrics.executionEnded(ExecutionState.SUCCESS);
        metrics.firingsMissed(5);
        metrics.processorFailed("files");
        metrics.notified(Notification.Channel.PRE_WEBHOOK, ServerMetrics.Told.RETRIED);
        metrics.dispatched(1_200_000);
        metrics.committed(600_000);

        assertThat(metrics.text().lines())
                .contains(
                        "dkron_jobs 3",
                        "# TYPE dkron_members gauge",
                        "dkron_members{status=\"alive\"} 1",
                        "dkron_members{status=\"failed\"} 0",
                        "dkron_executions_total{result=\"success\"} 1",
                        "dkron_executions_total{result=\"failed\"} 0",
                        "dkron_firings_missed_total 5",
                        "dkron_processor_failures_total{processor=\"files\"} 1",
                        "dkron_notifications_total{channel=\"pre-webhook\",outcome=\"retried\"} 1",
                        "dkron_notifications_total{channel=\"mail\",outcome=\"delivered\"} 0",
                        "dkron_dispatch_delay_seconds_bucket{le=\"0.001\"} 0",
                        "dkron_dispatch_delay_seconds_bucket{le=\"0.0025\"} 1",
                        "dkron_dispatch_delay_seconds_sum 0.0012",
                        "dkron_dispatch_delay_seconds_count 1",
                        "dkron_store_commit_seconds_bucket{le=\"+Inf\"} 1")
                .doesNotHaveDuplicates();
    }
}
