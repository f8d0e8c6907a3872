package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.cluster.Progress;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Layout;
import io.dkron.core.store.Limits;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Group commit under the fence (protocol P4). Steps write into units; units wait in a queue, and as many as fit go into
 * one batch when no other is in flight. Effects held by a unit are released when its batch is stored.
 *
 * <p>A step that may grow large is written in parts, each of which fits into a batch. Where the store takes them all they
 * are one batch. Otherwise the batch with the first part decides the step and says what is left to do of it, and so does
 * each that follows until the last (protocol P5). Steps are stored in order, so one at most is in parts at any time.
 */
final class Ledger {
    /** A batch in flight. */
    private record Flight(long sequence, LeaderRecord fence, Map<String, Unit.Write> writes, List<Effect> held) {}

    private static final int DELETES = 16;

    private final Layout layout;
    private final Limits limits;
    private final EngineSettings settings;
    private final RequestMemory requests;
    private final Map<JobName, Long> versions = new HashMap<>();
    private final Deque<Unit> queue = new ArrayDeque<>();
    private final List<Effect> free = new ArrayList<>();
    private final List<Unit> parts = new ArrayList<>(); // of the present step, before the present unit
    private final Set<String> loose = new LinkedHashSet<>(); // to be deleted after the present step, together or not
    private Unit unit = new Unit();
    private List<Todo> enclosing = List.of();
    private boolean inParts; // the store says what is left to do of a step
    private Optional<Flight> flight = Optional.empty();
    private LeaderRecord fence;
    private long fenceVersion;
    private long position;

    /** Of a lead that begins like this; what was left to do is to be the first step. */
    Ledger(Layout layout, EngineSettings settings, RequestMemory requests, Takeover takeover) {
        this.layout = layout;
        this.limits = takeover.limits();
        this.settings = settings;
        this.requests = requests;
        this.fence = takeover.record();
        this.fenceVersion = takeover.version();
        this.inParts = takeover.inParts();
    }

    /** The version that a job was read with. */
    void known(JobName job, long version) {
        versions.put(job, version);
    }

    void put(Job job) {
        unit.writes().put(layout.keys().job(job.name()), new Unit.PutJob(job));
    }

    void delete(JobName job) {
        unit.writes().put(layout.keys().job(job), new Unit.DeleteJob(job));
    }

    /** Has what is written fail if somebody else changed the job. */
    void guard(JobName job) {
        unit.writes().putIfAbsent(layout.keys().job(job), new Unit.Guard(job));
    }

    void put(Execution execution) {
        unit.writes().put(layout.keys().execution(execution.job(), execution.id()), new Unit.PutExecution(execution));
    }

    void delete(JobName job, ExecutionId id) {
        unit.writes().put(layout.keys().execution(job, id), new Unit.Delete());
    }

    void put(String key, byte[] value) {
        unit.writes().put(key, new Unit.PutBytes(value));
    }

    void delete(String key) {
        unit.writes().put(key, new Unit.Delete());
    }

    /** Deletes an execution after the present step; a crash in between leaves it for a later pruning. */
    void deleteLater(JobName job, ExecutionId id) {
        loose.add(layout.keys().execution(job, id));
    }

    /** Remembers a request that the present step does: from its first part on it is done. */
    void done(RequestRecord request) {
        (parts.isEmpty() ? unit : parts.get(0)).requests().add(request);
        requests.add(request);
    }

    /**
     * Ends a part of the present step, where there is something in it. If no other part gets into its batch, the store
     * says from then on what is left.
     *
     * @param left what the parts that follow do, asked for when it is needed
     */
    void part(Supplier<Todo> left) {
        List<Todo> outer = enclosing;
        split(() -> Stream.concat(Stream.of(left.get()), outer.stream()).toList());
    }

    /** The same where the next leader finds out by itself what is left. */
    void part() {
        List<Todo> outer = enclosing;
        split(() -> outer);
    }

