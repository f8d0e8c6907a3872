package io.dkron.core.store;

import io.dkron.core.execution.Execution;
import io.dkron.core.job.ExecutionId;

/** Writes executions as bytes and reads them back; the id stands in the key alone. Pure, safe for use by many threads. */
public interface ExecutionCodec {
    byte[] write(Execution execution);

    /** @throws StoreException when the bytes are no execution; says what is wrong with them */
    Execution read(ExecutionId id, byte[] bytes);
}
