package io.dkron.core.engine;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Layout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Group commit under the fence (protocol P4). Steps write into units; units wait in a queue, and as many as fit go into
 * one batch when no other is in flight. Effects held by a unit are released when its batch is stored.
 */
final class Ledger {
    /** A batch in flight. */
    private record Flight(long sequence, LeaderRecord fence, Map<String, Unit.Write> writes, List<Effect> held) {}

    private final Layout layout;
    private final EngineSettings settings;
    private final RequestMemory requests;
    private final Map<JobName, Long> versions = new HashMap<>();
    private final Deque<Unit> queue = new ArrayDeque<>();
    private final List<Effect> free = new ArrayList<>();
    private Unit unit = new Unit();
    private Optional<Flight> flight = Optional.empty();
    private LeaderRecord fence;
    private long fenceVersion;
    private long position;

    Ledger(Layout layout, EngineSettings settings, RequestMemory requests, LeaderRecord fence, long fenceVersion) {
        this.layout = layout;
        this.settings = settings;
        this.requests = requests;
        this.fence = fence;
        this.fenceVersion = fenceVersion;
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

    /** Remembers a request that this unit does. */
    void done(RequestRecord request) {
        unit.requests().add(request);
        requests.add(request);
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
        if (idle()) {
            unit.fence();
        }
    }

    /** Ends a logical step: what it wrote goes into one batch. */
    void cut() {
        if (unit.commits()) {
            queue.add(unit);
        } else if (!queue.isEmpty()) {
            queue.getLast().held().addAll(unit.held());
        } else if (flight.isPresent()) {
            flight.get().held().addAll(unit.held());
        } else {
            free.addAll(unit.held());
        }
        unit = new Unit();
    }

    /** Whether so much waits that firings had better wait too. */
    boolean full() {
        return queue.stream().mapToInt(u -> u.writes().size()).sum() >= settings.batchWrites();
    }

    /** Whether nothing waits or is in flight. */
    boolean idle() {
        return queue.isEmpty() && flight.isEmpty() && unit.writes().isEmpty();
    }

    /** What may be performed now: effects that wait for nothing, and the next batch if none is in flight. */
    List<Effect> flush(long sequence, Instant now) {
        List<Effect> effects = new ArrayList<>(merged(free, now));
        free.clear();
        if (flight.isEmpty() && !queue.isEmpty()) {
            effects.add(commit(sequence, now));
        }
        return effects;
    }

    private Effect commit(long sequence, Instant now) {
        LeaderRecord next = fence.next(now);
        Map<String, Unit.Write> writes = new LinkedHashMap<>();
        List<Effect> held = new ArrayList<>();
        List<RequestRecord> records = new ArrayList<>();
        int weight = 0;
        while (!queue.isEmpty()
                && (writes.isEmpty()
                        || (writes.size() + queue.peek().writes().size() <= settings.batchWrites()
                                && weight + queue.peek().weight() <= settings.batchBytes()))) {
            Unit taken = queue.poll();
            weight += taken.weight();
            writes.putAll(taken.writes());
            held.addAll(taken.held());
            records.addAll(taken.requests());
        }
        remember(records, false, next, writes);
        remember(records, true, next, writes);
        flight = Optional.of(new Flight(sequence, next, writes, held));
        return new Effect.Commit(sequence, batch(next, writes));
    }

    private Batch batch(LeaderRecord next, Map<String, Unit.Write> writes) {
        Batch batch = new Batch().expect(layout.keys().leader(), fenceVersion);
        writes.forEach((key, write) -> {
            if (write instanceof Unit.PutJob put) {
                batch.expect(key, versions.getOrDefault(put.job().name(), Batch.ABSENT))
                        .put(key, layout.jobs().write(put.job()));
            } else if (write instanceof Unit.DeleteJob delete) {
                batch.expect(key, versions.getOrDefault(delete.job(), Batch.ABSENT))
                        .delete(key);
            } else if (write instanceof Unit.PutExecution put) {
                batch.put(key, layout.executions().write(put.execution()));
            } else if (write instanceof Unit.PutBytes put) {
                batch.put(key, put.bytes());
            } else {
                batch.delete(key);
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
        effects.addAll(merged(landed.held(), now));
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

    /** The number of the next publication of this term. */
    long nextPosition() {
        return ++position;
    }

    /** One call for each member: orders, then acknowledgements, in place of the first of each. */
    private List<Effect> merged(List<Effect> held, Instant now) {
        Map<String, List<io.dkron.core.execution.RunOrder>> orders = new LinkedHashMap<>();
        Map<String, List<io.dkron.core.execution.RunKey>> acks = new LinkedHashMap<>();
        List<Effect> rest = new ArrayList<>();
        Duration patience = settings.dispatchFor();
        for (Effect effect : held) {
            if (effect instanceof Effect.Dispatch d) {
                d.orders()
                        .forEach(o -> orders.computeIfAbsent(d.node(), n -> new ArrayList<>())
                                .add(Orders.until(o, now.plus(patience))));
            } else if (effect instanceof Effect.Acknowledge a) {
                acks.computeIfAbsent(a.node(), n -> new ArrayList<>()).addAll(a.keys());
            } else {
                rest.add(effect);
            }
        }
        List<Effect> effects = new ArrayList<>();
        orders.forEach((node, list) -> effects.add(new Effect.Dispatch(fence.fence(), node, list)));
        effects.addAll(rest);
        acks.forEach((node, keys) -> effects.add(new Effect.Acknowledge(node, keys)));
        return effects;
    }
}
