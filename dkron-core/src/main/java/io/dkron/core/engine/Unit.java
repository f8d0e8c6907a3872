package io.dkron.core.engine;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What one logical step writes, or a part of one, and what is to be shown when it is stored. Values are written as bytes at
 * the flush.
 */
final class Unit {
    /** A value to put, or its absence. */
    sealed interface Write {
        /** About how many bytes it takes. */
        int weight();
    }

    record PutJob(Job job) implements Write {
        @Override
        public int weight() {
            return 1_500;
        }
    }

    record DeleteJob(JobName job) implements Write {
        @Override
        public int weight() {
            return 50;
        }
    }

    /** Nothing is written, but the job must be as it is known. */
    record Guard(JobName job) implements Write {
        @Override
        public int weight() {
            return 0;
        }
    }

    record PutExecution(Execution execution) implements Write {
        @Override
        public int weight() {
            return 500 + execution.output().bytes().length;
        }
    }

    record PutBytes(byte[] bytes) implements Write {
        @Override
        public int weight() {
            return bytes.length;
        }
    }

    record Delete() implements Write {
        @Override
        public int weight() {
            return 50;
        }
    }

    private final Map<String, Write> writes = new LinkedHashMap<>();
    private final List<Effect> held = new ArrayList<>();
    private final List<RequestRecord> requests = new ArrayList<>();

    private Optional<Supplier<List<Todo>>> rest = Optional.empty();
    private boolean fenced;

    /** Further parts of its step follow. If its batch ends with this one, what they were to do stands in the store. */
    void followed(Supplier<List<Todo>> left) {
        rest = Optional.of(left);
    }

    /** No part follows after all. */
    void last() {
        rest = Optional.empty();
    }

    /** What is left to do of its step after this part; no value where it is the last. */
    Optional<Supplier<List<Todo>>> rest() {
        return rest;
    }

    /** What is held is true only under this lead: without writes too it waits for a commit of the fence. */
    void fence() {
        fenced = true;
    }

    /** Whether there is something to commit. */
    boolean commits() {
        return fenced || !writes.isEmpty() || !requests.isEmpty();
    }

    Map<String, Write> writes() {
        return writes;
    }

    /** To be performed once the writes are stored, in this order. */
    List<Effect> held() {
        return held;
    }

    List<RequestRecord> requests() {
        return requests;
    }

    int weight() {
        return writes.values().stream().mapToInt(Write::weight).sum();
    }
}
