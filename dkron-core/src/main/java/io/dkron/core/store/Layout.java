package io.dkron.core.store;

import io.dkron.core.job.Job;
import java.util.Objects;

/** Where values stand and how they are written: all that composing a batch needs. */
public record Layout(Keys keys, Codec<Job> jobs, ExecutionCodec executions) {
    public Layout {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(jobs, "jobs");
        Objects.requireNonNull(executions, "executions");
    }

    /** The layout of Dkron 1.x with the JSON of the API's codecs, under that keyspace. */
    public static Layout json(String keyspace) {
        return new Layout(new Keys(keyspace), JsonRecords.JOBS, JsonRecords.EXECUTIONS);
    }

    public JobRepository jobs(Store store) {
        return new JobRepository(store, keys, jobs);
    }

    public ExecutionRepository executions(Store store) {
        return new ExecutionRepository(store, keys, executions);
    }
}