    private void split(Supplier<List<Todo>> left) {
        if (unit.commits()) {
            unit.followed(left);
            parts.add(unit);
            unit = new Unit();
        }
    }

    /** Writes what may be in parts itself, while this is left to do after it. */
    void within(List<Todo> left, Runnable writing) {
        List<Todo> outer = enclosing;
        enclosing = Stream.concat(left.stream(), outer.stream()).toList();
        try {
            writing.run();
        } finally {
            enclosing = outer;
        }
    }

    /** Performs the effect when everything written so far is stored; at once when it is already. */
    void hold(Effect effect) {
        unit.held().add(effect);
    }

    /**
     * Performs the effect once a commit has shown that this lead still holds, for what rests on memory alone: another may
     * have stored what this one does not know (protocol P19).
     */
    void holdForProof(Effect effect) {
        unit.fence();
        unit.held().add(effect);
    }

    /** Writes the fence, unless something that does is on its way. */
    void beat() {
        if (queue.isEmpty() && parts.isEmpty() && flight.isEmpty()) {
            unit.fence();
        }
    }

    /** Waits for a commit even if nothing is written. */
    void prove() {
        unit.fence();
    }

    /** Ends a logical step: what it wrote goes into one batch, or in parts into several. */
    void cut() {
        if (unit.commits()) {
            parts.add(unit);
        } else if (!parts.isEmpty()) {
            Unit last = parts.get(parts.size() - 1);
            last.last();
            last.held().addAll(unit.held());
        } else if (!queue.isEmpty()) {
            queue.getLast().held().addAll(unit.held());
        } else if (flight.isPresent()) {
            flight.get().held().addAll(unit.held());
        } else {
            free.addAll(unit.held());
        }
        queue.addAll(parts);
        parts.clear();
        unit = new Unit();
        for (String key : loose) {
            unit.writes().put(key, new Unit.Delete());
            if (unit.writes().size() == DELETES) {
                queue.add(unit);
                unit = new Unit();
            }
        }
        if (unit.commits()) {
            queue.add(unit);
            unit = new Unit();
        }
        loose.clear();
    }

    /** Whether so much waits that firings had better wait too. */
    boolean full() {
        return queue.stream().mapToInt(u -> u.writes().size()).sum() >= settings.batchWrites();
    }

    /** What may be performed now: effects that wait for nothing, and the next batch if none is in flight. */
    List<Effect> flush(long sequence, Instant now) {
        List<Effect> effects = new ArrayList<>(Calls.merged(free, fence.fence(), now.plus(settings.dispatchFor())));
        free.clear();
        if (flight.isEmpty() && !queue.isEmpty()) {
            effects.add(commit(sequence, now));
        }
        return effects;
    }

    private Effect commit(long sequence, Instant now) {
        LeaderRecord next = fence.next(now);
        Parcel parcel = new Parcel(layout, limits);
        fill(parcel);
        Map<String, Unit.Write> writes = parcel.writes();
        remember(parcel.requests(), false, next, writes);
        remember(parcel.requests(), true, next, writes);
        String todo = layout.keys().todo();
        if (parcel.rest().filter(left -> left.length > 0).isPresent()) {
            writes.put(todo, new Unit.PutBytes(parcel.rest().get()));
            inParts = true;
        } else if (inParts) {
            writes.put(todo, new Unit.Delete());
            inParts = false;
        }
        flight = Optional.of(new Flight(sequence, next, writes, parcel.held()));
        return new Effect.Commit(sequence, batch(next, parcel));
    }

    private void fill(Parcel parcel) {
        while (!queue.isEmpty()) {
            List<Unit> step = firstStep();
            boolean many = !parcel.isEmpty()
                    && (parcel.size()
                                            + step.stream()
                                                    .mapToInt(u -> u.writes().size())
                                                    .sum()
                                    > settings.batchWrites()
                            || parcel.weight()
                                            + step.stream()
                                                    .mapToInt(Unit::weight)
                                                    .sum()
                                    > settings.batchBytes());
            if (many) {
                return;
            }
            boolean whole = parcel.take(step);
            if (!whole && !parcel.isEmpty()) {
                return; // it may fit whole into the next one
            }
            int taken = whole ? step.size() : parcel.takePart(step);
            for (int i = 0; i < taken; i++) {
                queue.remove();
            }
            if (!whole) {
                return;
            }
        }
    }

