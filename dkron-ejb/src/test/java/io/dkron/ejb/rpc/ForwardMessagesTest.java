package io.dkron.ejb.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dkron.agent.rpc.proto.ForwardAnswer;
import io.dkron.agent.rpc.proto.ForwardPart;
import io.dkron.agent.rpc.proto.ForwardRequest;
import io.dkron.core.engine.Condition;
import io.dkron.core.engine.Event;
import io.dkron.core.engine.Outcome;
import io.dkron.core.engine.Request;
import io.dkron.core.engine.RequestRecord;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.Concurrency;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobName;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.KeepLogs;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.job.NotifyOn;
import io.dkron.core.job.RecentGroup;
import io.dkron.core.job.RetryPolicy;
import io.dkron.core.problem.Problem;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ForwardMessagesTest {
    private static final Instant NOW = Instant.parse("2026-01-15T10:20:30.123456789Z");
    private static final Request REQUEST = new Request("key é 1", true);
    private static final JobName JOB = new JobName("joß-1");
    private static final ExecutionId ID = new ExecutionId(1_768_472_430_123_456_789L, "node-1");

    @Test
    void everyRequestArrivesAsItWasSent() throws Exception {
        List<Event.Asked> all = List.of(
                new Event.Save(NOW, REQUEST, definition(), List.of(), Condition.NONE, true, false),
                new Event.Save(
                        NOW,
                        REQUEST,
                        JobDefinition.named("a").build(),
                        List.of(new Problem("name", "bad")),
                        Condition.revision(7),
                        false,
                        true),
                new Event.Delete(NOW, REQUEST, JOB, Condition.ABSENT, true),
                new Event.Toggle(NOW, REQUEST, JOB, Condition.NONE, Optional.empty()),
                new Event.Toggle(NOW, REQUEST, JOB, Condition.NONE, Optional.of(false)),
                new Event.Run(NOW, REQUEST, JOB, true),
                new Event.DeleteExecutions(NOW, REQUEST, JOB),
                new Event.Restore(NOW, REQUEST, List.of(job(), job()), true),
                new Event.Pause(NOW, REQUEST, true),
                new Event.CancelExecutions(NOW, REQUEST, JOB, Optional.of(ID)),
                new Event.CancelExecutions(NOW, REQUEST, JOB, Optional.empty()),
                new Event.AcceptRollback(NOW, REQUEST));
        assertThat(all).extracting(Object::getClass).extracting(Class::getName).containsAll(kinds(Event.Asked.class));
        for (Event.Asked asked : all) {
            ForwardRequest read =
                    ForwardRequest.parseFrom(RequestMessages.of(asked).toByteArray());
            assertThat(RequestMessages.event(read).apply(NOW)).isEqualTo(asked);
        }
    }

    @Test
    void everyOutcomeArrivesAsItWasSent() throws Exception {
        RequestRecord record = new RequestRecord(
                "r", RequestRecord.Kind.RUN, Optional.of(JOB), 3, OptionalLong.of(Long.MAX_VALUE), true, NOW);
        RequestRecord other =
                new RequestRecord("r", RequestRecord.Kind.PAUSE, Optional.empty(), 0, OptionalLong.empty(), false, NOW);
        List<Outcome> all = List.of(
                new Outcome.Saved(job(), true, OptionalLong.of(9)),
                new Outcome.Saved(job(), false, OptionalLong.empty()),
                new Outcome.Checked(job(), true),
                new Outcome.Deleted(job(), List.of(JOB)),
                new Outcome.RunStarted(job(), 9),
                new Outcome.ExecutionsDeleted(job()),
                new Outcome.Restored(List.of(
                        new Outcome.Restored.Item(JOB, Optional.empty()),
                        new Outcome.Restored.Item(JOB, Optional.of("why")))),
                new Outcome.PauseSet(false),
                new Outcome.Cancelling(job(), List.of(running(), ended())),
                new Outcome.Repeated(record, Optional.of(job())),
                new Outcome.Repeated(other, Optional.empty()),
                new Outcome.KeyReused(record),
                new Outcome.Invalid(List.of(new Problem("a.b", "c"))),
                new Outcome.JobNotFound(JOB),
                new Outcome.ExecutionNotFound(JOB),
                new Outcome.ParentNotFound(JOB),
                new Outcome.HasDependents(JOB, List.of(JOB, JOB)),
                new Outcome.RevisionMismatch(Optional.of(job())),
                new Outcome.RevisionMismatch(Optional.empty()),
                new Outcome.JobDisabled(JOB),
                new Outcome.NoTarget(JOB),
                new Outcome.NotRunning(JOB),
                new Outcome.Paused(),
                new Outcome.RollbackAccepted(7),
                new Outcome.NotRolledBack(),
                new Outcome.NoLeader(Duration.ofSeconds(1)),
                new Outcome.Unavailable("r", "why"));
        assertThat(all).extracting(Object::getClass).extracting(Class::getName).containsAll(kinds(Outcome.class));
        for (Outcome outcome : all) {
            ForwardAnswer read = ForwardAnswer.parseFrom(
                    AnswerMessages.of(outcome, Long.MAX_VALUE).toByteArray());
            assertThat(read.getIndex()).isEqualTo(Long.MAX_VALUE);
            assertThat(AnswerMessages.outcome(read))
                    .isEqualTo(outcome instanceof Outcome.NoLeader ? Optional.empty() : Optional.of(outcome));
        }
    }

    @Test
    void aMessageLargerThanATransportsIsCutAndPutTogether() throws Exception {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            jobs.add(job());
        }
        ForwardRequest sent = RequestMessages.of(new Event.Restore(NOW, REQUEST, jobs, false));
        MessageParts parts = new MessageParts();
        List<Integer> sizes = new ArrayList<>();
        MessageParts.send(sent, new StreamObserver<ForwardPart>() {
            @Override
            public void onNext(ForwardPart part) {
                sizes.add(part.getSerializedSize());
                parts.add(part);
            }

            @Override
            public void onError(Throwable error) {
                throw new AssertionError(error);
            }

            @Override
            public void onCompleted() {
                throw new AssertionError("the sender completes");
            }
        });
        assertThat(sizes).hasSizeGreaterThan(10).allMatch(size -> size < MessageParts.PART + 100);
        assertThat(ForwardRequest.parseFrom(parts.whole())).isEqualTo(sent);
    }

    private static List<String> kinds(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .map(Class::getName)
                .toList();
    }

    private static JobDefinition definition() {
        return JobDefinition.named(JOB.value())
                .displayName("Über \u0001 \"job\"")
                .schedule("0 */5 * * * *")
                .timezone("Europe/Berlin")
                .owner("me")
                .ownerEmail("me@example.org")
                .disabled(true)
                .tags(new TreeMap<>(Map.of("role", "web:2")))
                .metadata(new TreeMap<>(Map.of("k", "v")))
                .retry(new RetryPolicy(3, "1s", "2m", 1.5, 0.1))
                .parent(new JobName("parent"))
                .processors(Map.of("files", new TreeMap<>(Map.of("forward", "true"))))
                .concurrency(Concurrency.FORBID)
                .executor("shell")
                .executorConfig(new TreeMap<>(Map.of("command", "echo '<&>' \u2028")))
                .ephemeral(true)
                .startsAt(Optional.of(NOW))
                .expiresAt(Optional.of(NOW.plusSeconds(1)))
                .timeout("10s")
                .notifyOn(NotifyOn.CHANGE)
                .keepLogs(Optional.of(new KeepLogs("1MB", "24h")))
                .build();
    }

    private static Job job() {
        JobState state = JobState.created("uid", NOW)
                .with()
                .revision(4)
                .next(Optional.of(NOW))
                .lastDue(Optional.of(NOW))
                .lastGroup(9)
                .lastNumber(10)
                .live(List.of(ID))
                .status(JobStatus.RUNNING)
                .successCount(1)
                .errorCount(2)
                .lastSuccess(Optional.of(NOW))
                .missedCount(3)
                .skippedCount(4)
                .recent(List.of(new RecentGroup(9, NOW, JobStatus.RUNNING, Duration.ZERO)))
                .missed(List.of(new MissedFirings(MissedFirings.Reason.STORE, 2, NOW, NOW)))
                .build();
        return new Job(definition(), state);
    }

    private static Execution running() {
        return new Execution(
                ID,
                JOB,
                new RunKey("uid", "due:7", "node-1", 2),
                9,
                Trigger.RETRY,
                Optional.of(NOW),
                Optional.empty(),
                ExecutionState.RUNNING,
                NOW,
                Optional.empty(),
                "j1",
                true,
                OutputTail.EMPTY);
    }

    private static Execution ended() {
        return running().ended(ExecutionState.CANCELLED, NOW, NOW, new OutputTail(new byte[] {0, -1, 7}, 1_000));
    }
}
