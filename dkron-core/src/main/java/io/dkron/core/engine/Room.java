package io.dkron.core.engine;

import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobDefinition;
import io.dkron.core.json.Json;
import io.dkron.core.problem.Problem;
import io.dkron.core.store.Codec;
import io.dkron.core.store.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * How large what the engine writes may become, so that each part of a step fits into a batch of the store (protocol P5): a
 * job's record and an execution's take less than half a batch each, and of a job's record the definition and the list of
 * what runs have their shares. Pure.
 */
final class Room {
    private static final int EXECUTION = 8 << 10; // an execution's record without its output
    private static final int STATE = 18 << 10; // counters, 20 recent groups, 100 records of missed firings
    private static final int PARTS = 16; // parts that a batch holds at least
    private static final int MOST_DELETES = 1_000;

    private final Limits limits;
    private final int record;

    Room(Limits limits) {
        this.limits = limits;
        this.record = (int) Math.min(limits.value(), limits.bytes() * 7L / 16);
    }

    /** Whether there is anything to keep to. */
    boolean bounded() {
        return !limits.equals(Limits.NONE);
    }

    /** Most bytes of output stored with an execution, where so many are wanted; they are stored as base64. */
    int output(int wanted) {
        return Math.min(wanted, (record - EXECUTION) / 4 * 3);
    }

    /** How many executions are recorded with their job, and how many in each part that follows. */
    int executions() {
        return Math.max(2, limits.operations() / PARTS);
    }

    /** How many keys are deleted in one part. */
    int deletes() {
        return Math.min(MOST_DELETES, limits.operations() / 2);
    }

    /** Whether so many more executions of these nodes may run of a job beside those that do. */
    boolean runs(Collection<ExecutionId> live, Collection<ExecutionId> more) {
        if (!bounded()) {
            return true;
        }
        long bytes = live.stream().mapToLong(Room::bytes).sum()
                + more.stream().mapToLong(Room::bytes).sum();
        return bytes <= record - definition() - STATE;
    }

    private static int bytes(ExecutionId id) {
        return id.toString().getBytes(StandardCharsets.UTF_8).length + 3; // quotes and a comma
    }

    /** Whether that record of a job leaves the room that its state needs. */
    boolean holds(Job job, Codec<Job> codec) {
        return !bounded() || codec.write(job).length <= record - STATE / 2;
    }

    private int definition() {
        return record / 2;
    }

    /** What is too large in this definition; empty if it fits. */
    Optional<Problem> fault(JobDefinition definition, Codec<Job> codec) {
        if (!bounded()) {
            return Optional.empty();
        }
        byte[] stored = codec.write(Saving.fresh(definition));
        if (stored.length <= definition()) {
            return Optional.empty();
        }
        Map.Entry<String, Object> largest = Json.readObject(stored).entrySet().stream()
                .max(java.util.Comparator.comparingInt(f -> Json.write(f.getValue()).length))
                .orElseThrow();
        return Optional.of(new Problem(
                largest.getKey(),
                "is too large for the store: it takes " + Json.write(largest.getValue()).length
                        + " of the job's " + stored.length + " bytes, of which the store takes at most "
                        + definition()));
    }
}