    /** The parts of the first step that waits. */
    private List<Unit> firstStep() {
        if (queue.element().rest().isEmpty()) {
            return List.of(queue.element());
        }
        List<Unit> step = new ArrayList<>();
        for (Unit part : queue) {
            step.add(part);
            if (part.rest().isEmpty()) {
                break;
            }
        }
        return step;
    }

    private Batch batch(LeaderRecord next, Parcel parcel) {
        Batch batch = new Batch().expect(layout.keys().leader(), fenceVersion);
        parcel.writes().forEach((key, write) -> {
            layout.keys().jobOf(key).ifPresent(job -> batch.expect(key, versions.getOrDefault(job, Batch.ABSENT)));
            if (write instanceof Unit.DeleteJob || write instanceof Unit.Delete) {
                batch.delete(key);
            } else if (!(write instanceof Unit.Guard)) {
                batch.put(key, parcel.bytes(write));
            }
        });
        return batch.put(layout.keys().leader(), Records.LEADER.write(next));
    }

    private void remember(
            List<RequestRecord> records, boolean clientKeys, LeaderRecord next, Map<String, Unit.Write> writes) {
        List<RequestRecord> bucket =
                records.stream().filter(r -> r.clientKey() == clientKeys).toList();
        if (!bucket.isEmpty()) {
            Instant expires = bucket.stream()
                    .map(RequestRecord::expires)
                    .max(Instant::compareTo)
                    .orElseThrow();
            String key =
                    layout.keys().requests(Nanos.of(expires), next.term(), 2 * next.sequence() + (clientKeys ? 1 : 0));
            writes.put(key, new Unit.PutBytes(Records.REQUESTS.write(bucket)));
            requests.bucket(key, bucket);
        }
    }

    /** The batch is stored: answers what it held; empty when it was not in flight. */
    List<Effect> committed(long sequence, long version, boolean paused, Instant now) {
        if (flight.isEmpty() || flight.get().sequence() != sequence) {
            return List.of();
        }
        Flight landed = flight.get();
        flight = Optional.empty();
        fence = landed.fence();
        fenceVersion = version;
        List<Effect> effects = new ArrayList<>();
        publish(landed.writes(), version, paused).ifPresent(effects::add);
        effects.addAll(Calls.merged(landed.held(), fence.fence(), now.plus(settings.dispatchFor())));
        return effects;
    }

    private Optional<Effect> publish(Map<String, Unit.Write> writes, long version, boolean paused) {
        List<Job> jobs = new ArrayList<>();
        List<JobName> deleted = new ArrayList<>();
        List<Execution> executions = new ArrayList<>();
        for (Unit.Write write : writes.values()) {
            if (write instanceof Unit.PutJob put) {
                versions.put(put.job().name(), version);
                jobs.add(put.job());
            } else if (write instanceof Unit.DeleteJob delete) {
                versions.remove(delete.job());
                deleted.add(delete.job());
            } else if (write instanceof Unit.PutExecution put) {
                executions.add(put.execution());
            }
        }
        if (jobs.isEmpty()
                && deleted.isEmpty()
                && executions.isEmpty()
                && !writes.containsKey(layout.keys().paused())) {
            return Optional.empty();
        }
        return Optional.of(new Effect.Publish(fence.term(), ++position, false, jobs, deleted, executions, paused));
    }

    /** How far this lead knows the store to be. */
    Progress progress() {
        return Progress.of(fence);
    }

    /** The number of the next publication of this term. */
    long nextPosition() {
        return ++position;
    }
}
