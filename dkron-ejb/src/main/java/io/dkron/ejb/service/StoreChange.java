package io.dkron.ejb.service;

import io.dkron.core.cluster.LeaderRecord;
import io.dkron.core.engine.LeaderRecords;
import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobName;
import io.dkron.core.store.Batch;
import io.dkron.core.store.Keys;
import io.dkron.core.store.Layout;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a batch changed, read from its bytes. A value that cannot be read counts as deleted: it must not end the copying of
 * all others.
 *
 * @param leader the fence as the batch wrote it; empty where somebody else than a leader wrote
 * @param paused whether new jobs are refused; empty where the batch does not say
 */
record StoreChange(
        Optional<LeaderRecord> leader,
        List<Job> jobs,
        List<JobName> deleted,
        List<Execution> executions,
        Optional<Boolean> paused) {
    private static final Logger LOG = System.getLogger(StoreChange.class.getName());

    static StoreChange of(Layout layout, Batch batch) {
        return new Reading(layout).read(batch);
    }

    /** Reads one batch. */
    private static final class Reading {
        private final Layout layout;
        private final Keys keys;
        private final List<Job> jobs = new ArrayList<>();
        private final List<JobName> deleted = new ArrayList<>();
        private final List<Execution> executions = new ArrayList<>();
        private Optional<LeaderRecord> leader = Optional.empty();
        private Optional<Boolean> paused = Optional.empty();

        Reading(Layout layout) {
            this.layout = layout;
            this.keys = layout.keys();
        }

        StoreChange read(Batch batch) {
            for (Map.Entry<String, Optional<byte[]>> write : batch.writes().entrySet()) {
                write(write.getKey(), write.getValue());
            }
            return new StoreChange(leader, jobs, deleted, executions, paused);
        }

        private void write(String key, Optional<byte[]> value) {
            if (key.startsWith(keys.executions())) {
                value.flatMap(bytes -> execution(key, bytes)).ifPresent(executions::add);
            } else if (key.startsWith(keys.jobs()) && key.length() > keys.jobs().length()) {
                JobName name = new JobName(key.substring(keys.jobs().length()));
                value.flatMap(bytes -> readable(key, () -> layout.jobs().read(bytes)))
                        .filter(job -> job.name().equals(name))
                        .ifPresentOrElse(jobs::add, () -> deleted.add(name));
            } else if (key.equals(keys.leader())) {
                leader = value.flatMap(bytes -> readable(key, () -> LeaderRecords.JSON.read(bytes)));
            } else if (key.equals(keys.paused())) {
                paused = Optional.of(value.isPresent());
            }
        }

        private Optional<Execution> execution(String key, byte[] bytes) {
            return ExecutionId.parse(key.substring(key.lastIndexOf('/') + 1))
                    .flatMap(id -> readable(key, () -> layout.executions().read(id, bytes)));
        }

        private static <T> Optional<T> readable(String key, Supplier<T> reading) {
            try {
                return Optional.of(reading.get());
            } catch (RuntimeException e) { // a codec may stumble over anything
                LOG.log(Level.WARNING, "record left out, it is broken key={0}: {1}", key, e.getMessage());
                return Optional.empty();
            }
        }
    }
}
