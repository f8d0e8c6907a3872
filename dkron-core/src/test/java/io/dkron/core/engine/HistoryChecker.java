package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionState;
import io.dkron.core.execution.Notification.Channel;
import io.dkron.core.execution.Notification.Moment;
import io.dkron.core.execution.RunKey;
import io.dkron.core.execution.Trigger;
import io.dkron.core.job.Concurrency;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.job.JobStatus;
import io.dkron.core.notification.Notice;
import io.dkron.core.notification.NoticeJson;
import io.dkron.core.store.Batch;
import io.dkron.core.store.CommitResult;
import io.dkron.core.store.Entry;
import io.dkron.core.store.Health;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import io.dkron.core.store.MemoryStore;
import io.dkron.core.store.Page;
import io.dkron.core.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Sees every batch that applies, whatever its sender learnt of it, and holds each against the rules. */
final class HistoryChecker {
    final List<String> violations = new ArrayList<>();
    long fired;
    long missed;
    long ended;
    long dependents;
    long starts;
    long lost;
    long replaced;
    long parts;
    long foreign;
    long told;

    private final Layout layout;
    private final Timetable.Factory timetables;
    private final MemoryStore store;
    private final Map<String, Job> jobs = new TreeMap<>();
    private final Map<String, Execution> executions = new TreeMap<>();
    private final Set<String> causes = new HashSet<>();
    private final Map<String, Set<Instant>> firedByUid = new HashMap<>();
    private final Set<RunKey> started = new HashSet<>();
    private final Map<RunKey, Execution> running = new HashMap<>();
    private final Map<RunKey, Execution> recorded = new HashMap<>();
    private final Set<String> forbidding = new HashSet<>(); // groups recorded while the job forbade concurrent runs
    private final Set<String> limited = new HashSet<>(); // jobs that had a limit on how long they wait for lost runs
    private final Set<String> groups = new HashSet<>(); // of which an execution was recorded
    private final Map<String, String> owedRecords = new TreeMap<>(); // keys of executions that a job names, to its uid
    private final Map<String, JobDefinition> owedDependents = new TreeMap<>(); // child and cause, to what it was then
    private final Map<String, Notice> notices = new TreeMap<>(); // that wait in the store
    private final Map<String, String> promisedTo = new HashMap<>(); // messages to the key of their notice
    private final Set<String> due = new HashSet<>(); // messages of which one is to arrive
    private final Set<String> delivered = new HashSet<>(); // keys of notices that a receiver took
    private List<Todo> todos = List.of();
    private Optional<LeaderRecord> fence = Optional.empty();

    HistoryChecker(Layout layout, Timetable.Factory timetables, MemoryStore store) {
        this.layout = layout;
        this.timetables = timetables;
        this.store = store;
    }

    Map<String, Job> jobs() {
        return jobs;
    }

    Map<String, Execution> executions() {
        return executions;
    }

    Store observing(Store inner) {
        return new Store() {
            @Override
            public Optional<Entry> get(String key) {
                return inner.get(key);
            }

            @Override
            public Page list(String prefix, String after, int limit) {
                return inner.list(prefix, after, limit);
            }

            @Override
            public CommitResult commit(Batch batch) {
                long before = store.commits();
                CommitResult result = inner.commit(batch);
                if (store.commits() > before) {
                    applied(batch);
                }
                return result;
            }

            @Override
            public Health health() {
                return inner.health();
            }

            @Override
            public Limits limits() {
                return inner.limits();
            }
        };
    }

    /** An agent started a process for that order. */
    void processStarted(RunKey key) {
        starts++;
        if (!started.add(key)) {
            violation("P2 started twice: " + key);
        }
        Execution execution = recorded.get(key);
        if (execution == null) {
            violation("started before it was recorded: " + key);
            return;
        }
        if (execution.state().settled()) {
            violation("P1 started though recorded as ended: " + execution);
        }
        boolean forbids = forbidding.contains(key.jobUid() + ":" + execution.group());
        running.values().stream()
                .filter(other -> other.key().jobUid().equals(key.jobUid()))
                .forEach(other -> {
                    boolean earlierAttempt = other.key().cause().equals(key.cause())
                            && other.node().equals(key.node());
                    if (earlierAttempt) {
                        violation("P12 attempt beside the one before it: " + key + " beside " + other);
                    } else if (forbids && other.group() < execution.group() && !limited.contains(key.jobUid())) {
                        violation("P12 forbid: " + key + " beside " + other);
                    } else if (other.key().cause().equals(key.cause())
                            && other.group() == execution.group()
                            && recorded.get(other.key()).replacement().isPresent()) {
                        violation("P11 runs though another took its place: " + other);
                    }
                });
        running.put(key, execution);
    }

