package io.dkron.core.executor;

import java.util.concurrent.CompletionStage;

/** A run in progress. Safe for use by many threads. */
public interface Run {
    /** Completes with the result, never exceptionally. */
    CompletionStage<RunResult> result();

    /** Asks the run to end (for processes TERM, after the grace KILL, of the whole group). Returns at once. */
    void stop(StopReason reason);

    /** Why a run is asked to end; it says what the result will be. */
    enum StopReason {
        /** A person or the leader cancelled it. */
        CANCEL,
        /** Its time is over. */
        TIMEOUT,
        /** The node stops and was told not to leave it running. */
        NODE_STOP
    }
}
