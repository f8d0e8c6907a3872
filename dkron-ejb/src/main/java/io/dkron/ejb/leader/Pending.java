package io.dkron.ejb.leader;

import io.dkron.core.engine.Outcome;
import java.util.concurrent.CompletableFuture;

/**
 * A request that waits for its answer.
 *
 * @param deadline of the monotonic clock
 */
record Pending(String id, CompletableFuture<Outcome> answer, long deadline) {
    /** Nobody waits. */
    static final Pending NONE = new Pending("", Long.MAX_VALUE);

    Pending(String id, long deadline) {
        this(id, new CompletableFuture<>(), deadline);
    }
}