    /** The process of that order is gone. */
    void processEnded(RunKey key) {
        running.remove(key);
    }

    private void applied(Batch batch) {
        Map<String, Job> oldJobs = new TreeMap<>();
        Map<String, Execution> oldExecutions = new TreeMap<>();
        Set<RequestRecord.Kind> kinds = new HashSet<>();
        Set<String> changedJobs = new HashSet<>();
        Set<String> prunedAtOnce = new HashSet<>(); // jobs a result of which is not kept
        List<Execution> put = new ArrayList<>();
        int prefix = layout.keys().jobs().length();
        batch.writes().forEach((key, value) -> {
            if (key.equals(layout.keys().todo())) {
                todos = value.map(TodoJson.CODEC::read).orElse(List.of());
                parts += value.isPresent() ? 1 : 0;
            } else if (key.equals(layout.keys().leader())) {
                checkFence(Records.LEADER.read(value.orElseThrow()));
            } else if (key.startsWith(layout.keys().notices())) {
                value.ifPresentOrElse(v -> promised(key, NoticeJson.read(v)), () -> notices.remove(key));
            } else if (key.startsWith(layout.keys().requests()) && value.isPresent()) {
                Records.REQUESTS.read(value.get()).forEach(r -> kinds.add(r.kind()));
            } else if (key.startsWith(layout.keys().jobs())) {
                String name = key.substring(prefix);
                changedJobs.add(name);
                Optional.ofNullable(jobs.get(name)).ifPresent(j -> oldJobs.put(name, j));
                if (value.isPresent()) {
                    Job job = layout.jobs().read(value.get());
                    jobs.put(name, job);
                    if (!job.definition().lostAfter().isEmpty()) {
                        limited.add(job.state().uid());
                    }
                } else {
                    jobs.remove(name);
                }
            } else if (key.startsWith("dkron/executions/")) {
                Optional.ofNullable(executions.get(key)).ifPresent(e -> oldExecutions.put(key, e));
                if (value.isPresent()) {
                    ExecutionId id = ExecutionId.parse(key.substring(key.lastIndexOf('/') + 1))
                            .orElseThrow();
                    Execution execution = layout.executions().read(id, value.get());
                    Execution before = executions.put(key, execution);
                    recorded.put(execution.key(), execution);
                    if (before == null
                            || !before.told(execution.notifications()).equals(execution)) {
                        put.add(execution);
                    } // else it says only what became of telling others
                } else {
                    Execution gone = executions.remove(key);
                    if (gone == null || !gone.state().settled()) {
                        prunedAtOnce.add(key.substring("dkron/executions/".length(), key.lastIndexOf('/')));
                    }
                }
            }
        });
        for (Execution execution : put) {
            noteForbid(execution, oldExecutions, oldJobs);
            checkExecution(execution, oldExecutions.get(layout.keys().execution(execution.job(), execution.id())));
        }
        checkNotices(put, oldExecutions);
        for (String name : changedJobs) {
            Job old = oldJobs.get(name);
            Job now = jobs.get(name);
            if (old != null
                    && now != null
                    && old.state().uid().equals(now.state().uid())) {
                checkVerdicts(old, now, put, oldExecutions);
                if (!prunedAtOnce.contains(name)) {
                    checkCounters(old, now, put, oldExecutions, kinds);
                }
                checkForbid(old, now, put, oldExecutions);
                checkDependents(old, now, oldJobs, changedJobs, put);
            }
        }
        put.forEach(e -> groups.add(e.key().jobUid() + ":" + e.group()));
        checkOwed(changedJobs, put);
    }

    private void promised(String key, Notice notice) {
        notices.put(key, notice);
        ExecutionId id = notice.subject().execution();
        Execution about =
                executions.get(layout.keys().execution(notice.subject().job(), id));
        if (about == null) { // Dkron 1.x deletes what it likes
            if (foreign == 0) {
                violation("P24 what is told of is gone: " + notice);
            }
            return;
        }
        String before = promisedTo.put(message(about, notice.channel(), notice.moment()), key);
        if (before != null && !before.equals(key)) {
            violation("P24 told twice: " + notice);
        }
    }

    private static String message(Execution about, Channel channel, Moment moment) {
        return about.job() + " " + about.id() + " " + about.key().jobUid() + " " + channel + " " + moment;
    }

