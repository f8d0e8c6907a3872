package io.dkron.core.store;

import io.dkron.core.execution.Execution;
import io.dkron.core.execution.ExecutionJson;
import io.dkron.core.job.ExecutionId;
import io.dkron.core.job.Job;
import io.dkron.core.job.JobJson;
import io.dkron.core.problem.InvalidInputException;

/** The stored forms of jobs and executions. */
final class JsonRecords {
    static final Codec<Job> JOBS = new Codec<>() {
        @Override
        public byte[] write(Job job) {
            return JobJson.store(job);
        }

        @Override
        public Job read(byte[] bytes) {
            try {
                return JobJson.read(bytes);
            } catch (InvalidInputException e) {
                throw new StoreException("not a job: " + e.getMessage(), e);
            }
        }
    };

    static final ExecutionCodec EXECUTIONS = new ExecutionCodec() {
        @Override
        public byte[] write(Execution execution) {
            return ExecutionJson.store(execution);
        }

        @Override
        public Execution read(ExecutionId id, byte[] bytes) {
            try {
                return ExecutionJson.read(id, bytes);
            } catch (InvalidInputException e) {
                throw new StoreException("not an execution: " + e.getMessage(), e);
            }
        }
    };

    private JsonRecords() {}
}
