package io.dkron.tests.browser;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dkron.connectors.embedded.EmbeddedConnector;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification;
import io.dkron.core.execution.OutputTail;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobJson;
import io.dkron.core.job.JobState;
import io.dkron.core.job.JobStatus;
import io.dkron.core.job.MissedFirings;
import io.dkron.core.job.RecentGroup;
import io.dkron.core.json.Profile;
import io.dkron.core.schedule.BoundSchedule;
import io.dkron.core.schedule.JobZone;
import io.dkron.core.schedule.Schedule;
import io.dkron.core.schedule.ScheduleParser;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Layout;
import io.dkron.core.store.StoreClient;
import io.dkron.core.store.StoreRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Jobs and executions of the last weeks, put into the store of a server before it starts: what nobody wants to wait for.
 * The server must not run meanwhile. Not thread-safe.
 */
final class Past implements AutoCloseable {
    private static final int RECENT = 20; // a job's record holds so many
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** One attempt on one member. @param output as it is stored, for a failure with its reason in the first line */
    record Attempt(String node, int number, Instant start, Duration took, ExecutionState state, String output) {
        Instant end() {
            return start.plus(took);
        }
    }

    /** One firing, with all that it ran. @param due when it was, where a schedule said so */
    record Group(Instant at, Trigger trigger, Optional<Instant> due, List<Attempt> attempts, List<Notification> told) {
        Group {
            attempts = List.copyOf(attempts);
            told = List.copyOf(told);
        }

        Instant end() {
            return attempts.stream().map(Attempt::end).max(Instant::compareTo).orElseThrow();
        }

        JobStatus status() {
            long members = attempts.stream().map(Attempt::node).distinct().count();
            long good = attempts.stream()
                    .filter(a -> a.state() == ExecutionState.SUCCESS)
                    .count();
            if (attempts.stream().anyMatch(a -> a.state() == ExecutionState.CANCELLED)) {
                return JobStatus.CANCELLED;
            }
            return good == members ? JobStatus.SUCCESS : good == 0 ? JobStatus.FAILED : JobStatus.PARTIALLY_FAILED;
        }
    }

    private final StoreClient store;
    private final Layout layout = Layout.json("dkron");

    /** @param data the server's data directory */
    Past(Path data) {
        store = new EmbeddedConnector()
                .open(new StoreRequest(
                        "embedded",
                        List.of(),
                        "dkron",
                        "",
                        "",
                        StoreRequest.Tls.OFF,
                        "",
                        "",
                        data.toString(),
                        false,
                        DEADLINE));
    }

    /** The definition as the API would read it. */
    static JobDefinition read(ObjectNode job) {
        byte[] body = job.toString().getBytes(StandardCharsets.UTF_8);
        return JobJson.parse(body, JobJson.Reading.of(Profile.V4, name -> true)).definition();
    }

    /** When a job is due, as a server without a zone of its own would have it. */
    static BoundSchedule schedule(JobDefinition job, Instant anchor) {
        Schedule schedule = ScheduleParser.parse(job.schedule(), job.name().value(), ScheduleParser.FiveFields.REFUSED)
                .orThrow();
        return BoundSchedule.of(schedule, JobZone.parse(job.timezone()).orThrow(), ZoneOffset.UTC, anchor);
    }

    /** Writes one job with what it did, oldest first. */
    void write(JobDefinition job, List<Group> groups, List<MissedFirings> missed) {
        Batch batch = new Batch();
        String uid = "past-" + job.name();
        Instant made = Instant.now().minus(60, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        List<Execution> executions = new ArrayList<>();
        for (Group group : groups) {
            long number = nanos(group.at());
            for (Attempt attempt : group.attempts()) {
                executions.add(execution(job, uid, nanos(group.at()), number++, group, attempt));
            }
        }
        executions.forEach(e -> layout.executions(store).put(batch, e));
        layout.jobs(store).put(batch, new Job(job, state(JobState.created(uid, made), groups, executions, missed)));
        commit(batch);
    }

    /**
     * Writes many jobs at once of which only the job's own record knows how they did last: enough for lists.
     *
     * @param results of the last groups of each, oldest first, one a minute up to now
     */
    void crowd(List<JobDefinition> jobs, List<JobStatus> results) {
        Batch batch = new Batch();
        Instant now = Instant.now();
        Instant made = now.truncatedTo(ChronoUnit.SECONDS);
        List<RecentGroup> recent = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            Instant at = now.minus(results.size() - i, ChronoUnit.MINUTES);
            recent.add(new RecentGroup(nanos(at), at, results.get(i), Duration.ofMillis(1_234)));
        }
        JobState state = JobState.created("past", made)
                .with()
                .status(results.get(results.size() - 1))
                .successCount(results.size())
                .recent(recent)
                .build();
        for (JobDefinition job : jobs) {
            JobState own = state.with()
                    .uid("past-" + job.name())
                    .next(schedule(job, made).next(now))
                    .build();
            layout.jobs(store).put(batch, new Job(job, own));
        }
        commit(batch);
    }

    private void commit(Batch batch) {
        CommitResult result = store.commit(batch);
        if (!(result instanceof CommitResult.Committed)) {
            throw new IllegalStateException("the past could not be written: " + result);
        }
    }

    private static Execution execution(
            JobDefinition job, String uid, long group, long number, Group of, Attempt attempt) {
        String cause = of.due().map(due -> "due:" + nanos(due)).orElseGet(() -> "request:past-" + group);
        byte[] printed = attempt.output().getBytes(StandardCharsets.UTF_8);
        return new Execution(
                        new ExecutionId(number, attempt.node()),
                        job.name(),
                        new RunKey(uid, cause, attempt.node(), attempt.number()),
                        group,
                        attempt.number() > 1 ? Trigger.RETRY : of.trigger(),
                        attempt.number() > 1 ? Optional.empty() : of.due(),
                        Optional.empty(),
                        attempt.state(),
                        attempt.start(),
                        Optional.of(attempt.end()),
                        "past",
                        false,
                        OutputTail.whole(printed))
                .told(of.told());
    }

    private static JobState state(
            JobState fresh, List<Group> groups, List<Execution> executions, List<MissedFirings> missed) {
        JobState.Builder state = fresh.with().missed(missed);
        long misfires = missed.stream().mapToLong(MissedFirings::count).sum();
        state.missedCount(misfires)
                .successCount(executions.stream().filter(Execution::success).count())
                .errorCount(executions.stream()
                        .filter(e -> e.state() == ExecutionState.FAILED)
                        .count())
                .lastSuccess(newestEnd(executions, ExecutionState.SUCCESS))
                .lastError(newestEnd(executions, ExecutionState.FAILED));
        if (!groups.isEmpty()) {
            Group last = groups.get(groups.size() - 1);
            state.status(last.status())
                    .lastGroup(nanos(last.at()))
                    .lastNumber(executions.get(executions.size() - 1).id().number())
                    .lastDue(last.due())
                    .recent(groups.subList(Math.max(0, groups.size() - RECENT), groups.size()).stream()
                            .map(g -> new RecentGroup(
                                    nanos(g.at()), g.at(), g.status(), Duration.between(g.at(), g.end())))
                            .toList());
        }
        return state.build();
    }

    private static Optional<Instant> newestEnd(List<Execution> executions, ExecutionState state) {
        return executions.stream()
                .filter(e -> e.state() == state)
                .flatMap(e -> e.finishedAt().stream())
                .max(Instant::compareTo);
    }

    private static long nanos(Instant at) {
        return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano());
    }

    @Override
    public void close() {
        store.close();
    }
}