    /** What happened is to be told, and stands in the outbox from that commit on (protocol P24). */
    private void checkNotices(List<Execution> put, Map<String, Execution> oldExecutions) {
        for (Execution e : put) {
            Execution old = oldExecutions.get(layout.keys().execution(e.job(), e.id()));
            boolean wasEnded = old != null && old.state().ended();
            boolean repeated = put.stream().anyMatch(r -> r.key().equals(e.key().next()));
            if (e.state() == ExecutionState.RUNNING && (old == null || old.state() == ExecutionState.WAITING)) {
                owe(message(e, Channel.PRE_WEBHOOK, Moment.START));
            } else if (e.state().ended()
                    && !wasEnded
                    && !repeated
                    && e.replacement().isEmpty()) {
                owe(message(e, Channel.WEBHOOK, Moment.END));
            } else if (e.success() && wasEnded) {
                owe(message(e, Channel.WEBHOOK, Moment.LATE));
            }
        }
    }

    private void owe(String message) {
        due.add(message);
        if (!promisedTo.containsKey(message)) {
            violation("P24 nobody will be told: " + message);
        }
    }

    /** A receiver took a message. */
    void delivered(String key) {
        told++;
        delivered.add(key);
    }

    /** All that happened was told, and its executions say so. To be asked when all is quiet. */
    void checkDelivered() {
        notices.forEach((key, notice) -> violation("P24 still waits: " + notice));
        due.stream()
                .filter(m -> !delivered.contains(promisedTo.get(m)))
                .forEach(m -> violation("P24 never told: " + m));
        executions.values().forEach(e -> {
            boolean shown = e.notifications().stream()
                    .anyMatch(n -> n.channel() == Channel.WEBHOOK && n.moment() == Moment.END && n.delivered());
            if (due.contains(message(e, Channel.WEBHOOK, Moment.END)) && !shown) {
                violation("P24 told, but not shown: " + e);
            }
        });
    }

    /** What a decided step still owes stands in the store until it is done (protocol P5). */
    private void checkOwed(Set<String> changedJobs, List<Execution> put) {
        for (String name : changedJobs) {
            Optional.ofNullable(jobs.get(name))
                    .ifPresent(job -> job.state().live().stream()
                            .map(id -> layout.keys().execution(job.name(), id))
                            .filter(key -> !executions.containsKey(key))
                            .forEach(key -> owedRecords.put(key, job.state().uid())));
        }
        Set<String> promised = new HashSet<>();
        Set<String> following = new HashSet<>();
        for (Todo todo : todos) {
            if (todo instanceof Todo.Start start) {
                start.executions().forEach(e -> promised.add(layout.keys().execution(e.job(), e.id())));
            } else if (todo instanceof Todo.Follow follow) {
                following.add("parent:" + follow.uid() + ":" + follow.group());
            }
        }
        owedRecords.entrySet().removeIf(owed -> {
            boolean wanted =
                    jobs.values().stream().anyMatch(j -> j.state().uid().equals(owed.getValue()));
            if (wanted && !executions.containsKey(owed.getKey()) && !promised.contains(owed.getKey())) {
                violation("P5 a target is lost: " + owed.getKey());
                return true;
            }
            return !wanted || executions.containsKey(owed.getKey());
        });
        put.forEach(e -> owedDependents.remove(e.job() + " " + e.key().cause()));
        owedDependents.entrySet().removeIf(owed -> {
            String child = owed.getKey().substring(0, owed.getKey().indexOf(' '));
            String cause = owed.getKey().substring(owed.getKey().indexOf(' ') + 1);
            boolean wanted = Optional.ofNullable(jobs.get(child))
                    .filter(j -> j.definition().equals(owed.getValue()))
                    .isPresent();
            if (wanted && !following.contains(cause)) {
                violation("P5 F26 a dependent did not follow: " + owed.getKey());
            }
            return !wanted || !following.contains(cause);
        });
    }

    /** Somebody who is no server of this cluster writes jobs, and knows no fence. */
    void foreign(Batch batch) {
        long before = store.commits();
        while (store.commits() == before) { // it repeats what the store did not take
            CommitResult unused = store.commit(batch);
        }
        foreign++;
        batch.writes()
                .forEach((key, value) -> layout.keys()
                        .jobOf(key)
                        .ifPresentOrElse(
                                name -> value.ifPresentOrElse(
                                        v -> jobs.put(
                                                name.value(), layout.jobs().read(v)),
                                        () -> jobs.remove(name.value())),
                                () -> executions.remove(key)));
    }

    /** What fired before a save that came into the same batch was decided by the job of before. */
    private void noteForbid(Execution e, Map<String, Execution> oldExecutions, Map<String, Job> oldJobs) {
        Job after = jobs.get(e.job().value());
        Job job = oldJobs.getOrDefault(e.job().value(), after);
        boolean first =
                e.attempt() == 1 && !oldExecutions.containsKey(layout.keys().execution(e.job(), e.id()));
        boolean bound = e.trigger() == Trigger.SCHEDULE || e.trigger() == Trigger.DEPENDENT;
        if (first
                && bound
                && after != null
                && after.definition().concurrency() == Concurrency.FORBID
                && job.definition().concurrency() == Concurrency.FORBID) {
            forbidding.add(e.key().jobUid() + ":" + e.group());
        }
    }

    /** Each batch follows the one before it: of a term that is over none can land (protocol P4). */
    private void checkFence(LeaderRecord now) {
        fence.ifPresent(last -> {
            boolean follows = now.term() == last.term()
                    ? now.sequence() == last.sequence() + 1 && now.nonce().equals(last.nonce())
                    : now.term() == last.term() + 1;
            if (!follows) {
                violation("P4 a batch of " + now + " landed after one of " + last);
            }
        });
        fence = Optional.of(now);
    }

    private void checkExecution(Execution now, Execution old) {
        if (old != null && old.state().settled()) {
            violation("P19 an ended execution changed: " + old + " to " + now);
        }
        if (Unreadable.is(now.key())) {
            violation("P5 a record is missing: " + now);
        }
        if (now.state().settled()) {
            ended++;
            if (now.state() == ExecutionState.FAILED && now.output().bytes().length == 0) {
                violation("failed without a reason: " + now);
            }
        }
        lost += now.state() == ExecutionState.LOST ? 1 : 0;
        replaced += now.replacement().isPresent() ? 1 : 0;
        if (old == null && now.attempt() == 1 && now.trigger() == Trigger.DEPENDENT) {
            dependents++;
            if (!causes.add(now.key() + "")) {
                violation("F26 a dependent ran twice for one group: " + now);
            }
        }
    }

    private void checkVerdicts(Job old, Job now, List<Execution> put, Map<String, Execution> oldExecutions) {
        Set<Instant> fires = new HashSet<>();
        for (Execution e : put) {
            if (e.job().equals(now.name())
                    && e.key().jobUid().equals(now.state().uid())
                    && e.trigger() == Trigger.SCHEDULE
                    && e.attempt() == 1
                    && e.id().number() == e.group() // not one that took another's place
                    && !groups.contains(e.key().jobUid() + ":" + e.group()) // not a further part of a group
                    && !oldExecutions.containsKey(layout.keys().execution(e.job(), e.id()))) {
                fires.add(e.scheduledAt().orElseThrow());
            }
        }
        Set<Instant> all = firedByUid.computeIfAbsent(now.state().uid(), u -> new HashSet<>());
        for (Instant fire : fires) {
            fired++;
            if (!all.add(fire)) {
                violation("P18 an instant fired twice: " + now.name() + " " + fire);
            }
        }
        long missedNow = now.state().missedCount()
                - old.state().missedCount()
                + now.state().skippedCount()
                - old.state().skippedCount();
        missed += missedNow;
        if (retimed(old.definition(), now.definition())) {
            return; // both timetables may have had instants in this batch
        }
        if (old.definition().parent().isEmpty()) {
            Timetable timetable = timetables.of(old.definition(), old.state().anchor());
            long due = 0;
            boolean moved = !now.state().lastDue().equals(old.state().lastDue());
            if (moved && old.state().next().isPresent()) {
                due = timetable
                        .between(
                                old.state().next().get().minusNanos(1),
                                now.state().lastDue().orElseThrow())
                        .count();
            }
            if (due != fires.size() + missedNow) {
                violation("P18 " + now.name() + ": " + due + " instants were due, " + fires.size() + " fired and "
                        + missedNow + " missed; next " + old.state().next() + " last due "
                        + now.state().lastDue());
            }
            now.state()
                    .next()
                    .ifPresent(next -> now.state().lastDue().filter(l -> moved).ifPresent(last -> {
                        Timetable.Span silent = timetable.between(last, next.minusNanos(1));
                        boolean starting = now.definition()
                                .startsAt()
                                .filter(s -> s.isAfter(last))
                                .isPresent();
                        if (silent.count() > 0 && !starting) {
                            violation("P18 instants passed over in silence: " + silent + " " + now.state());
                        }
                    }));
        }
    }

    private void checkCounters(
            Job old,
            Job now,
            List<Execution> put,
            Map<String, Execution> oldExecutions,
            Set<RequestRecord.Kind> kinds) {
        if (kinds.contains(RequestRecord.Kind.DELETE_EXECUTIONS) || kinds.contains(RequestRecord.Kind.RESTORE)) {
            return;
        }
        long good = 0;
        long bad = 0;
        for (Execution e : put) {
            if (e.job().equals(now.name())
                    && e.key().jobUid().equals(now.state().uid())) {
                Execution before = oldExecutions.get(layout.keys().execution(e.job(), e.id()));
                boolean wasLost = before != null && before.state() == ExecutionState.LOST;
                boolean failed = e.state() == ExecutionState.FAILED || e.state() == ExecutionState.LOST;
                good += e.state() == ExecutionState.SUCCESS ? 1 : 0;
                bad += failed && !wasLost && e.replacement().isEmpty() ? 1 : 0;
                bad -= wasLost && !failed && old.state().errorCount() > 0 ? 1 : 0;
            }
        }
        if (now.state().successCount() - old.state().successCount() != good
                || now.state().errorCount() - old.state().errorCount() != bad) {
            violation("counters are not the results: " + now.name() + " " + good + " good, " + bad + " bad, from "
                    + old.state().successCount() + "/" + old.state().errorCount() + " to "
                    + now.state().successCount() + "/" + now.state().errorCount() + " live "
                    + old.state().live());
        }
    }

    private void checkForbid(Job old, Job now, List<Execution> put, Map<String, Execution> oldExecutions) {
        boolean starts = put.stream()
                .anyMatch(e -> e.job().equals(now.name())
                        && e.attempt() == 1
                        && e.id().number() == e.group()
                        && !groups.contains(e.key().jobUid() + ":" + e.group())
                        && (e.trigger() == Trigger.SCHEDULE || e.trigger() == Trigger.DEPENDENT)
                        && !oldExecutions.containsKey(layout.keys().execution(e.job(), e.id())));
        if (!starts
                || old.definition().concurrency() != Concurrency.FORBID
                || now.definition().concurrency() != Concurrency.FORBID) {
            return;
        }
        for (ExecutionId id : old.state().live()) {
            Execution still = executions.get(layout.keys().execution(now.name(), id));
            if (still != null && !still.state().settled()) {
                violation("forbid: started beside " + still);
            }
        }
    }

    private void checkDependents(
            Job old, Job now, Map<String, Job> oldJobs, Set<String> changedJobs, List<Execution> put) {
        Set<Long> successes = new HashSet<>();
        now.state().recent().stream()
                .filter(r -> r.status() == JobStatus.SUCCESS)
                .filter(r -> old.state().recent().stream()
                        .noneMatch(o -> o.group() == r.group() && o.status() == JobStatus.SUCCESS))
                .forEach(r -> successes.add(r.group()));
        successes.removeIf(group -> executions.values().stream()
                .anyMatch(e -> e.job().equals(now.name())
                        && e.group() == group
                        && e.state() == ExecutionState.CANCELLED)); // nothing follows those
        for (long group : successes) {
            String cause = "parent:" + now.state().uid() + ":" + group;
            jobs.values().stream()
                    .filter(j -> j.definition()
                            .parent()
                            .filter(p -> p.equals(now.name()))
                            .isPresent())
                    .filter(j -> !changedJobs.contains(j.name().value())
                            || Optional.ofNullable(oldJobs.get(j.name().value()))
                                    .filter(o -> o.definition().equals(j.definition()))
                                    .isPresent())
                    .filter(j -> !j.definition().disabled())
                    .filter(j -> j.definition().startsAt().isEmpty()
                            && j.definition().expiresAt().isEmpty())
                    .filter(j -> j.definition().concurrency() != Concurrency.FORBID)
                    .filter(j -> put.stream()
                            .noneMatch(e ->
                                    e.job().equals(j.name()) && e.key().cause().equals(cause)))
                    .forEach(j -> owedDependents.put(j.name() + " " + cause, j.definition()));
        }
    }

    private static boolean retimed(JobDefinition a, JobDefinition b) {
        return !Objects.equals(a.schedule(), b.schedule())
                || a.disabled() != b.disabled()
                || !a.parent().equals(b.parent())
                || !a.startsAt().equals(b.startsAt())
                || !a.expiresAt().equals(b.expiresAt());
    }

    void violation(String what) {
        violations.add(what);
    }
}
